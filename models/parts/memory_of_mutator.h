// A memory policy as a mutator holds it. One that keeps something in the heap (its OfHeap) is made
// from that; others are made from nothing.
#pragma once

#include <type_traits>

namespace reclaim::parts {

template <class Memory, class OfHeap>
struct MemoryOfMutator : Memory {
  explicit MemoryOfMutator(OfHeap& heap) requires std::is_constructible_v<Memory, OfHeap&>
      : Memory(heap) {}
  explicit MemoryOfMutator(OfHeap&) requires(!std::is_constructible_v<Memory, OfHeap&>) {}
};

}  // namespace reclaim::parts
