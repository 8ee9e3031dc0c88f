// The numbers of the collector, each with its reason. README.md has the measurements behind them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "boundary/heap_options.h"
#include "models/gen/block.h"
#include "models/gen/crew.h"

namespace reclaim::gen::policy {

/// Addresses for the nursery: eden, survivors and the copy reserve at their largest.
inline constexpr std::size_t nursery_range_bytes = std::size_t{256} << 20;

/// Eden at its largest: enough for each mutator that most of what it makes in between dies, and
/// small enough that a collection in which everything lives stays near 2 ms.
inline constexpr std::size_t eden_bytes_per_mutator = std::size_t{8} << 20;
inline constexpr std::size_t eden_mutators_most = 4;
constexpr std::size_t eden_blocks(std::size_t mutators) {
  return (std::clamp<std::size_t>(mutators, 1, eden_mutators_most) * eden_bytes_per_mutator) >>
         block_shift;
}

/// Survivors beyond this share of eden are promoted at once, whatever their age.
constexpr std::size_t survivor_blocks_most(std::size_t eden_blocks) {
  return std::max<std::size_t>(eden_blocks / 2, 1);
}

/// Collections that an object survives inside the nursery before the next one promotes it, by how
/// much of the nursery, in blocks, the last one found alive: two, so that it passes through the
/// ages 0, 1 and 2; one above a quarter, for they are then no stragglers; none above five eighths:
/// this is a structure that grows, and its parts would be copied twice for nothing.
constexpr unsigned tenure_age(std::size_t blocks_alive, std::size_t blocks) {
  if (blocks < 16) return 2;  // a handful tells nothing
  return blocks_alive * 8 > blocks * 5 ? 0 : blocks_alive * 4 > blocks ? 1 : 2;
}

/// Threads that may collect together, of `asked` (0: whatever there is) on so many cores.
constexpr unsigned workers(std::uint64_t asked, unsigned cores) {
  const std::uint64_t wanted = asked != 0 ? asked : cores;
  return static_cast<unsigned>(std::clamp<std::uint64_t>(wanted, 1, workers_most));
}

/// Grey objects that a worker scans alone before it calls the crew. It takes about as long as a
/// thread needs to wake.
inline constexpr std::size_t objects_alone = 32768;
/// No bound.
inline constexpr std::size_t everything = ~std::size_t{0};
/// Grey objects after which a worker looks whether others have run out of work. Under stress after
/// each, so that as much as can be is shared.
constexpr std::size_t objects_between_looks(const StressOptions& stress) {
  return stress.collect_together ? 1 : 256;
}
constexpr std::size_t objects_before_the_crew(const StressOptions& stress) {
  return stress.collect_together ? 0 : objects_alone;
}
/// Remembered objects of several mutators that call the crew at once: to visit them takes longer
/// than a thread needs to wake.
constexpr std::size_t remembered_before_the_crew(const StressOptions& stress) {
  return stress.collect_together ? 0 : 8192;
}

/// Live words that are worth a worker of their own when they are slid.
inline constexpr std::size_t words_a_slider = std::size_t{1} << 18;

/// The least limit at which huge pages are asked for: a granule of 2 MB must not matter in it.
inline constexpr std::size_t huge_pages_from_limit = std::size_t{32} << 20;

/// Rests of an allocation buffer up to this are given up for a new buffer.
inline constexpr std::size_t buffer_waste_bytes = 1024;
/// A rest of a block smaller than this is not kept for the next buffer.
inline constexpr std::size_t smallest_buffer_bytes = 1024;

/// A heap that cannot offer this much eden after a major collection is exhausted.
constexpr std::size_t least_eden_blocks(std::size_t limit_bytes) {
  return std::clamp<std::size_t>((limit_bytes / 128) >> block_shift, 1, 8);
}

/// With a limit: a major collection is due when the nursery's room falls below this.
constexpr std::size_t nursery_blocks_before_major(std::size_t blocks_after_last_major) {
  return std::max<std::size_t>(blocks_after_last_major / 8, 1);
}

/// New large objects that start a minor collection.
inline constexpr std::size_t young_large_bytes = std::size_t{32} << 20;

/// Without a limit: old and large bytes that start a major collection.
inline constexpr std::size_t first_major_bytes = std::size_t{64} << 20;
inline constexpr std::size_t least_growth_bytes = std::size_t{8} << 20;
/// `growth`: HeapOptions::growth, the target ratio of a heap that may grow.
constexpr std::size_t next_major_bytes(std::size_t live_bytes, double growth) {
  const auto grown = static_cast<std::size_t>(static_cast<double>(live_bytes) * growth);
  return std::max(grown, live_bytes + least_growth_bytes);
}

/// A major collection leaves the objects of a block where they are from this share of live words
/// on.
constexpr bool is_dense(std::size_t live_bytes) { return live_bytes >= block_bytes / 8 * 7; }

/// A slide pays when it frees at least this share of the blocks in which something lives.
constexpr bool slide_pays(std::size_t freed_blocks, std::size_t kept_blocks) {
  return freed_blocks >= std::max<std::size_t>(kept_blocks / 8, 1);
}

}  // namespace reclaim::gen::policy
