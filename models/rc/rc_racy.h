// rc-racy: counted objects, any thread at any time, and nothing that keeps the counts right.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/model.h"
#include "models/rc/racy.h"

namespace reclaim {

template <class Counting = Counted>
struct RcRacy : rc::Model<Counting, rc::RacyCount, rc::FreeThreaded, rc::CyclesLeak> {
  static constexpr ModelTraits traits{
      .id = "rc-racy",
      .like = "CPython with its GIL taken out and nothing put in",
      .summary = "counts that nobody synchronises: updates are lost, and memory is never reused",
      .counts = "unsynchronised",
      .uses_malloc = true,
      .finds_late = true,
      .loses_updates = true,
      .stops = {StopCause::free_cascade}};
};

}  // namespace reclaim
