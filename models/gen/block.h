// The unit in which the nursery and the old space take, fill and give back memory, and in which the
// heap limit is counted. Objects never span blocks, so a block can be claimed, kept, copied out of
// or returned on its own; what that costs is the tail that the next object did not fit into:
//   a filled block holds more than block_bytes - small_bytes_most.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bits.h"

namespace reclaim::gen {

inline constexpr int block_shift = 16;
inline constexpr std::size_t block_bytes = std::size_t{1} << block_shift;

/// Larger objects live apart, in the large space.
inline constexpr std::size_t small_bytes_most = block_bytes / 8;

/// Index of a block in its space.
using BlockIndex = std::uint32_t;
inline constexpr BlockIndex no_block = ~BlockIndex{0};

/// Blocks that hold whatever `blocks` filled blocks held, in any order, through two open buffers
/// (one for survivors, one for promoted objects): the copy reserve.
constexpr std::size_t copy_reserve_blocks(std::size_t blocks) {
  return blocks == 0 ? 0 : blocks + (blocks + 6) / 7 + 2;
}

/// The most blocks n with n + copy_reserve_blocks(n) <= room.
constexpr std::size_t most_blocks_with_reserve(std::size_t room) {
  if (room < 4) return 0;
  std::size_t n = (room - 2) * 7 / 15;
  while (n != 0 && n + copy_reserve_blocks(n) > room) --n;
  return n;
}

}  // namespace reclaim::gen
