// null: bump allocation, no reclamation. What happens when nothing is ever given back. Fresh pages
// cost, so it is no lower bound of time.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/null/bump_memory.h"
#include "models/parts/raw_model.h"

namespace reclaim {

template <class Counting = Counted>
struct Null : parts::RawModel<Counting, parts::RawHandles, null::BumpMemory> {
  static constexpr ModelTraits traits{.id = "null",
                                      .like = "Epsilon GC",
                                      .summary = "bump allocation; nothing is ever given back",
                                      .reclaims = false};
};

}  // namespace reclaim
