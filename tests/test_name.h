// Names of parameterised tests: GoogleTest takes letters, digits and underscores only.
#pragma once

#include <cctype>
#include <string>
#include <string_view>

namespace reclaim {

/// "lru-cache" as "lru_cache".
inline std::string test_name(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return result;
}

}  // namespace reclaim
