// manual: malloc and free, as in C and C++. One malloc an object, one free a discard; forgets and
// mistakes are possible, and are what it shows.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/manual/malloc_memory.h"
#include "models/parts/raw_model.h"
#include "models/parts/sited_memory.h"

namespace reclaim {

template <class Counting = Counted>
struct Manual : parts::RawModel<Counting, parts::RawHandles,
                                parts::MemoryFor<Counting, manual::MallocMemory>> {
  static constexpr ModelTraits traits{
      .id = "manual",
      .like = "C, C++",
      .summary = "one malloc per object, one free per discard; mistakes are possible",
      .uses_malloc = true,
      .tells_sites = true,
      .wants_discard = true};
};

}  // namespace reclaim
