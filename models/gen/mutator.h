// A thread attached to a heap, as the collector sees it: its allocation buffer, its roots, its
// share of the remembered set, its stop state. The typed operations are in gen.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "boundary/stops.h"
#include "models/gen/header.h"
#include "models/gen/made.h"
#include "models/gen/remembered_set.h"
#include "models/parts/rooted_handles.h"
#include "models/parts/safepoint.h"

namespace reclaim::gen {

class Heap;

class MutatorCore : public parts::ThreadRoots {
 public:
  /// `counted_types` is how many types the heap knows, or 0 where nobody counts what is made.
  MutatorCore(Heap& heap, std::size_t counted_types);
  ~MutatorCore() = default;

  Heap& heap() { return heap_; }
  std::uint32_t thread() const { return thread_; }
  /// The share of a collection's work that begins with this mutator: in [0, shares).
  unsigned share() const { return thread_ % RememberedSet::shares; }
  StopLog& stops() { return stops_; }
  parts::StopState<>& stop_state() { return stop_; }
  const parts::StopState<>& stop_state() const { return stop_; }

  /// Room for `bytes` (a multiple of a word, at most small_bytes_most), not zeroed. A safepoint.
  [[gnu::always_inline]] std::byte* allocate(std::size_t bytes) {
    std::byte* const room = top_;
    if (address_of(room) + bytes > address_of(end_)) [[unlikely]]
      return allocate_slow(bytes);
    top_ = room + bytes;
    return room;
  }
  /// Room for a large object; it counts as reached from here until the next collection.
  std::byte* allocate_large(std::size_t bytes, bool& dirty) noexcept;

  /// The write barrier: `slot` lies in `owner`, and came to hold `value`. Remembered is only who
  /// refers to what may be young: a list of old objects is relinked without a word.
  [[gnu::always_inline]] void barrier(Object* owner, void* slot, const Object* value) {
    if ((owner->barrier_flags() & header::unlogged) != 0 && address_of(value) >= maybe_young_from_)
        [[unlikely]] {
      remember(owner, slot);
    }
  }

  void poll() {
    if (stop_.attention.load(std::memory_order_relaxed)) [[unlikely]]
      poll_slow();
  }

  /// Calls visit(Object** root) for each of this thread's Locals, while it stands.
  template <class Visit>
  void for_each_root(Visit&& visit) const {
    ThreadRoots::for_each_root([&](void** object) { visit(reinterpret_cast<Object**>(object)); });
  }

  /// Forgets the allocation buffer: its rest is garbage.
  void drop_buffer() {
    made_.end_run(top_);
    top_ = end_ = nullptr;
  }
  /// What it made, once it has dropped its buffer.
  const MadeCount& made() const { return made_; }
  /// Hands what the barrier recorded to the heap. The caller keeps other threads away.
  void flush_remembered(RememberedSet& set) {
    for (std::size_t i = 0; i < remembered_count_; ++i) set.add(share(), remembered_[i]);
    remembered_count_ = 0;
  }

 protected:
  /// A record that allocate() made room for.
  [[gnu::always_inline]] void count_record(std::uint32_t type, std::size_t bytes) {
    made_.add_record(type, top_, bytes);
  }
  /// Room for `bytes` that are no record, as allocate() makes it.
  std::byte* allocate_uncounted(std::size_t bytes) {
    std::byte* const room = allocate(bytes);
    made_.skip(bytes);
    return room;
  }
  MadeCount made_;

 private:
  friend class Heap;
  [[gnu::noinline]] std::byte* allocate_slow(std::size_t bytes) noexcept;
  [[gnu::noinline]] void remember(Object* owner, void* slot) noexcept;
  [[gnu::noinline]] void poll_slow() noexcept;

  std::byte* top_ = nullptr;
  std::byte* end_ = nullptr;
  parts::StopState<> stop_;
  Heap& heap_;
  const std::uintptr_t maybe_young_from_;
  std::uint32_t thread_ = 0;
  std::size_t remembered_count_ = 0;
  std::array<Remembered, 256> remembered_;
  StopLog stops_;
};

}  // namespace reclaim::gen
