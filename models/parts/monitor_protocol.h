// The protocol of monitors: thin locks in a 32-bit word of the object (Bacon, Konuru, Murthy,
// Serrano 1998), inflated to a monitor in a side table while somebody waits, deflated by the last
// to leave (after OpenJDK's asynchronous deflation). An object that nobody holds, enters or waits
// on has word 0, so a dead object never owns a monitor, and a collector need not know of them.
//
// The words are laid out in monitor_word.h.
//
// Why an inflated word can be followed without a lock. A thread reads word, then state (generation
// g), then word again, and acts by a compare-and-swap of the state it read. Each binding of a
// monitor to an object has a generation of its own, deflation commits by changing the generation,
// and entrants != 0 forbids it. So the swap succeeds only while the monitor is still this object's.
//
// Who sleeps, who wakes. entrants queue in FIFO order; the owner leaving wakes the first (the
// heir) unless one is already awake (woken). A running thread may overtake the heir: that is what
// makes contended locks fast. But an heir that finds the monitor taken again after handoff_after_ns
// sets `handoff`, and the next to leave makes it the owner directly: with n threads queued nobody
// waits longer than n * (handoff_after_ns + one holding + being woken).
//
// Order of locks, and why a global interpreter lock fits in. Monitor::mutex and the table's mutex
// are leaves: held for a few instructions, never while sleeping, polling or waiting for anything.
// A thread sleeps only inside `blocking`, that is, without the GIL and stopped for a collection;
// so whoever waits for a monitor holds no GIL, and whoever waits for the GIL, even as a monitor's
// owner, waits for a thread that runs, and that gives up the GIL when it polls or waits. No cycle.
// A thread that has slept takes the monitor only once it is out of `blocking` and has the GIL
// again, so that a monitor is not held by who cannot run; a handoff, once in a while, is the
// exception.
//
// Whom each sleeping entrant waits for is kept in a graph (wait_graph.h), where deadlocks are
// found.
//
// Objects move while a thread sleeps: the word is not touched after that until the exit, which
// computes its address afresh. A sleeping entrant needs the monitor only, and monitors stay put.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "base/bits.h"
#include "boundary/type_info.h"
#include "models/parts/monitor_word.h"
#include "models/parts/side_table.h"

namespace reclaim::parts {

template <class Policy>
class MonitorProtocol {
 public:
  using Word = typename Policy::template Atomic<std::uint32_t>;

  /// The most monitors that are contended or waited on at the same time.
  static constexpr std::uint32_t most_monitors = 65536;
  /// How long an heir is overtaken before it is handed the monitor.
  static constexpr std::int64_t handoff_after_ns = 1'000'000;

  /// What a thread brings: its id, and its place in at most one queue. Lives as long as the thread
  /// is attached.
  struct Thread {
    enum class Place : unsigned char { nowhere, entering, waiting };

    std::uint32_t id = 0;             ///< 1..most_threads
    const TypeInfo* wants = nullptr;  ///< the type of the object whose monitor it enters
    std::uint32_t spins = 64;         ///< how often to look again before sleeping; adapts
    Place place = Place::nowhere;     ///< guarded by the monitor's mutex
    Thread* previous = nullptr;
    Thread* next = nullptr;
    typename Policy::Parker parker;
  };

  static bool try_enter(Word& word, std::uint32_t thread) {
    std::uint32_t free = 0;
    if (word.load(relaxed) != free) return false;  // a swap that must fail costs as much
    return word.compare_exchange_strong(free, lock_word::thin(thread), std::memory_order_acquire,
                                        std::memory_order_relaxed);
  }
  static bool try_exit(Word& word, std::uint32_t thread) {
    std::uint32_t held = lock_word::thin(thread);
    if (word.load(relaxed) != held) return false;
    return word.compare_exchange_strong(held, 0, std::memory_order_release,
                                        std::memory_order_relaxed);
  }

  /// The same for an inflated monitor that nobody holds, and that need wake nobody on leaving.
  bool try_enter_inflated(Word& word, std::uint32_t thread) {
    const std::uint32_t seen = word.load(acquire);
    if (!lock_word::is_inflated(seen)) return false;
    Monitor& monitor = at(lock_word::index(seen));
    std::uint64_t state = monitor.state.load(acquire);
    if (word.load(acquire) != seen) return false;
    if (!monitor_state::bound(state) || monitor_state::owner(state) != 0) return false;
    return monitor.state.compare_exchange_strong(state, state | thread, acquire, relaxed);
  }
  bool try_exit_inflated(Word& word, std::uint32_t thread) {
    const std::uint32_t seen = word.load(acquire);
    if (!lock_word::is_inflated(seen)) return false;
    Monitor& monitor = at(lock_word::index(seen));
    std::uint64_t state = monitor.state.load(relaxed);
    if (monitor_state::owner(state) != thread || monitor.recursion != 0) return false;
    if (!wakes_nobody(state) ||
        ((state & monitor_state::entrants_mask) == 0 && monitor.waiters == 0)) {
      return false;
    }
    return monitor.state.compare_exchange_strong(state, state & ~monitor_state::owner_mask, release,
                                                 relaxed);
  }

  /// Enters when try_enter has failed. `blocking(f)` runs f without the GIL and stopped for
  /// collections. Returns when the contention began (ns), or 0 when there was none.
  template <bool spins, class Blocking>
  std::int64_t enter(Word& word, Thread& self, Blocking&& blocking);

  /// Leaves when try_exit has failed. Not a safepoint.
  void exit(Word& word, Thread& self);

  /// Gives the monitor up, sleeps until notified, enters again with the depth it had.
  template <class Blocking>
  void wait(Word& word, Thread& self, Blocking&& blocking);

  /// The same, but sleeps no longer than until the policy's clock shows `deadline_ns`. True: was
  /// notified. A notify meant for one thread is never lost on one whose time is up.
  template <class Blocking>
  bool wait_until(Word& word, Thread& self, std::int64_t deadline_ns, Blocking&& blocking);

  /// Lets the longest waiting thread (or all) compete for the monitor once this thread leaves it.
  void notify(Word& word, Thread& self, bool all);

  /// Monitors in use at the moment, and how many inflations there have been. For tests and meters.
  std::uint32_t inflated_monitors() const { return monitors_.in_use(); }
  std::uint64_t inflations() const { return monitors_.taken(); }

 private:
  using Place = typename Thread::Place;
  static constexpr const char* waits_inside = "a thread waits in a monitor that it holds";

  /// Threads in order of arrival.
  struct Queue {
    Thread* first = nullptr;
    Thread* last = nullptr;

    void push(Thread& thread) {
      thread.previous = last;
      thread.next = nullptr;
      (last != nullptr ? last->next : first) = &thread;
      last = &thread;
    }
    void remove(Thread& thread) {
      (thread.previous != nullptr ? thread.previous->next : first) = thread.next;
      (thread.next != nullptr ? thread.next->previous : last) = thread.previous;
    }
  };

  struct alignas(2 * cache_line_bytes) Monitor {
    typename Policy::template Atomic<std::uint64_t> state{0};
    std::uint32_t index = 0;  // in the table; written while it is free
    // Guarded by the owner.
    std::uint32_t recursion = 0;
    std::uint32_t waiters = 0;  // in `waiting`, or out of it by their own clock and not in yet
    // Guarded by the mutex. heir != nullptr == (state & woken); the heir is the first of entering.
    typename Policy::Mutex mutex;
    Queue entering, waiting;
    Thread* heir = nullptr;
    std::int64_t last_handoff_ns = 0;
  };

  static constexpr std::memory_order relaxed = std::memory_order_relaxed;
  static constexpr std::memory_order acquire = std::memory_order_acquire;
  static constexpr std::memory_order release = std::memory_order_release;
  static constexpr std::memory_order acq_rel = std::memory_order_acq_rel;

  Monitor& at(std::uint32_t index) { return monitors_.at(index); }
  std::uint32_t owner_of(std::uint32_t index) {
    return monitor_state::owner(at(index).state.load(acquire));
  }

  /// Whether the owner may leave without a look at the queue.
  static bool wakes_nobody(std::uint64_t state) {
    return (state & monitor_state::entrants_mask) == 0 ||
           (state & (monitor_state::woken | monitor_state::handoff)) == monitor_state::woken;
  }

  static void learn(Thread& self, bool spinning_helped) {
    self.spins = spinning_helped ? std::min(self.spins + self.spins / 4 + 4, 512u)
                                 : std::max(self.spins - self.spins / 4, 8u);
  }

  Monitor* inflate(Word& word, std::uint32_t seen, std::uint64_t entrants);
  Monitor& owned(Word& word, Thread& self, const char* law);
  void enqueue(Monitor& monitor, Thread& self);
  template <class Blocking>
  void enter_queued(std::unique_lock<typename Policy::Mutex> lock, Monitor& monitor, Thread& self,
                    Blocking&& blocking);
  void leave(Monitor& monitor);
  void begin_waiting(Monitor& monitor, Thread& self);

  SideTable<Monitor, typename Policy::Mutex, most_monitors> monitors_;
  typename Policy::WaitGraph waits_;
};

template <class Policy>
template <bool spins, class Blocking>
std::int64_t MonitorProtocol<Policy>::enter(Word& word, Thread& self, Blocking&& blocking) {
  std::int64_t contended_ns = 0;
  std::uint32_t looked = 0;
  const std::uint32_t patience = spins ? self.spins : 0;
  const auto look_again = [&] {
    if (contended_ns == 0) contended_ns = Policy::clock_ns();
    if (looked == patience) return false;
    ++looked;
    Policy::pause();
    return true;
  };
  for (;;) {
    const std::uint32_t seen = word.load(acquire);
    if (seen == 0) {
      if (try_enter(word, self.id)) break;
    } else if (!lock_word::is_inflated(seen)) {
      if (lock_word::owner(seen) == self.id) {
        std::uint32_t expected = seen;
        if (lock_word::recursion(seen) == lock_word::most_recursion) {
          inflate(word, seen, 0);
        } else if (word.compare_exchange_strong(expected, seen + lock_word::one_recursion, relaxed,
                                                relaxed)) {
          return 0;
        }
      } else if (!look_again()) {
        if (Monitor* monitor = inflate(word, seen, monitor_state::one_entrant)) {
          learn(self, false);
          std::unique_lock lock(monitor->mutex);
          enqueue(*monitor, self);
          enter_queued(std::move(lock), *monitor, self, blocking);
          return contended_ns;
        }
      }
    } else {
      Monitor& monitor = at(lock_word::index(seen));
      std::uint64_t state = monitor.state.load(acquire);
      if (word.load(acquire) != seen) continue;
      if (!monitor_state::bound(state)) {
        Policy::yield();  // the last owner is between its commit and freeing the word
      } else if (monitor_state::owner(state) == self.id) {
        ++monitor.recursion;
        return 0;
      } else if (monitor_state::owner(state) == 0) {
        if (monitor.state.compare_exchange_strong(state, state | self.id, acquire, relaxed)) break;
      } else if (!look_again() &&
                 monitor.state.compare_exchange_strong(state, state + monitor_state::one_entrant,
                                                       acq_rel, relaxed)) {
        learn(self, false);
        std::unique_lock lock(monitor.mutex);
        enqueue(monitor, self);
        enter_queued(std::move(lock), monitor, self, blocking);
        return contended_ns;
      }
    }
  }
  if (spins && looked != 0) learn(self, true);
  return contended_ns;
}

template <class Policy>
void MonitorProtocol<Policy>::exit(Word& word, Thread& self) {
  std::uint32_t seen = word.load(acquire);
  if (!lock_word::is_inflated(seen)) {
    if (lock_word::owner(seen) != self.id) {
      violation("a monitor is left by its owner",
                "the local holds another object than on entering");
    }
    const std::uint32_t outer =
        lock_word::recursion(seen) != 0 ? seen - lock_word::one_recursion : 0;
    if (word.compare_exchange_strong(seen, outer, release, acquire)) return;
    // Only one thing can happen to a word that this thread holds: somebody inflated it.
  }
  Monitor& monitor = at(lock_word::index(seen));
  std::uint64_t state = monitor.state.load(relaxed);
  if (monitor_state::owner(state) != self.id) {
    violation("a monitor is left by its owner", "the local holds another object than on entering");
  }
  if (monitor.recursion != 0) {
    --monitor.recursion;
    return;
  }
  if (monitor.waiters == 0) {
    while ((state & monitor_state::entrants_mask) == 0) {
      const std::uint64_t deflated =
          (state & monitor_state::generation_mask) + monitor_state::one_generation;
      if (monitor.state.compare_exchange_weak(state, deflated, acq_rel, relaxed)) {
        word.store(0, release);
        monitors_.give_back(lock_word::index(seen));
        return;
      }
    }
  }
  leave(monitor);
}

/// The owner joins those who wait, and leaves.
template <class Policy>
void MonitorProtocol<Policy>::begin_waiting(Monitor& monitor, Thread& self) {
  monitor.recursion = 0;
  ++monitor.waiters;
  {
    const std::lock_guard lock(monitor.mutex);
    self.place = Place::waiting;
    monitor.waiting.push(self);
  }
  leave(monitor);
}

template <class Policy>
template <class Blocking>
void MonitorProtocol<Policy>::wait(Word& word, Thread& self, Blocking&& blocking) {
  Monitor& monitor = owned(word, self, waits_inside);
  const std::uint32_t depth = monitor.recursion;
  begin_waiting(monitor, self);
  std::unique_lock lock(monitor.mutex);
  while (self.place == Place::waiting) {
    lock.unlock();
    blocking([&] { self.parker.park(); });
    lock.lock();
  }
  enter_queued(std::move(lock), monitor, self, blocking);
  monitor.recursion = depth;
}

template <class Policy>
template <class Blocking>
bool MonitorProtocol<Policy>::wait_until(Word& word, Thread& self, std::int64_t deadline_ns,
                                         Blocking&& blocking) {
  Monitor& monitor = owned(word, self, waits_inside);
  const std::uint32_t depth = monitor.recursion;
  begin_waiting(monitor, self);
  std::unique_lock lock(monitor.mutex);
  bool in_time = true;
  while (self.place == Place::waiting && in_time) {
    lock.unlock();
    blocking([&] { in_time = self.parker.park_until(deadline_ns); });
    lock.lock();
  }
  // Whoever notifies does so with the mutex: from here on it is decided which of the two happened.
  const bool notified = self.place != Place::waiting;
  if (!notified) {
    monitor.waiting.remove(self);
    monitor.state.fetch_add(monitor_state::one_entrant, acq_rel);
    enqueue(monitor, self);
  }
  enter_queued(std::move(lock), monitor, self, blocking);
  if (!notified) --monitor.waiters;  // the owner's to change: it kept the monitor bound meanwhile
  monitor.recursion = depth;
  return notified;
}

template <class Policy>
void MonitorProtocol<Policy>::notify(Word& word, Thread& self, bool all) {
  constexpr const char* law = "a thread notifies in a monitor that it holds";
  const std::uint32_t seen = word.load(acquire);
  if (!lock_word::is_inflated(seen)) {  // nobody can be waiting
    if (lock_word::owner(seen) != self.id) violation(law, "it does not hold it");
    return;
  }
  Monitor& monitor = owned(word, self, law);
  if (monitor.waiters == 0) return;
  const std::lock_guard lock(monitor.mutex);
  while (Thread* const thread = monitor.waiting.first) {
    monitor.waiting.remove(*thread);
    --monitor.waiters;
    monitor.state.fetch_add(monitor_state::one_entrant, relaxed);
    enqueue(monitor, *thread);
    // It sleeps on until the owner leaves, and from here on waits for that.
    waits_.begin(thread->id, monitor.index, thread->wants);
    if (!all) break;
  }
}

/// The monitor of a word that this thread holds, inflated if it was not.
template <class Policy>
typename MonitorProtocol<Policy>::Monitor& MonitorProtocol<Policy>::owned(Word& word, Thread& self,
                                                                          const char* law) {
  std::uint32_t seen = word.load(acquire);
  while (!lock_word::is_inflated(seen)) {
    if (lock_word::owner(seen) != self.id) violation(law, "it does not hold it");
    inflate(word, seen, 0);
    seen = word.load(acquire);
  }
  Monitor& monitor = at(lock_word::index(seen));
  if (monitor_state::owner(monitor.state.load(relaxed)) != self.id) {
    violation(law, "it does not hold it");
  }
  return monitor;
}

/// Binds a monitor to a word that was seen thin, with the owner and depth that it has. nullptr when
/// the word has changed meanwhile.
template <class Policy>
typename MonitorProtocol<Policy>::Monitor* MonitorProtocol<Policy>::inflate(
    Word& word, std::uint32_t seen, std::uint64_t entrants) {
  const std::uint32_t index =
      monitors_.take("more than 65536 monitors are contended or waited on at the same time");
  Monitor& monitor = at(index);
  monitor.index = index;
  monitor.recursion = lock_word::recursion(seen);
  const std::uint64_t free = monitor.state.load(relaxed);
  monitor.state.store(free + monitor_state::one_generation + entrants + lock_word::owner(seen),
                      release);
  if (word.compare_exchange_strong(seen, lock_word::inflated(index), acq_rel, relaxed)) {
    return &monitor;
  }
  monitor.recursion = 0;
  monitor.state.store(free + 2 * monitor_state::one_generation, release);
  monitors_.give_back(index);
  return nullptr;
}

/// The thread has been counted as an entrant; the mutex is held.
template <class Policy>
void MonitorProtocol<Policy>::enqueue(Monitor& monitor, Thread& self) {
  self.place = Place::entering;
  monitor.entering.push(self);
}

/// Sleeps and tries until the monitor is this thread's, or the process ends in a deadlock.
template <class Policy>
template <class Blocking>
void MonitorProtocol<Policy>::enter_queued(std::unique_lock<typename Policy::Mutex> lock,
                                           Monitor& monitor, Thread& self, Blocking&& blocking) {
  const std::int64_t began_ns = Policy::clock_ns();
  waits_.begin(self.id, monitor.index, self.wants);
  for (;;) {
    std::uint64_t state = monitor.state.load(acquire);
    const bool is_heir = monitor.heir == &self;
    if (monitor_state::owner(state) == self.id) break;  // handed to us, and out of the queue
    if (monitor_state::owner(state) == 0) {
      const std::uint64_t ours = (state - monitor_state::one_entrant) | self.id;
      if (!monitor.state.compare_exchange_strong(
              state, is_heir ? ours & ~monitor_state::woken : ours, acquire, relaxed)) {
        continue;
      }
      monitor.entering.remove(self);
      self.place = Place::nowhere;
      if (is_heir) monitor.heir = nullptr;
      break;
    }
    if (is_heir) {
      // Owned by another: its exit shall see that nobody is awake, so it is done in one swap.
      std::uint64_t asleep = state & ~monitor_state::woken;
      if (Policy::clock_ns() - std::max(began_ns, monitor.last_handoff_ns) > handoff_after_ns) {
        asleep |= monitor_state::handoff;
      }
      if (!monitor.state.compare_exchange_strong(state, asleep, acq_rel, relaxed)) continue;
      monitor.heir = nullptr;
    }
    lock.unlock();
    blocking([&] {
      waits_.park(self.parker, self.id, [this](std::uint32_t index) { return owner_of(index); });
    });
    lock.lock();
  }
  waits_.end(self.id);
}

/// The owner lets go of an inflated monitor for good; it stays inflated.
template <class Policy>
void MonitorProtocol<Policy>::leave(Monitor& monitor) {
  std::uint64_t state = monitor.state.load(relaxed);
  while (wakes_nobody(state)) {
    if (monitor.state.compare_exchange_weak(state, state & ~monitor_state::owner_mask, release,
                                            relaxed)) {
      return;
    }
  }
  // With the mutex and still the owner, nobody else changes woken and handoff, or the queue.
  std::unique_lock lock(monitor.mutex);
  state = monitor.state.load(relaxed);
  Thread* const first = monitor.entering.first;
  const bool hand = (state & monitor_state::handoff) != 0;
  if (hand) {
    monitor.entering.remove(*first);
    first->place = Place::nowhere;
    monitor.last_handoff_ns = Policy::clock_ns();
  } else {
    monitor.heir = first;  // nullptr: the entrant is not queued yet, and looks before it sleeps
  }
  std::uint64_t next = 0;
  do {
    next = state & ~monitor_state::owner_mask;
    if (hand) {
      next = ((next & ~monitor_state::handoff) - monitor_state::one_entrant) | first->id;
    } else if (first != nullptr) {
      next |= monitor_state::woken;
    }
  } while (!monitor.state.compare_exchange_weak(state, next, acq_rel, relaxed));
  lock.unlock();
  if (first != nullptr) first->parker.unpark();
}

}  // namespace reclaim::parts
