// Old objects that may refer to young ones: what a minor collection must look at besides the roots.
// The barrier records the object, not the slot, and each object once, when it comes to hold what
// may be young: its header's `unlogged` bit and the address of what is stored are the whole filter
// (Blackburn and Hosking's object-remembering barrier, 2004). Arrays in the
// large space are recorded by chunk of 64 slots, so that one store into a table of a million
// entries does not make the next collection read them all.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "models/gen/address_space.h"
#include "models/gen/crew.h"
#include "models/gen/header.h"
#include "models/gen/kind.h"
#include "models/gen/large_space.h"

namespace reclaim::gen {

/// An object of the old generation, or a chunk of a large array.
struct Remembered {
  Object* object;
  Object** chunk;  ///< null: the whole object; else where the chunk's addresses begin
};

/// The slots [first, last) of an array that lie in a chunk.
struct SlotRange {
  Object** first;
  Object** last;
};

inline SlotRange slots_of_chunk(AnyArray* array, Object** chunk) {
  Object** begin = slots_of(array);
  Object** end = begin + array->length();
  return {std::max(begin, chunk), std::min(end, chunk + LargeSpace::chunk_slots)};
}

inline Object** chunk_of(Object** slot) {
  constexpr std::uintptr_t mask = (std::uintptr_t{1} << LargeSpace::chunk_shift) - 1;
  return reinterpret_cast<Object**>(address_of(slot) & ~mask);
}

/// Records that `owner`, an old object, may refer to a young one: through `slot`, if it is a large
/// array. False: it had been recorded. Thread-safe.
inline bool record(LargeSpace& large, Object* owner, void* slot, Remembered& entry) {
  entry = {owner, nullptr};
  if ((owner->flags() & header::chunked) != 0) {
    std::atomic_ref<std::uint8_t> mark{large.chunk_mark(slot)};
    entry.chunk = chunk_of(static_cast<Object**>(slot));
    return mark.load(std::memory_order_relaxed) == 0 &&
           mark.exchange(1, std::memory_order_relaxed) == 0;
  }
  return (owner->bits.fetch_and(~header::unlogged, std::memory_order_relaxed) & header::unlogged) !=
         0;
}

/// Two lists: what is remembered now, and, during a collection, what will be after it. An entry
/// belongs to a share, as mutators do (MutatorCore::share): what one thread did is found together,
/// and refers to what it made.
class RememberedSet {
 public:
  static constexpr unsigned shares = workers_most;

  explicit RememberedSet(std::size_t most) : lists_{List(most), List(most)} {}

  GrowingStack<Remembered>& current() { return lists_[now_].entries; }
  void add(unsigned share, Remembered entry) {
    List& list = lists_[now_];
    if (list.batches.empty() || list.batches.end()[-1].share != share) {
      list.batches.push({share, list.entries.size()});
    }
    list.entries.push(entry);
    list.batches.end()[-1].end = list.entries.size();
  }

  /// The entries so far are to be looked at and thrown away; add() fills the list that follows.
  void turn() {
    now_ ^= 1;
    lists_[now_].entries.clear();
    lists_[now_].batches.clear();
  }
  std::size_t turned_size() const { return turned().entries.size(); }
  /// Calls visit(first, end) for each run of entries of a share, among those before turn().
  template <class Visit>
  void for_each_turned(unsigned share, Visit&& visit) const {
    const Remembered* const entries = turned().entries.begin();
    std::size_t first = 0;
    for (const Batch& batch : turned().batches) {
      if (batch.share == share) visit(entries + first, entries + batch.end);
      first = batch.end;
    }
  }

  std::size_t metadata_bytes() const {
    return lists_[0].committed_bytes() + lists_[1].committed_bytes();
  }

 private:
  /// Entries of one share that follow each other, up to `end`.
  struct Batch {
    unsigned share;
    std::size_t end;
  };
  struct List {
    explicit List(std::size_t most) : entries(most), batches(most) {}
    std::size_t committed_bytes() const {
      return entries.committed_bytes() + batches.committed_bytes();
    }
    GrowingStack<Remembered> entries;
    GrowingStack<Batch> batches;
  };
  const List& turned() const { return lists_[now_ ^ 1]; }

  List lists_[2];
  int now_ = 0;
};

}  // namespace reclaim::gen
