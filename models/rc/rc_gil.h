// rc-gil: counted objects under one lock, as in CPython.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/model.h"

namespace reclaim {

template <class Counting = Counted>
struct RcGil : rc::Model<Counting, rc::PlainCount, rc::UnderGil, rc::GenerationalCycles> {
  static constexpr ModelTraits traits{
      .id = "rc-gil",
      .like = "CPython",
      .summary = "plain counts under one lock that threads hand over; cycles are collected",
      .counts = "plain",
      .uses_malloc = true,
      .tells_why = true,
      .tells_sites = true,
      .collects_cycles = true,
      .stops = {StopCause::gil_wait, StopCause::cycle_gc, StopCause::free_cascade},
      .parallel = false};
};

}  // namespace reclaim
