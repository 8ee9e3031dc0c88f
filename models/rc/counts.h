// How references are counted: the first word of a counted object, a policy of rc::Model.
//   PlainCount        no synchronisation: somebody else excludes the other mutators (a GIL)
//   BasicAtomicCount  any mutator at any time, as Swift, Rust's Arc and std::shared_ptr
//   BasicBiasedCount  any mutator at any time, one of them without synchronisation (biased_count.h)
//   BasicLockedCount  any mutator at any time, under a lock in the object (locked_count.h)
//   BasicRacyCount    nobody excludes anybody, and updates are lost (racy_count.h)
// One that guards fields also reads and writes the references in the object, each at any time.
//
// The orders of the atomic count (Boost.Atomic, "reference counting"; libstdc++ shared_ptr_base.h):
//   retain   relaxed: whoever retains holds a reference already, so the object cannot die meanwhile
//   release  a release decrement; the one that reaches zero loads the count with acquire, so that
//            everything done through the other references happens before the object is taken apart.
//            (An acquire load, not a fence: ThreadSanitizer does not see fences.)
//
//   try_retain  a compare-and-swap that refuses zero: for whoever comes by a weak reference, and so
//            holds none that would keep the object alive
//
// The sole owner needs no read-modify-write. If the one that gives up a reference loads 1, that
// reference is the last: nobody else holds one to retain from, and no field or Global can be read
// meanwhile (law 6; Global has a lock). The load is acquire, and the 1 that it reads stands in the
// release sequence of every earlier decrement, for read-modify-writes continue release sequences
// ([intro.races]/5). So it synchronises with all of them, and saves the locked instruction for
// every object that dies with a count of one: nearly all of them. Not so for objects that may be
// referred to weakly: there somebody may try_retain after the 1 was read. They are released by
// release_observed, which decrements always, so that of it and try_retain one sees the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "models/manual/malloc_memory.h"
#include "models/parts/machine.h"

namespace reclaim::rc {

/// References in objects, of which nobody is read while somebody writes it.
struct PlainFields {
  template <class T>
  static T* held(T*& slot) {
    return slot;
  }
  template <class T>
  static T* exchange(T*& slot, T* value) {
    return std::exchange(slot, value);
  }
};

/// What a heap and a mutator keep for a count that is the same for all mutators: nothing.
template <class Header>
struct SameForAll : PlainFields {
  /// Whether the release of the last reference may be found out later than it happens.
  static constexpr bool finds_late = false;
  /// Whether the dead stay as they were, for somebody may go on using them.
  static constexpr bool keeps_the_dead = false;

  using Memory = manual::MallocMemory;
  struct OfHeap {};

  /// The references of a mutator are taken and given up through this.
  struct OfMutator {
    explicit OfMutator(OfHeap&) {}
    static void on_make(Header*) {}
    static void retain(Header* object) { object->count.retain(); }
    [[gnu::always_inline]] static bool release(Header* object) { return object->count.release(); }
    /// For an object that others may try_retain meanwhile. `alone(dead)` returns dead(), which it
    /// calls while nobody is at that, and sees to it that nobody will be if it is true: weak
    /// references are null then.
    template <class Alone>
    static bool release_observed(Header* object, Alone alone) {
      return object->count.release_observed() && alone([] { return true; });
    }
    static bool try_retain(Header* object) { return object->count.try_retain(); }
    /// Whether the caller's reference is known to be the only one.
    static bool is_sole(Header* object) { return object->count.is_sole(); }
    /// Whether others have found something for this mutator to do, and how it is done.
    static constexpr bool has_mail() { return false; }
    template <class F>
    static void read_mail(F&&) {}
    /// Ends the mutator's part; false: there was mail meanwhile.
    static constexpr bool leave() { return true; }
  };
};

/// Four bytes. A new object is owned once: by the Fresh that `make` returns.
class PlainCount {
 public:
  static constexpr bool guards_fields = false;
  template <class Header>
  using Parties = SameForAll<Header>;

  void retain() { ++value_; }
  /// True when this was the last reference: the caller owns the dead object.
  bool release() { return --value_ == 0; }
  bool release_observed() { return release(); }
  bool try_retain() {
    if (value_ == 0) return false;
    ++value_;
    return true;
  }
  /// Whether the caller's reference is the only one; then nobody else touches the count any more.
  bool is_sole() const { return value_ == 1; }
  std::uint32_t value() const { return value_; }
  /// The word of a dead object is the reclaimer's.
  void reuse(std::uint32_t word) { value_ = word; }

 private:
  std::uint32_t value_ = 1;
};

template <class Machine = parts::Machine>
class BasicAtomicCount {
 public:
  static constexpr bool guards_fields = false;
  template <class Header>
  using Parties = SameForAll<Header>;

  void retain() { value_.fetch_add(1, std::memory_order_relaxed); }
  [[gnu::always_inline]] bool release() {
    if (value_.load(std::memory_order_acquire) == 1) return true;
    return release_observed();
  }
  [[gnu::always_inline]] bool release_observed() {
    if (value_.fetch_sub(1, std::memory_order_release) != 1) return false;
    static_cast<void>(value_.load(std::memory_order_acquire));
    return true;
  }
  bool try_retain() {
    std::uint32_t count = value_.load(std::memory_order_relaxed);
    while (count != 0) {
      if (value_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
  bool is_sole() const { return value_.load(std::memory_order_acquire) == 1; }
  std::uint32_t value() const { return value_.load(std::memory_order_relaxed); }
  void reuse(std::uint32_t word) { value_.store(word, std::memory_order_relaxed); }

 private:
  typename Machine::template Atomic<std::uint32_t> value_{1};
};

using AtomicCount = BasicAtomicCount<>;

}  // namespace reclaim::rc
