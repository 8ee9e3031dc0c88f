// Leaks planted on purpose, whose number is known: what the census of each model has to find.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "boundary/traits.h"

namespace reclaim::cells {

struct Planting {
  std::uint64_t leaks = 0;   ///< objects that the program forgets to discard
  std::uint64_t cycles = 0;  ///< pairs of objects that refer to each other, forgotten likewise

  bool any() const { return leaks != 0 || cycles != 0; }
  std::uint64_t objects() const { return leaks + 2 * cycles; }
  /// Of them, how many must be left where the model is what it says it is.
  std::uint64_t expected_left(const ModelTraits& model) const {
    if (!model.reclaims || model.wants_discard) return objects();
    return model.collects_cycles ? 0 : 2 * cycles;
  }
};

/// "leaks=17", "leaks=17+cycles=3", "none". Throws UsageError.
Planting parse_planting(std::string_view text);
std::string format_planting(const Planting& planting);

}  // namespace reclaim::cells
