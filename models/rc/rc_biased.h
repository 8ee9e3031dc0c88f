// rc-biased: counted objects, any thread at any time, the maker's own references without
// synchronisation, as in CPython without the GIL.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/biased.h"
#include "models/rc/model.h"

namespace reclaim {

template <class Counting = Counted>
struct RcBiased : rc::Model<Counting, rc::BiasedCount, rc::FreeThreaded, rc::CyclesLeak> {
  static constexpr ModelTraits traits{
      .id = "rc-biased",
      .like = "CPython without the GIL (PEP 703)",
      .summary = "each object has a plain count for its maker and an atomic one for all others",
      .counts = "biased",
      .uses_malloc = true,
      .tells_sites = true,
      .finds_late = true,
      .stops = {StopCause::free_cascade}};
};

}  // namespace reclaim
