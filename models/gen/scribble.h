// Freed memory in checked builds: filled with a word that is no header, no forwarding address and
// no object, so that whoever still looks there is found out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reclaim::gen {

inline constexpr std::uint64_t scribble_word = 0xdeaddeaddeaddea0;

inline void scribble(std::byte* begin, std::size_t bytes) {
  auto* words = reinterpret_cast<std::uint64_t*>(begin);
  for (std::size_t i = 0; i < bytes / sizeof(std::uint64_t); ++i) words[i] = scribble_word;
}

}  // namespace reclaim::gen
