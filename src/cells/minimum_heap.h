// `--heap min`: the least heap in which the work completes, to within 1/16, found by bisection. A
// size counts as enough when three runs in a row complete in it: collection depends on schedules.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace reclaim::cells {

inline constexpr int minimum_heap_runs = 3;

/// The least size found, with found - 1/16 found not enough (or below `floor_bytes`). `completes`
/// runs the work once in a heap of so many bytes; `start_bytes` is a guess. Nothing when not even
/// `ceiling_bytes` is enough.
std::optional<std::uint64_t> minimum_heap(const std::function<bool(std::uint64_t)>& completes,
                                          std::uint64_t start_bytes, std::uint64_t floor_bytes,
                                          std::uint64_t ceiling_bytes);

}  // namespace reclaim::cells
