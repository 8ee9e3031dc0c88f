// A thread that does nothing for a while: the device's part of a wait.
#pragma once

#include <cstdint>
#include <ctime>

namespace reclaim::kernels {

inline void pause_us(std::int64_t microseconds) {
  const timespec time{microseconds / 1'000'000, microseconds % 1'000'000 * 1000};
  ::nanosleep(&time, nullptr);
}

}  // namespace reclaim::kernels
