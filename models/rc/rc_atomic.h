// rc-atomic: counted objects, any thread at any time, as in Swift, Rust's Arc and std::shared_ptr.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/rc/model.h"

namespace reclaim {

template <class Counting = Counted>
struct RcAtomic : rc::Model<Counting, rc::AtomicCount, rc::FreeThreaded, rc::CyclesLeak> {
  static constexpr ModelTraits traits{
      .id = "rc-atomic",
      .like = "Swift, Rust Arc, std::shared_ptr",
      .summary = "atomic counts; what no reference reaches dies at once; cycles leak",
      .counts = "atomic",
      .uses_malloc = true,
      .tells_sites = true,
      .stops = {StopCause::free_cascade}};
};

}  // namespace reclaim
