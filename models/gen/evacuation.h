// Copying what lives out of the nursery: Cheney's algorithm (1970) over blocks, as in Marlow,
// Harris, James and Peyton Jones (2008). A worker owns two buffers, one for survivors and one for
// promoted objects; copied objects between a buffer's `scan` and `top` are grey. A buffer that is
// full is put aside as a segment to be scanned later, by this worker or another.
//
//   survivors | black ......... | grey ......... | free ...... |
//             begin             scan             top           end
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
  friend class Heap;
  struct Buffer {
    std::byte* scan = nullptr;
    std::byte* top = nullptr;
    std::byte* end = nullptr;
  };
  bool visit(Object** slot);
  Object* evacuate(Object* from);
  std::byte* allocate_slow(bool& promote, std::size_t bytes);
  void retire(Buffer& buffer, bool promoted);
  bool reach_large(Object* object);

  void visit_roots();
  void visit_remembered();
  void drain();
  template <bool promoted>
  bool scan_buffer();
  template <bool promoted>
  void scan_segment(const GreySegment& segment);
  template <bool promoted>
  void scan_object(Object* object, const Kind& kind);
  void scan_large(Object* object);
  void finish_buffers();
  void sweep_large();

  Heap& heap_;
  const KindTable& kinds_;
  const std::uintptr_t maybe_young_from_;
  const std::uintptr_t nursery_from_;
  std::uint32_t tenure_bits_;  ///< an object whose age field is at least this is promoted
  std::size_t survivor_blocks_left_;
  Buffer buffers_[2];  ///< index: promoted
  GrowingStack<GreySegment>& segments_;
  GrowingStack<Object*>& large_;  ///< young large objects to be scanned
};

}  // namespace reclaim::gen
