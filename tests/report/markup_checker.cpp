// See markup_checker.h.
#include "tests/report/markup_checker.h"

#include <cctype>
#include <set>
#include <vector>

namespace reclaim::report {
namespace {

struct Broken {
  std::string what;
};

class Checker {
 public:
  explicit Checker(std::string_view document) : rest_(document), size_(document.size()) {}

  void run() {
    while (!rest_.empty()) {
      if (rest_.starts_with("<!DOCTYPE")) {
        skip_past(">");
      } else if (rest_.starts_with("</")) {
        close_tag();
      } else if (rest_.front() == '<') {
        open_tag();
      } else {
        const std::size_t end = rest_.find('<');
        check_text(rest_.substr(0, end));
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
      }
    }
    if (!open_.empty()) fail("<" + open_.back() + "> is never closed");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Broken{"at byte " + std::to_string(size_ - rest_.size()) + ": " + what + " near \"" +
                 std::string(rest_.substr(0, 40)) + "\""};
  }

  void skip_past(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) fail("no " + std::string(end));
    rest_.remove_prefix(at + end.size());
  }

  std::string take_name() {
    std::size_t length = 0;
    while (length < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[length])) != 0 ||
                                     rest_[length] == '-' || rest_[length] == ':')) {
      ++length;
    }
    if (length == 0) fail("no name");
    std::string name(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return name;
  }

  void close_tag() {
    rest_.remove_prefix(2);
    const std::string name = take_name();
    if (open_.empty() || open_.back() != name) fail("</" + name + "> closes nothing");
    open_.pop_back();
    skip_past(">");
  }

  void open_tag() {
    rest_.remove_prefix(1);
    const std::string name = take_name();
    std::set<std::string> attributes;
    for (;;) {
      bool blank = false;
      while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
        rest_.remove_prefix(1);
        blank = true;
      }
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return;
      }
      if (rest_.starts_with(">")) break;
      if (!blank) fail("no blank before an attribute of <" + name + ">");
      const std::string attribute = take_name();
      if (!attributes.insert(attribute).second) fail("attribute " + attribute + " twice");
      if (!rest_.starts_with("=\"")) fail("attribute " + attribute + " is not quoted");
      rest_.remove_prefix(2);
      const std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) fail("attribute " + attribute + " does not end");
      const std::string_view value = rest_.substr(0, end);
      check_text(value);
      if (value.find('<') != std::string_view::npos) fail("< in an attribute");
      if (attribute == "id" && !ids_.insert(std::string(value)).second) fail("id used twice");
      rest_.remove_prefix(end + 1);
    }
    rest_.remove_prefix(1);
    if (name == "style" || name == "script") {  // its content is no markup
      skip_past("</" + name + ">");
    } else {
      open_.push_back(name);
    }
  }

  void check_text(std::string_view text) const {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c < 0x20 && c != '\n') fail("control character");
      if (text[i] != '&') continue;
      const std::size_t end = text.find(';', i);
      if (end == std::string_view::npos || end - i > 8) fail("incomplete reference");
    }
  }

  std::string_view rest_;
  std::size_t size_;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
};

}  // namespace

std::string markup_error(std::string_view document) {
  try {
    Checker(document).run();
  } catch (const Broken& broken) {
    return broken.what;
  }
  return {};
}

}  // namespace reclaim::report
