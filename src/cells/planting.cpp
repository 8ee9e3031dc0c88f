// From text to leaks to plant and back.
#include "cells/planting.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "cells/names.h"

namespace reclaim::cells {

namespace {

constexpr std::uint64_t most_planted = 100'000'000;

std::uint64_t number_of(std::string_view text, std::string_view whole) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > most_planted) {
    throw UsageError(fmt::format("'{}': write leaks=17 or leaks=17+cycles=3, each at most {}",
                                 whole, most_planted));
  }
  return number;
}

}  // namespace

Planting parse_planting(std::string_view text) {
  Planting planting;
  if (text == "none") return planting;
  for (const std::string& part : split(text, '+')) {
    const auto equals = part.find('=');
    const std::string name = part.substr(0, equals);
    const std::string_view value =
        equals == part.npos ? std::string_view{} : std::string_view{part}.substr(equals + 1);
    if (name == "leaks") {
      planting.leaks = number_of(value, text);
    } else if (name == "cycles") {
      planting.cycles = number_of(value, text);
    } else {
      const std::vector<std::string> names = {"leaks", "cycles", "none"};
      throw UsageError(unknown_name("kind of leak", name, names));
    }
  }
  return planting;
}

std::string format_planting(const Planting& planting) {
  std::string text;
  if (planting.leaks != 0) text = fmt::format("leaks={}", planting.leaks);
  if (planting.cycles != 0) {
    text += fmt::format("{}cycles={}", text.empty() ? "" : "+", planting.cycles);
  }
  return text.empty() ? "none" : text;
}

}  // namespace reclaim::cells
