// rc-gil+gen: the tracing heap of `gen` under the lock of `rc-gil`, as in PyPy: what remains of a
// GIL's price when nothing is counted any more. Threads that compute take turns; whoever waits for
// its turn stands in a blocking region, so a collection need not wait for it.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/gen/gen.h"
#include "models/rc/locking.h"

namespace reclaim {

template <class Counting = Counted>
struct RcGilGen : gen::Types<Counting, rc::UnderGil> {
  static constexpr ModelTraits traits = [] {
    ModelTraits own = Gen<Counting>::traits;
    own.id = "rc-gil+gen";
    own.like = "PyPy";
    own.summary =
        "the heap of gen under the lock of rc-gil: nothing is counted, threads take turns";
    own.stops = {StopCause::minor_gc, StopCause::major_gc, StopCause::time_to_safepoint,
                 StopCause::gil_wait};
    own.parallel = false;
    return own;
  }();
};

}  // namespace reclaim
