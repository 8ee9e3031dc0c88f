// rc-atomic+cycles: rc-atomic whose unreachable cycles are found by trial deletion.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/model.h"
#include "models/rc/stoppable.h"
#include "models/rc/trial_deletion.h"

namespace reclaim {

template <class Counting = Counted>
struct RcAtomicCycles : rc::Model<Counting, rc::AtomicCount, rc::Stoppable, rc::TrialDeletion> {
  static constexpr ModelTraits traits{
      .id = "rc-atomic+cycles",
      .like = "Nim's ORC, over atomic counts",
      .summary = "rc-atomic; now and then all threads stop while one looks for unreachable cycles",
      .counts = "atomic",
      .uses_malloc = true,
      .tells_sites = true,
      .collects_cycles = true,
      .stops = {StopCause::free_cascade, StopCause::cycle_gc, StopCause::time_to_safepoint}};
};

}  // namespace reclaim
