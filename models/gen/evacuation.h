// Copying what lives out of the nursery. Objects that were copied and are still to be scanned wait
// on a stack, so that the copies lie, and the originals are read, in the order of a depth-first
// walk: near to what they refer to. (Cheney's queue needs no stack, but touches each line of a tree
// at many moments: README.md has the measurement.)
//
// One worker begins, alone; when it has scanned many objects and there are more, it calls the crew,
// and they go on together. Where tracing begins, the mutators' roots and what they remembered, is
// divided into shares, one a mutator while they are few; the collecting thread's comes first. What
// a thread made lies in blocks of its own, so that workers with a share each have little to tell
// each other; where several mutators remembered much, they begin together.
//
// A worker owns two buffers, one for survivors and one for promoted objects, a stack of grey
// objects, and the blocks of the nursery that it reached first (territory.h): a header becomes the
// forwarding address in one store in either case.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "models/gen/dawdler.h"
#include "models/gen/exchange.h"
#include "models/gen/heap.h"

namespace reclaim::gen {

/// A reference into another worker's block: the slot that holds it, and, if the slot lies in an old
/// object, that one, which is to be remembered should the reference turn out to stay young.
struct FoundSlot {
  Object** slot;
  Object* old_holder;
};

class Evacuator;

/// One minor collection's work; with `promote_all`, the first part of a major one. The world is
/// stopped and mutators' buffers are flushed.
class Evacuation {
 public:
  Evacuation(Heap& heap, bool promote_all);
  /// Afterwards the nursery holds survivors and pinned objects only, and young large objects that
  /// were not reached are gone.
  void run();

 private:
  friend class Evacuator;

  unsigned workers_that_fit() const;
  bool is_large_from_the_start() const;
  /// A share that nobody has visited yet; `shares` when none is left. Thread-safe.
  unsigned next_share();
  void work_together(Evacuator& first, unsigned workers);
  /// A fresh block for survivors; an empty range when they have filled their share. Thread-safe.
  BumpRange survivor_block();
  /// A fresh block for promoted objects. Thread-safe.
  BumpRange promotion_block();
  void remember(unsigned share, std::span<const Remembered> entries);
  void sweep_large();

  Heap& heap_;
  const std::uint64_t tenure_bits_;  ///< an object whose age field is at least this is promoted
  const unsigned workers_most_;
  Exchange<FoundSlot> exchange_;
  std::atomic<unsigned> shares_taken_{0};
  std::mutex mutex_;
  std::size_t survivor_blocks_left_;
};

/// One worker of it.
class Evacuator {
 public:
  Evacuator(Evacuation& evacuation, unsigned worker);

  /// What is a root of the heap, not of a mutator.
  void visit_shared_roots();
  /// Roots of the next share's mutators, and what they remembered. False: there is none.
  template <bool together>
  bool visit_next_share();
  /// Scans grey objects until there are none, or it has scanned as many as a worker scans before it
  /// calls the crew, and there are more: false.
  bool drain_alone();
  /// The same to the end.
  void drain_all();
  void drain_together();
  /// What does not keep alive, once everything else has been traced; the other workers have gone.
  void visit_weakly();
  /// Hands back the buffers.
  void finish();

 private:
  /// What changes with every object. Functions that visit many keep a copy of their own, which the
  /// compiler can hold in registers: through memory, each push, pop and bump would wait for the one
  /// before (a third of the whole collection's time).
  struct Hot {
    Object** grey;        ///< end of the grey stack
    Object** grey_limit;  ///< end of its room
    BumpRange survivors;
    BumpRange promoted;
    std::uint64_t tenure_bits;
  };

  template <bool together>
  bool visit(Hot& hot, Object** slot, Object* old_holder);
  bool visit_slow(Object** slot);
  void save(const Hot& hot);
  Hot load() const;
  bool is_tenured(HeaderWord word) const { return (word & header::age_mask) >= hot_.tenure_bits; }
  std::byte* allocate(bool& promote, std::size_t bytes);
  Object* evacuate(Object* from);
  bool reach_large(Object* object);
  void retire_survivors();
  void retire_promoted();

  void prefetch_referents(const Object* object) const;
  void prefetch_behind(const Remembered* entry, const Remembered* end) const;
  template <bool together>
  void visit_remembered();
  template <bool together>
  void visit_entry(Hot& hot, const Remembered& entry);
  template <bool together>
  bool visit_chunk(Hot& hot, AnyArray* array, Object** chunk);
  template <bool together>
  std::size_t drain(std::size_t most);
  template <bool together>
  bool scan(Hot& hot, Object* object, HeaderWord word);
  template <bool together>
  bool scan_any(Object* object);
  template <bool together>
  void scan_chunks(AnyArray* array);
  void remember(Object* holder, Object** slot);
  void flush_remembered();

  void send(unsigned owner, FoundSlot letter);
  void flush_letters();
  void drain_and_share();
  void share();
  void read(const std::vector<FoundSlot>& letters);

  static constexpr std::size_t batch = 64;
  struct Outbox {
    std::size_t count = 0;
    std::array<FoundSlot, batch> letters;
  };

  Evacuation& evacuation_;
  Heap& heap_;
  const unsigned worker_;
  const Kind* const kinds_;
  const std::uintptr_t maybe_young_from_;
  const std::uintptr_t nursery_from_;
  Hot hot_;
  GrowingStack<Object*>& grey_;
  std::size_t alone_left_;  ///< grey objects that it may scan before it calls the crew
  Dawdler dawdle_;
  unsigned share_ = 0;  ///< that it visits, or visited last: what it remembers belongs there
  std::size_t remembered_count_ = 0;
  std::array<Remembered, batch> remembered_;
  std::array<Outbox, workers_most> outboxes_;
};

}  // namespace reclaim::gen
