#include "models/gen/major.h"

#include <algorithm>
#include <cstring>

#include "models/gen/marking.h"
#include "models/gen/policy.h"
#include "models/gen/scribble.h"

namespace reclaim::gen {

MajorCollection::MajorCollection(Heap& heap, bool compact_all)
    : heap_(heap),
      old_(heap.old_),
      large_(heap.large_),
      kinds_(heap.kinds_),
      compact_all_(compact_all) {}

void MajorCollection::run() {
  old_.clear_marks();
  Marking{heap_}.run();
  if (heap_.counting_live_) count_live();
  filter_remembered();
  sweep_large();
  unmark_pinned();
  Account& account = heap_.account_;
  account.old_before = old_.used_blocks() * block_bytes;
  measure_blocks();
  if (decide_to_slide()) {
    ++heap_.totals_.slides;
    account.slid = true;
    slide();
  } else {
    free_empty_blocks();
  }
  CollectionTotals& totals = heap_.totals_;
  account.old_live = totals.live_bytes;
  account.old_used = totals.old_blocks_bytes = old_.used_blocks() * block_bytes;
  totals.unused_most =
      std::max(totals.unused_most, unused_share(account.old_live, account.old_used));
}

// --- what was marked ---

void MajorCollection::count(const Object* object) {
  const HeaderWord word = object->word();
  MadeRow& row = heap_.live_[type_of(word)];
  ++row.objects;
  row.bytes += asked_bytes_of(kinds_.of(word), object);
}

void MajorCollection::count_live() {
  for (BlockIndex i = 0; i < old_.touched_blocks(); ++i) {
    if (old_.in_use(i)) old_.for_each_marked(i, [this](Object* object) { count(object); });
  }
  for (const Object* object : large_.old()) {
    if ((object->flags() & header::marked) != 0) count(object);
  }
  for (const auto& [blob, pins] : heap_.pins_) {
    if (heap_.nursery_.contains(blob) && (blob->flags() & header::marked) != 0) count(blob);
  }
}

/// What is remembered refers to pinned blobs in the nursery; the dead need not be.
void MajorCollection::filter_remembered() {
  RememberedSet& set = heap_.remembered_;
  set.turn();
  const auto filter = [&](unsigned share, const Remembered& entry) {
    const bool lives = old_.contains(entry.object) ? old_.is_marked(entry.object)
                                                   : (entry.object->flags() & header::marked) != 0;
    if (lives) {
      set.add(share, entry);
    } else if (entry.chunk != nullptr) {
      large_.chunk_mark(entry.chunk) = 0;
    }
  };
  for (unsigned share = 0; share < RememberedSet::shares; ++share) {
    set.for_each_turned(share, [&](const Remembered* entry, const Remembered* end) {
      for (; entry != end; ++entry) filter(share, *entry);
    });
  }
}

void MajorCollection::sweep_large() {
  GrowingStack<Object*>& objects = large_.old();
  std::size_t kept = 0;
  for (Object* object : objects) {
    const std::uint32_t flags = object->flags();
    if ((flags & header::marked) == 0) {
      large_.free(object);
      continue;
    }
    object->bits.store(flags & ~header::marked, std::memory_order_relaxed);
    objects[kept++] = object;
  }
  objects.shrink_to(kept);
}

void MajorCollection::unmark_pinned() {
  for (const auto& [blob, pins] : heap_.pins_) {
    blob->bits.fetch_and(~header::marked, std::memory_order_relaxed);
  }
}

// --- decide ---

void MajorCollection::measure_blocks() {
  heap_.totals_.live_bytes = 0;
  for (BlockIndex i = 0; i < old_.touched_blocks(); ++i) {
    OldSpace::Block& block = old_[i];
    if (!old_.in_use(i)) continue;
    const std::uint64_t* live = old_.live_of(i);
    std::uint32_t words = 0;
    for (std::size_t line = 0; line < lines_per_block; ++line) words += count_bits(live[line]);
    block.live_words = words;
    heap_.totals_.live_bytes += words * word_bytes;
    const std::size_t live_bytes = std::size_t{words} * word_bytes;
    block.in_place = block.pins != 0 || (!compact_all_ && policy::is_dense(live_bytes));
  }
}

/// Sliding costs a pass over all that lives; it is done when it frees blocks enough of those that
/// would stay without it. Blocks in which nothing lives are freed either way and count for neither.
bool MajorCollection::decide_to_slide() {
  std::size_t kept_blocks = 0, thin_blocks = 0, thin_words = 0;
  for (BlockIndex i = 0; i < old_.touched_blocks(); ++i) {
    const OldSpace::Block& block = old_[i];
    if (!old_.in_use(i) || (block.live_words == 0 && !block.in_place)) continue;
    ++kept_blocks;
    if (block.in_place) continue;
    ++thin_blocks;
    thin_words += block.live_words;
  }
  const std::size_t needed = thin_words * word_bytes / (block_bytes - block_bytes / 16) + 1;
  if (thin_blocks <= needed) return false;
  heap_.account_.slide_frees = (thin_blocks - needed) * block_bytes;
  return compact_all_ || policy::slide_pays(thin_blocks - needed, kept_blocks);
}

void MajorCollection::free_empty_blocks() {
  for (BlockIndex i = 0; i < old_.touched_blocks(); ++i) {
    if (!old_.in_use(i)) continue;
    if (old_[i].live_words != 0 || old_[i].pins != 0) {
      if constexpr (checked) scribble_dead(i);
      continue;
    }
    for (BumpRange& rest : heap_.promotions_) {
      if (rest.end == old_.end_of(i)) rest = {};
    }
    old_.free(i);
  }
}

/// Checked builds: words that belong to no live object.
void MajorCollection::scribble_dead(BlockIndex block) {
  const std::uint64_t* live = old_.live_of(block);
  auto* words = reinterpret_cast<std::uint64_t*>(old_.begin_of(block));
  for (std::size_t i = 0; i < block_bytes / word_bytes; ++i) {
    if ((live[i / 64] >> (i % 64) & 1) == 0) words[i] = scribble_word;
  }
}

// --- slide ---
//
// Each range of blocks is slid to its own front, so that workers move ranges of their own at once.

/// A target that says "stays": no address is odd.
static std::byte* const stays = reinterpret_cast<std::byte*>(1);

/// As many ranges, of about as many live words each, as have work for a worker.
void MajorCollection::divide() {
  std::size_t words = 0;
  for (BlockIndex i = 0; i < old_.touched_blocks(); ++i) words += live_words(i);
  const std::size_t least = heap_.options_.stress.collect_together ? 1 : policy::words_a_slider;
  const std::size_t wanted = std::clamp<std::size_t>(words / least, 1, heap_.crew_.size() + 1u);
  const unsigned workers =
      compact_all_ ? 1 : 1 + heap_.crew_.hire(static_cast<unsigned>(wanted) - 1);
  const std::size_t share = words / workers + 1;
  std::size_t so_far = 0;
  range_count_ = 1;
  for (BlockIndex i = 0; i < old_.touched_blocks(); ++i) {
    if (so_far >= share * range_count_) ranges_[range_count_++].begin = i;
    so_far += live_words(i);
    ranges_[range_count_ - 1].end = i + 1;
  }
}

std::size_t MajorCollection::live_words(BlockIndex i) const {
  return old_.in_use(i) ? old_[i].live_words : 0;
}

void MajorCollection::slide() {
  divide();
  for (Range& range : ranges()) set_targets(range);
  update_roots();
  heap_.crew_.together(static_cast<unsigned>(range_count_) - 1,
                       [this](unsigned worker) { move_and_update(ranges_[worker]); });
  finish_blocks();
}

void MajorCollection::advance(Cursor& cursor) {
  if (cursor.block != no_block) old_[cursor.block].top = cursor.to;
  BlockIndex next = cursor.block == no_block ? cursor.first : cursor.block + 1;
  while (!old_.in_use(next) || old_[next].in_place || old_[next].live_words == 0) ++next;
  cursor = {cursor.first, next, old_.begin_of(next), old_.end_of(next)};
}

/// Objects that begin in the same line go to the same block, one after the other.
void MajorCollection::set_targets_in(BlockIndex block, Cursor& cursor) {
  const std::uint64_t* starts = old_.starts_of(block);
  const std::uint64_t* live = old_.live_of(block);
  std::byte** targets = old_.targets_of(block);
  // Live words at the line's front that belong to an object which began in an earlier line.
  const auto carried_into = [&](std::size_t line) {
    return count_bits(starts[line] == 0 ? live[line]
                                        : live[line] & bits_below(static_cast<std::size_t>(
                                                           std::countr_zero(starts[line]))));
  };
  for (std::size_t line = 0; line < lines_per_block; ++line) {
    if (starts[line] == 0) continue;
    const std::size_t carried = carried_into(line);
    std::size_t words = count_bits(live[line]) - carried;
    for (std::size_t next = line + 1; next < lines_per_block; ++next) {
      words += carried_into(next);
      if (starts[next] != 0) break;
    }
    if (words * word_bytes > static_cast<std::size_t>(cursor.end - cursor.to)) advance(cursor);
    targets[line] = cursor.to - carried * word_bytes;
    cursor.to += words * word_bytes;
  }
}

void MajorCollection::set_targets(Range& range) {
  range.cursor.first = range.begin;
  for (BlockIndex i = range.begin; i < range.end; ++i) {
    const OldSpace::Block& block = old_[i];
    if (!old_.in_use(i) || (block.live_words == 0 && !block.in_place)) continue;
    if (block.in_place) {
      std::fill_n(old_.targets_of(i), lines_per_block, stays);
    } else {
      if (range.cursor.block == no_block) advance(range.cursor);
      set_targets_in(i, range.cursor);
    }
  }
}

[[gnu::always_inline]] inline Object* MajorCollection::moved(Object* object) const {
  if (!old_.contains(object)) return object;
  if (old_.target_of(object) == stays) return object;
  return old_.moved(object);
}

void MajorCollection::update_roots() {
  const auto update = [this](Object** slot) { *slot = moved(*slot); };
  for (MutatorCore* m : heap_.safepoints_.mutators()) {
    m->for_each_root(update);
  }
  heap_.globals_.for_each(update);
  heap_.weak_.update([this](Object* object) { return moved(object); });
  for (Remembered& entry : heap_.remembered_.current()) entry.object = moved(entry.object);
  for (Object* object : large_.old()) {
    for_each_slot_of(kinds_.of(object->word()), object, update);
  }
}

void MajorCollection::move_and_update(const Range& range) {
  for (BlockIndex i = range.begin; i < range.end; ++i) {
    if (!old_.in_use(i) || old_[i].live_words == 0) continue;
    const bool in_place = old_[i].in_place;
    old_.for_each_marked(i, [&](Object* object) {
      const Kind& kind = kinds_.of(object->word());
      if (!in_place) {
        Object* to = old_.moved(object);
        if (to != object) {
          if (kind.bytes == 0 && kind.shape == Shape::blob) {
            move_blob(static_cast<AnyBlob*>(object), reinterpret_cast<std::byte*>(to));
          } else {
            std::memmove(static_cast<void*>(to), static_cast<void*>(object),
                         bytes_of(kind, object));
          }
          object = to;
        }
      }
      for_each_slot_of(kind, object, [this](Object** slot) { *slot = moved(*slot); });
    });
  }
}

/// Movable blocks behind a range's cursor hold nothing any more; the cursor's takes promoted
/// objects next.
void MajorCollection::finish_blocks() {
  const std::array<BumpRange, workers_most> before = std::exchange(heap_.promotions_, {});
  std::size_t rests = 0;
  const auto keep_rest = [&](const BumpRange& rest) {
    if (rests != heap_.promotions_.size()) heap_.promotions_[rests++] = rest;
  };
  for (const Range& range : ranges()) {
    const Cursor& cursor = range.cursor;
    for (BlockIndex i = range.begin; i < range.end; ++i) {
      if (!old_.in_use(i)) continue;
      if (old_[i].in_place) {
        if constexpr (checked) scribble_dead(i);
      } else if (old_[i].live_words == 0 || cursor.block == no_block || i > cursor.block) {
        old_.free(i);
      }
    }
    if (cursor.block == no_block) continue;
    old_[cursor.block].top = cursor.to;
    keep_rest({cursor.to, cursor.end});
    if constexpr (checked) {
      scribble(cursor.to, static_cast<std::size_t>(cursor.end - cursor.to));
    }
  }
  for (const BumpRange& rest : before) {
    if (rest.end == nullptr) continue;
    const BlockIndex i = old_.index_of(rest.end - 1);
    if (old_.in_use(i) && old_[i].in_place) keep_rest(rest);
  }
}

}  // namespace reclaim::gen
