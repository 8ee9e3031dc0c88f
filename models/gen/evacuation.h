// Copying what lives out of the nursery. Objects that were copied and are still to be scanned wait
// on a stack, so that the copies lie, and the originals are read, in the order of a depth-first
// walk: near to what they refer to. (Cheney's queue needs no stack, but touches each line of a tree
// at many moments: README.md has the measurement.)
//
// A worker owns two buffers, one for survivors and one for promoted objects, and shares nothing
// else while it copies; a header becomes the forwarding address in one store.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/gen/heap.h"

namespace reclaim::gen {

/// One minor collection's work; with `promote_all`, the first part of a major one. The world is
/// stopped and mutators' buffers are flushed.
class Evacuation {
 public:
  Evacuation(Heap& heap, bool promote_all);
  /// Afterwards the nursery holds survivors and pinned objects only, and young large objects that
  /// were not reached are gone.
  void run();

 private:
  /// What changes with every object. Functions that visit many keep a copy of their own, which the
  /// compiler can hold in registers: through memory, each push, pop and bump would wait for the one
  /// before (a third of the whole collection's time).
  struct Hot {
    Object** grey;        ///< end of the grey stack
    Object** grey_limit;  ///< end of its room
    BumpRange survivors;
    BumpRange promoted;
    std::uint64_t tenure_bits;  ///< an object whose age field is at least this is promoted
  };

  bool visit(Hot& hot, Object** slot);
  bool visit_slow(Object** slot);
  void save(const Hot& hot);
  Hot load() const;
  bool is_tenured(HeaderWord word) const { return (word & header::age_mask) >= hot_.tenure_bits; }
  std::byte* allocate(bool& promote, std::size_t bytes);
  Object* evacuate(Object* from);
  bool reach_large(Object* object);
  void retire_survivors();
  void retire_promoted();

  void visit_roots();
  void visit_remembered();
  void drain();
  void visit_weakly();
  bool scan_any(Object* object);
  bool scan_chunks(AnyArray* array);
  void sweep_large();

  Heap& heap_;
  const Kind* const kinds_;
  const std::uintptr_t maybe_young_from_;
  const std::uintptr_t nursery_from_;
  Hot hot_;
  std::size_t survivor_blocks_left_;
  GrowingStack<Object*>& grey_;
};

}  // namespace reclaim::gen
