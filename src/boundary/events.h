// Who held the interpreter lock, waited, collected, moment by moment: for a chart of one run, and
// for how much of any window was left to the mutators. Kept where HeapOptions::keep_events asks for
// it. Stops are recorded as in stops.h; what is added for the chart is how long a mutator held the
// lock, and why it let go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/mapping.h"

namespace reclaim {

/// What ended the time for which a mutator held the lock.
enum class LetGo : std::uint8_t {
  none,      ///< it is no such time, but a stop
  asked,     ///< a waiter had asked for it
  ticks,     ///< so many safepoints had passed
  blocking,  ///< for a blocking call
  detached,  ///< for good
};
inline constexpr std::array<std::string_view, 5> let_go_names = {"", "asked", "ticks", "blocking",
                                                                 "detached"};

/// Which events are kept.
enum class KeepEvents : std::uint8_t { none, stops, stops_and_holds };

/// An interval of one thread. Times are those of measure/clock.h.
struct Event {
  std::int64_t begin_ns, end_ns;
  std::uint32_t thread;  ///< number of the mutator; 0: the world stood
  std::uint8_t cause;    ///< a StopCause, unless let_go says otherwise
  LetGo let_go;
};

/// The last events of one thread; what came before is dropped, and counted. One writer; read when
/// it has stopped.
class EventRing {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 16;

  explicit EventRing(KeepEvents kept) : keeps(kept), events_(capacity) {}

  void add(std::uint8_t cause, LetGo let_go, std::int64_t begin_ns, std::int64_t end_ns) {
    events_[recorded_++ % capacity] = {begin_ns, end_ns, thread, cause, let_go};
  }
  std::uint64_t dropped() const { return recorded_ > capacity ? recorded_ - capacity : 0; }
  /// Calls f(const Event&) for each that is left, oldest first.
  template <class F>
  void for_each(F&& f) const {
    for (std::uint64_t i = dropped(); i < recorded_; ++i) f(events_[i % capacity]);
  }

  std::uint32_t thread = 0;  ///< whose it is; 0: the heap's
  const KeepEvents keeps;

 private:
  MappedArray<Event> events_;
  std::uint64_t recorded_ = 0;
};

/// The rings of a heap's mutators, those that have gone too. Thread-safe.
class EventLog {
 public:
  explicit EventLog(KeepEvents kept = KeepEvents::none) : keeps_(kept) {}

  /// A ring for a mutator, or nullptr where events are not kept. It lives as long as the log.
  EventRing* ring() {
    if (keeps_ == KeepEvents::none) return nullptr;
    const std::lock_guard lock(mutex_);
    return &rings_.emplace_back(keeps_);
  }
  /// All events, by no order; and how many were dropped. Call while no mutator is attached.
  std::vector<Event> events(std::uint64_t& dropped) const {
    std::vector<Event> all;
    dropped = 0;
    for (const EventRing& ring : rings_) {
      dropped += ring.dropped();
      ring.for_each([&](Event event) {
        event.thread = ring.thread;
        all.push_back(event);
      });
    }
    return all;
  }

 private:
  const KeepEvents keeps_;
  std::mutex mutex_;
  std::list<EventRing> rings_;  // guarded by mutex_
};

}  // namespace reclaim
