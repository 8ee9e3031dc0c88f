// rc-gil-ticks: rc-gil with the lock that CPython had before 3.2.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/model.h"

namespace reclaim {

template <class Counting = Counted>
struct RcGilTicks : rc::Model<Counting, rc::PlainCount, rc::UnderTickGil, rc::GenerationalCycles> {
  static constexpr ModelTraits traits{
      .id = "rc-gil-ticks",
      .like = "CPython before 3.2",
      .summary = "rc-gil whose lock is let go every 100 ticks, and may be retaken at once",
      .counts = "plain",
      .uses_malloc = true,
      .tells_why = true,
      .tells_sites = true,
      .collects_cycles = true,
      .stops = {StopCause::gil_wait, StopCause::cycle_gc, StopCause::free_cascade},
      .parallel = false};
};

}  // namespace reclaim
