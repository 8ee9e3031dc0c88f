// How a heap is set up. The same options are offered to every model; a model ignores what it lacks.
#pragma once

#include <cstdint>

namespace reclaim {

/// How hard a run is disturbed on purpose (0 / false: not at all). Options at run time, so that the
/// binary that is measured is the one that is stressed.
struct StressOptions {
  std::uint64_t collect_every_nth_make = 0;  ///< alternately minor and major where there are both
  bool collect_at_each_poll = false;
};

struct HeapOptions {
  std::uint64_t limit_bytes = 0;  ///< 0: none. Counts nursery, copy reserve, old and large space.
  std::int64_t gil_switch_interval_ns = 5'000'000;  ///< CPython's sys.setswitchinterval
  StressOptions stress;
};

}  // namespace reclaim
