// Small words around numbers, shared by the conclusions.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <vector>

namespace reclaim::report {

/// "a", "a and b", "a, b and c".
inline std::string list_of(const std::vector<std::string>& items) {
  std::string result;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) result += i + 1 == items.size() ? " and " : ", ";
    result += items[i];
  }
  return result;
}

/// With a capital where it begins with a small letter of ASCII.
inline std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

/// "1 thread", "2 threads".
inline std::string counted(std::size_t number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}
inline std::string threads_words(int threads) {
  return counted(static_cast<std::size_t>(threads), "thread");
}

}  // namespace reclaim::report
