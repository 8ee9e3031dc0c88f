// The global interpreter lock, as CPython 3.2 to 3.12 have it (Antoine Pitrou 2009;
// Python/ceval_gil.c).
//
// A plain mutex will not do. A thread that computes gives the lock up now and then and asks for it
// again at once; on most systems it gets it, for it is running and the one it woke is not. The
// others starve. So the protocol is about *asking*, and about *handing over*:
//
//   wait      Who finds the lock taken sleeps for the switch interval (5 ms). When that has passed
//             and nobody else has got the lock meanwhile (the switch number is unchanged), it sets
//             the drop request, and sleeps on. A lock that changes hands often enough by itself, as
//             under threads that do I/O, is never asked for.
//   drop      The holder looks at the request at its safepoints: one relaxed load. When it is set,
//             the holder releases the lock, wakes one waiter ...
//   hand over ... and does not go on before another has taken it (CPython's FORCE_SWITCHING). It
//             cannot wait in vain: a request is set only by a waiter, under the mutex; whoever
//             takes the lock clears it, and waiters never give up. So while the lock is held
//               drop_request => at least one thread waits
//             and release looks at the request in the critical section that frees the lock.
//
// What follows from it, and is measured here because it is real:
// - A thread that computes keeps the lock for an interval after each request. A thread that wakes
//   from I/O waits for that long each time: the convoy effect (Beazley, "Understanding the Python
//   GIL", 2010), which CPython has too.
// - Who asks does not necessarily get it: any waiter may (the condition variable decides).
// - Giving the lock up for a blocking call hands over too when a request is pending, as CPython's
//   drop_gil does; leaving for good does not.
//
// The protocol is a template over the machine (models/parts/machine.h), so that a model
// checker compiles this header, not a copy.
#pragma once

#include <atomic>
#include <cstdint>

#include "boundary/heap_options.h"
#include "models/parts/machine.h"

namespace reclaim::rc {

/// Participants are told apart by an address of their choice. Thread-safe.
template <class Machine = parts::Machine>
class BasicGil {
  using Lock = typename Machine::Lock;

 public:
  using Participant = const void*;
  static constexpr bool hands_over = true;
  static std::int64_t interval(const HeapOptions& options) {
    return options.gil_switch_interval_ns;
  }

  /// `switch_interval_ns`: how long a waiter waits before it asks the holder to drop; at least 1.
  explicit BasicGil(std::int64_t switch_interval_ns)
      : switch_interval_ns_(switch_interval_ns > 0 ? switch_interval_ns : 1) {}

  /// Takes the lock if it is free.
  bool try_acquire(Participant me) {
    const Lock lock{mutex_};
    if (locked_) return false;
    take(me);
    return true;
  }

  /// Takes the lock; waits for it, and asks its holder to drop it, when it is not free.
  void acquire(Participant me) {
    Lock lock{mutex_};
    while (locked_) {
      const std::uint64_t before = switch_number_;
      const bool timed_out = !freed_.wait_for(lock, switch_interval_ns_);
      if (timed_out && locked_ && switch_number_ == before) {
        drop_request_.store(true, std::memory_order_relaxed);
      }
    }
    take(me);
  }

  /// Releases the lock; when a waiter has asked for it, returns only after another has taken it.
  /// Says whether it had to wait for that.
  bool release(Participant me) {
    Lock lock{mutex_};
    const bool requested = drop_request_.load(std::memory_order_relaxed);
    free();
    if (!requested) return false;
    // Timed, for glibc before 2.41 may lose the wake-up (its bug 25847).
    while (last_holder_ == me) switched_.wait_for(lock, switch_interval_ns_);
    return true;
  }

  /// Releases the lock for good: the caller will not compete for it again.
  void leave() {
    const Lock lock{mutex_};
    free();
  }

  /// Whether a waiter has asked the holder to drop. Cheap.
  bool drop_requested() const { return drop_request_.load(std::memory_order_relaxed); }

  /// What the holder looks at in its safepoints.
  bool yields_now() const { return drop_requested(); }

  /// How often the lock has come to another participant than before.
  std::uint64_t switch_number() {
    const Lock lock{mutex_};
    return switch_number_;
  }

 private:
  void take(Participant me) {
    locked_ = true;
    if (last_holder_ != me) {
      last_holder_ = me;
      ++switch_number_;
    }
    drop_request_.store(false, std::memory_order_relaxed);
    switched_.notify_one();  // at most one waits: the holder before, and it cannot hold it twice
  }
  void free() {
    locked_ = false;
    freed_.notify_one();
  }

  const std::int64_t switch_interval_ns_;
  typename Machine::Mutex mutex_;
  typename Machine::Condition freed_, switched_;
  bool locked_ = false;                                          // guarded by mutex_
  Participant last_holder_ = nullptr;                            // guarded by mutex_
  std::uint64_t switch_number_ = 0;                              // guarded by mutex_
  typename Machine::template Atomic<bool> drop_request_{false};  // written under mutex_
};

}  // namespace reclaim::rc
