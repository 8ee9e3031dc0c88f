// The global interpreter lock before CPython 3.2 (Python/ceval.c, Python/thread_pthread.h): the
// holder lets go every 100 ticks, and asks for the lock again at once. Nothing is handed over: the
// holder runs, the one that it woke does not yet, so it mostly gets the lock back, and the other
// sleeps on. That is the convoy of Beazley, "Inside the Python GIL", 2009; gil.h is the cure.
//
// A tick is a safepoint here. As in CPython the ticks are the lock's and not a thread's: they are
// plain data, touched by the holder alone.
#pragma once

#include <cstdint>

#include "boundary/heap_options.h"
#include "models/parts/machine.h"

namespace reclaim::rc {

/// Thread-safe, but for yields_now, which is the holder's.
template <class Machine = parts::Machine>
class BasicTickGil {
  using Lock = typename Machine::Lock;

 public:
  using Participant = const void*;
  static constexpr bool hands_over = false;
  static std::int64_t interval(const HeapOptions& options) { return options.gil_switch_ticks; }

  /// `ticks`: how many pass before the holder lets go; at least 1.
  explicit BasicTickGil(std::int64_t ticks) : interval_(ticks > 0 ? ticks : 1) {}

  /// Takes the lock if it is free.
  bool try_acquire(Participant) {
    const Lock lock{mutex_};
    if (locked_) return false;
    locked_ = true;
    return true;
  }
  /// Takes the lock, waits for it when it is not free.
  void acquire(Participant) {
    Lock lock{mutex_};
    // Timed, for glibc before 2.41 may lose the wake-up (its bug 25847).
    while (locked_) freed_.wait_for(lock, recheck_ns);
    locked_ = true;
  }
  /// Releases the lock; never waits for another to take it, and says so.
  bool release(Participant) {
    leave();
    return false;
  }
  void leave() {
    const Lock lock{mutex_};
    locked_ = false;
    freed_.notify_one();
  }

  /// Nobody can ask for this lock.
  static constexpr bool drop_requested() { return false; }
  /// Counts a tick of the holder; true at the last of each interval.
  bool yields_now() {
    if (--left_ != 0) return false;
    left_ = interval_;
    return true;
  }

 private:
  static constexpr std::int64_t recheck_ns = 5'000'000;

  const std::int64_t interval_;
  std::int64_t left_ = interval_;  // the holder's
  typename Machine::Mutex mutex_;
  typename Machine::Condition freed_;
  bool locked_ = false;  // guarded by mutex_
};

}  // namespace reclaim::rc
