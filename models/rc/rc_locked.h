// rc-locked: counted objects, any thread at any time, each object with a lock for its count and its
// fields.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/locked_count.h"
#include "models/rc/model.h"

namespace reclaim {

template <class Counting = Counted>
struct RcLocked : rc::Model<Counting, rc::LockedCount, rc::FreeThreaded, rc::CyclesLeak> {
  static constexpr ModelTraits traits{
      .id = "rc-locked",
      .like = "the obvious way out of a GIL",
      .summary = "a lock per object, taken for every change of its count and its fields",
      .counts = "locked",
      .uses_malloc = true,
      .tells_sites = true,
      .stops = {StopCause::free_cascade}};
};

}  // namespace reclaim
