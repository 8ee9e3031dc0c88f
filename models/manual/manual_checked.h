// manual+checked: freed by hand, and a word for each mistake: which object, where it was made,
// where it was freed.
#pragma once

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/manual/checked_handles.h"
#include "models/manual/checked_memory.h"
#include "models/parts/raw_model.h"

namespace reclaim {

template <class Counting = Counted>
struct ManualChecked : parts::RawModel<Counting, manual::CheckedHandles, manual::CheckedMemory> {
  static constexpr ModelTraits traits{
      .id = "manual+checked",
      .like = "C, C++ under a checking allocator",
      .summary =
          "manual that names each use after free, double free and leak, and where it was made",
      .wants_discard = true};
};

}  // namespace reclaim
