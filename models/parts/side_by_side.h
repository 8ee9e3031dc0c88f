// Who may run: mutators that run side by side, and so need no turn. A model whose mutators take
// turns has a policy of the same shape with a lock in it (models/rc/locking.h).
#pragma once

#include <cstdint>
#include <utility>

#include "boundary/heap_options.h"
#include "boundary/stops.h"

namespace reclaim::parts {

struct SideBySide {
  static constexpr bool parallel = true;

  /// Kept by the heap.
  struct OfHeap {
    explicit OfHeap(const HeapOptions&) {}
  };

  /// Kept by the mutator. Made from its heap's part, its stops, its thread's number.
  class OfMutator {
   public:
    OfMutator(OfHeap&, StopLog&, std::uint32_t) {}
    /// Gives the turn up for good.
    void leave() {}
    /// Whether somebody waits for the turn. Looked at in safepoints.
    bool yields_now() const { return false; }
    /// Lets somebody else have it, and waits for it.
    void yield() {}
    /// Runs f without it.
    template <class F>
    decltype(auto) without(F&& f) {
      return std::forward<F>(f)();
    }
  };
};

}  // namespace reclaim::parts
