// The old generation in full: mark what is reachable, free the blocks in which nothing is, and,
// when the rest has become thin, slide it together. The nursery has been emptied into the old space
// before, so that everything is old; only pinned blobs may still lie in the nursery.
//
// Sliding keeps the objects' order, needs no room, and leaves blocks that are dense, or hold a
// pinned object, where they are. Dense: at least 7/8 live, so what a slide leaves unused is bounded
// by
//     unused <= (1/8 in blocks left in place) + (1/8 at the ends of blocks filled again).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/gen/heap.h"

namespace reclaim::gen {

/// One full collection's work after the evacuation. The world is stopped.
class MajorCollection {
 public:
  /// `compact_all`: memory is short; dense blocks are slid together too.
  MajorCollection(Heap& heap, bool compact_all);
  void run();

 private:
  /// Where the slide of a range puts the next object.
  struct Cursor {
    BlockIndex first = 0;  ///< of the range
    BlockIndex block = no_block;
    std::byte* to = nullptr;
    std::byte* end = nullptr;
  };
  /// Blocks [begin, end), slid to their own front.
  struct Range {
    BlockIndex begin = 0;
    BlockIndex end = 0;
    Cursor cursor;
  };

  // what was marked
  void count_live();
  void count(const Object* object);
  void filter_remembered();
  void sweep_large();
  void unmark_pinned();

  // decide
  void measure_blocks();
  bool decide_to_slide();
  void free_empty_blocks();

  // slide
  void slide();
  void divide();
  std::size_t live_words(BlockIndex block) const;
  void set_targets(Range& range);
  void set_targets_in(BlockIndex block, Cursor& cursor);
  void advance(Cursor& cursor);
  Object* moved(Object* object) const;
  void update_roots();
  void move_and_update(const Range& range);
  void finish_blocks();
  void scribble_dead(BlockIndex block);

  Heap& heap_;
  OldSpace& old_;
  LargeSpace& large_;
  const KindTable& kinds_;
  const bool compact_all_;
  std::span<Range> ranges() { return {ranges_.data(), range_count_}; }

  std::array<Range, workers_most> ranges_{};
  std::size_t range_count_ = 0;  ///< one for each worker that slides
};

}  // namespace reclaim::gen
