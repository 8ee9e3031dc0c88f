// A lock per object: held for each change of its count and of its fields, the obvious way to do
// without a global lock. (Larry Hastings' Gilectomy of CPython, 2016, gave one to each mutable
// object.)
//
// Reading a field takes two of them: the owner's, so that the field stays what it is, and the
// child's, to count the reference that is handed out. Two threads that read the fields of two
// objects that refer to each other would take the two in opposite orders, and wait for ever. So
// nobody waits for one while holding another: who finds the second taken lets go of the first, and
// begins anew.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "models/parts/machine.h"
#include "models/rc/counts.h"

namespace reclaim::rc {

/// Eight bytes. A new object is owned once, by the Fresh that `make` returns. Thread-safe, and so
/// are the fields that are read and written through it.
template <class Machine = parts::Machine>
class BasicLockedCount {
 public:
  static constexpr bool guards_fields = true;
  template <class Header>
  using Parties = SameForAll<Header>;

  void retain() {
    lock();
    add(1);
    unlock();
  }
  /// True when this was the last reference: the caller owns the dead object.
  bool release() {
    lock();
    const std::uint32_t left = add(-1);
    unlock();
    return left == 0;
  }
  bool release_observed() { return release(); }
  bool try_retain() {
    lock();
    const bool alive = value() != 0;
    if (alive) add(1);
    unlock();
    return alive;
  }

  /// What the field of this object refers to, retained; null: nothing.
  template <class Object>
  Object* load_retained(Object*& field) {
    for (int tries = 0;; ++tries) {
      lock();
      Object* const child = field;
      const bool counted = child == nullptr || count_in(child->count);
      unlock();
      if (counted) return child;
      back_off(tries);
    }
  }
  /// Takes over the reference `value`; returns the one that was there.
  template <class Object>
  Object* exchange(Object*& field, Object* value) {
    lock();
    Object* const old = std::exchange(field, value);
    unlock();
    return old;
  }

  /// Asked under the lock: whoever gave up the last reference but one has let go of it, then.
  bool is_sole() {
    lock();
    const bool sole = value() == 1;
    unlock();
    return sole;
  }
  std::uint32_t value() const { return count_.load(std::memory_order_relaxed); }
  /// The word of a dead object is the reclaimer's.
  void reuse(std::uint32_t word) { count_.store(word, std::memory_order_relaxed); }

 private:
  static constexpr int spins_before_yield = 64;

  /// This one's lock is held.
  bool count_in(BasicLockedCount& child) {
    if (&child == this) {
      add(1);
      return true;
    }
    if (!child.try_lock()) return false;
    child.add(1);
    child.unlock();
    return true;
  }

  bool try_lock() {
    std::uint32_t free = 0;
    return locked_.load(std::memory_order_relaxed) == free &&
           locked_.compare_exchange_weak(free, 1, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  void lock() {
    for (int tries = 0; !try_lock(); ++tries) back_off(tries);
  }
  void unlock() { locked_.store(0, std::memory_order_release); }
  static void back_off(int tries) {
    if (tries >= spins_before_yield) Machine::yield();  // the holder may not be running
  }
  /// The lock is held. (Atomic for those who look without it: value.)
  std::uint32_t add(int n) {
    const std::uint32_t sum = value() + static_cast<std::uint32_t>(n);
    count_.store(sum, std::memory_order_relaxed);
    return sum;
  }

  typename Machine::template Atomic<std::uint32_t> locked_{0};
  typename Machine::template Atomic<std::uint32_t> count_{1};
};

using LockedCount = BasicLockedCount<>;

}  // namespace reclaim::rc
