// manual+handles: malloc and free, with every Local sealed as a root that nobody reads. The
// control that tells what precise roots cost apart from what collecting costs.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/manual/malloc_memory.h"
#include "models/parts/raw_model.h"
#include "models/parts/rooted_handles.h"
#include "models/parts/sited_memory.h"

namespace reclaim {

template <class Counting = Counted>
struct ManualHandles : parts::RawModel<Counting, parts::RootedHandles,
                                       parts::MemoryFor<Counting, manual::MallocMemory>> {
  static constexpr ModelTraits traits{
      .id = "manual+handles",
      .like = "C++ with registered roots",
      .summary = "manual that pays for roots it does not need: the price of precise roots",
      .uses_malloc = true,
      .tells_sites = true,
      .wants_discard = true};
};

}  // namespace reclaim
