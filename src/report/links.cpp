// See links.h.
#include "report/links.h"

#include <fmt/core.h>

#include <algorithm>

#include "report/escape.h"

namespace reclaim::report {
namespace {

/// Of names: "gen" is no word of "rc-gil+gen" or of "gen/x".
bool part_of_a_name(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("-+:_/").find(c) != std::string_view::npos;
}

bool is_word(std::string_view text, std::size_t begin, std::size_t length) {
  const std::size_t end = begin + length;
  if (begin > 0 && part_of_a_name(text[begin - 1])) return false;
  if (end == text.size() || !part_of_a_name(text[end])) return true;
  const bool punctuation = text[end] == ':';  // "gen: 3" but not "gen:3"
  return punctuation && (end + 1 == text.size() || text[end + 1] == ' ');
}

}  // namespace

Links::Links(const Analysis& analysis) {
  for (const std::string& model : analysis.models) {
    names_.emplace_back(model, analysis.pages.at(std::string(id_of(model))));
  }
  for (const Setting& setting : analysis.settings) {
    names_.emplace_back(setting.title, setting.anchor);
  }
  std::stable_sort(names_.begin(), names_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

std::string Links::linked(std::string_view text) const {
  std::string result;
  std::size_t plain = 0;  // begin of what is not written yet
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::find_if(names_.begin(), names_.end(), [&](const auto& name) {
      return text.substr(at).starts_with(name.first) && is_word(text, at, name.first.size());
    });
    if (found == names_.end()) {
      ++at;
      continue;
    }
    result += markup(text.substr(plain, at - plain)) + link_to(found->second, found->first);
    at += found->first.size();
    plain = at;
  }
  return result + markup(text.substr(plain));
}

std::string link_to(std::string_view anchor, std::string_view text) {
  if (anchor.empty()) return markup(text);
  return fmt::format("<a href=\"#{}\">{}</a>", anchor, markup(text));
}

}  // namespace reclaim::report
