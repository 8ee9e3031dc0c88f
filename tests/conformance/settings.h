// What the command line of a conformance suite decides: the seed of its random tapes, and whether
// the heap is disturbed as hard as it can be.
#pragma once

#include <cstdint>

#include "boundary/heap_options.h"

namespace reclaim::conformance {

struct Settings {
  bool stress = false;     ///< --stress: collect at every make and at every poll
  std::uint64_t seed = 1;  ///< --seed=N
};

/// Set by main before the first test; read only afterwards.
inline Settings settings;

/// The options every heap of the suite is made with. `limit_bytes` 0: none.
inline HeapOptions heap_options(std::uint64_t limit_bytes = 0) {
  HeapOptions options;
  options.limit_bytes = limit_bytes;
  if (settings.stress) options.stress = {.collect_every_nth_make = 1, .collect_at_each_poll = true};
  return options;
}

/// How often to repeat something whose cost grows under stress, where each make collects the heap.
inline int rounds(int calm, int stressed) { return settings.stress ? stressed : calm; }

}  // namespace reclaim::conformance
