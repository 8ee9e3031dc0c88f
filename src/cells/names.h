// Names that people type, and what to say when one is wrong: what, and the nearest right one.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace reclaim::cells {

/// The user asked for something that does not exist or makes no sense. what() is one line for
/// people, without a prefix. The program ends with exit code 2 and has written nothing.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Results could not be written: full disk, no permission. Exit code 4.
struct WriteError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Least number of insertions, deletions, substitutions and swaps of neighbours that turn one into
/// the other (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate at the least edit distance, the first of equals; empty when there are none.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "unknown model 'gne': did you mean 'gen'?"
std::string unknown_name(std::string_view kind, std::string_view word,
                         std::span<const std::string> candidates);

/// Splits at every `separator`; drops empty parts.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace reclaim::cells
