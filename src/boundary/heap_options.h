// How a heap is set up. The same options are offered to every model; a model ignores what it lacks.
#pragma once

#include <cstdint>

#include "boundary/events.h"
#include "boundary/mistakes.h"

namespace reclaim {

/// How hard a run is disturbed on purpose (0 / false: not at all). Options at run time, so that the
/// binary that is measured is the one that is stressed.
struct StressOptions {
  std::uint64_t collect_every_nth_make = 0;  ///< alternately minor and major where there are both
  bool collect_at_each_poll = false;
  bool collect_together = false;  ///< every collection by all the workers it may have
  bool delay_workers = false;     ///< which dawdle, each at random moments of its own
};

struct HeapOptions {
  std::uint64_t limit_bytes = 0;  ///< 0: none. Counts nursery, copy reserve, old and large space.
  std::int64_t gil_switch_interval_ns = 5'000'000;  ///< CPython's sys.setswitchinterval
  std::int64_t gil_switch_ticks = 100;              ///< CPython's sys.setcheckinterval, before 3.2
  /// Counting models: how many dead objects one operation takes apart at the most; the others wait
  /// for the next make or poll. 0: all at once.
  std::uint64_t free_at_most = 0;
  /// Counting models: whether their cycle collector runs by itself, and once more at the end.
  /// collect() always does what it says.
  bool cycle_collector = true;
  std::uint64_t collectors =
      0;  ///< threads that may collect together; 0: one for each core, up to 8
  /// Without a limit: old and large objects may grow to this many times what the last full
  /// collection left, before the next one. More than 1.
  double growth = 2;
  /// Where a model that collects says of each collection what it found and decided, a line each;
  /// -1: nowhere.
  int explain_descriptor = -1;
  KeepEvents keep_events = KeepEvents::none;
  StressOptions stress{};
  /// For the program between the workload and the heap; no model looks at it.
  MistakeRate mistakes{};
};

}  // namespace reclaim
