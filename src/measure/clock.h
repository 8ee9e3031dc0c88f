// The one clock: CLOCK_MONOTONIC in nanoseconds. A read takes about 20 ns through the vDSO.
#pragma once

#include <cstdint>
#include <ctime>

namespace reclaim {

/// Nanoseconds since an arbitrary start. Thread-safe; never goes back.
inline std::int64_t now_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

}  // namespace reclaim
