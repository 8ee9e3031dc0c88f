// From text to mistakes and back, with the nearest right name.
#include "cells/mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "cells/names.h"

namespace reclaim::cells {

MistakeRate parse_mistake(std::string_view text) {
  if (text == "none") return {};
  const auto equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto found = std::find(mistake_names.begin(), mistake_names.end(), name);
  if (found == mistake_names.end()) {
    std::vector<std::string> names(mistake_names.begin(), mistake_names.end());
    names.emplace_back("none");
    throw UsageError(unknown_name("mistake", name, names));
  }
  MistakeRate mistakes;
  mistakes.mistake = static_cast<Mistake>(found - mistake_names.begin());
  const std::string_view rate = equals == text.npos ? "" : text.substr(equals + 1);
  const auto [end, error] = std::from_chars(rate.data(), rate.data() + rate.size(), mistakes.rate);
  if (error != std::errc{} || end != rate.data() + rate.size() || !(mistakes.rate > 0) ||
      mistakes.rate > 1) {
    throw UsageError(fmt::format(
        "'{}': write {}=0.01, for one of a hundred; more than 0, at most 1", text, name));
  }
  return mistakes;
}

std::string format_mistake(const MistakeRate& mistakes) {
  if (!mistakes.any()) return "none";
  return fmt::format("{}={}", mistake_names[static_cast<std::size_t>(mistakes.mistake)],
                     mistakes.rate);
}

bool errs(const Json& record) { return !record.value("mistake", Json()).is_null(); }

}  // namespace reclaim::cells
