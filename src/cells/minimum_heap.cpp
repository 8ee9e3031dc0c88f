// Doubles until it is enough, then halves the gap.
#include "cells/minimum_heap.h"

#include <algorithm>

namespace reclaim::cells {

std::optional<std::uint64_t> minimum_heap(const std::function<bool(std::uint64_t)>& completes,
                                          std::uint64_t start_bytes, std::uint64_t floor_bytes,
                                          std::uint64_t ceiling_bytes) {
  const auto enough = [&](std::uint64_t bytes) {
    for (int run = 0; run < minimum_heap_runs; ++run) {
      if (!completes(bytes)) return false;
    }
    return true;
  };
  std::uint64_t too_small = floor_bytes;
  std::uint64_t large_enough = std::clamp(start_bytes, floor_bytes, ceiling_bytes);
  while (!enough(large_enough)) {
    if (large_enough >= ceiling_bytes) return std::nullopt;
    too_small = large_enough;
    large_enough = std::min(large_enough * 2, ceiling_bytes);
  }
  // Invariant: too_small is not enough (or the floor), large_enough is.
  while (large_enough - too_small > large_enough / 16) {
    const std::uint64_t middle = too_small + (large_enough - too_small) / 2;
    (enough(middle) ? large_enough : too_small) = middle;
  }
  return large_enough;
}

}  // namespace reclaim::cells
