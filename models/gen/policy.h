// The numbers of the collector, each with its reason. README.md has the measurements behind them.
#pragma once

#include <algorithm>
#include <cstddef>

#include "models/gen/block.h"

namespace reclaim::gen::policy {

/// Addresses for the nursery: eden, survivors and the copy reserve at their largest.
inline constexpr std::size_t nursery_range_bytes = std::size_t{256} << 20;

/// Eden at its largest.
inline constexpr std::size_t eden_bytes = std::size_t{8} << 20;
constexpr std::size_t eden_blocks() { return eden_bytes >> block_shift; }

/// Collections that an object survives inside the nursery before the next one promotes it.
inline constexpr unsigned tenure_age = 2;

/// Survivors beyond this share of eden are promoted at once, whatever their age.
constexpr std::size_t survivor_blocks_most(std::size_t eden_blocks_most) {
  return std::max<std::size_t>(eden_blocks_most / 2, 1);
}

/// Rests of an allocation buffer up to this are given up for a new buffer.
inline constexpr std::size_t buffer_waste_bytes = 1024;
/// A rest of a block smaller than this is not kept for the next buffer.
inline constexpr std::size_t smallest_buffer_bytes = 1024;

/// A heap that cannot offer this much eden after a major collection is exhausted.
constexpr std::size_t least_eden_blocks(std::size_t limit_bytes) {
  return std::clamp<std::size_t>((limit_bytes / 128) >> block_shift, 1, 8);
}

/// With a limit: a major collection is due when eden shrinks below this.
constexpr std::size_t eden_blocks_before_major(std::size_t eden_blocks_after_last_major) {
  return std::max<std::size_t>(eden_blocks_after_last_major / 2, 1);
}

/// New large objects that start a minor collection.
inline constexpr std::size_t young_large_bytes = std::size_t{32} << 20;

/// Without a limit: old and large bytes that start a major collection.
inline constexpr std::size_t first_major_bytes = std::size_t{64} << 20;
constexpr std::size_t next_major_bytes(std::size_t live_bytes) {
  return std::max(live_bytes * 2, live_bytes + first_major_bytes / 2);
}

/// Free old blocks that keep their memory after a major collection, besides a quarter of the used.
inline constexpr std::size_t kept_free_blocks = (std::size_t{2} << 20) >> block_shift;

/// A major collection leaves the objects of a block where they are from this share of live words
/// on.
constexpr bool is_dense(std::size_t live_bytes) { return live_bytes >= block_bytes / 8 * 7; }

/// A slide pays when it frees at least this share of the blocks in use.
constexpr bool slide_pays(std::size_t freed_blocks, std::size_t used_blocks) {
  return freed_blocks >= std::max<std::size_t>(used_blocks / 8, 1);
}

}  // namespace reclaim::gen::policy
