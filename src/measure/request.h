// One request as a meter saw it.
#pragma once

#include <cstdint>

namespace reclaim::measure {

/// Times on one clock. due_ns: 0 where nothing was scheduled.
struct Request {
  std::int64_t due_ns = 0, begin_ns = 0, end_ns = 0;
};

}  // namespace reclaim::measure
