// Stop events: every interval in which a mutator could not run because of the model has a cause.
// Models record; whoever prints lives elsewhere. A stop of the whole world is recorded once, by the
// thread that collects; time_to_safepoint lies inside that stop and is never added to it.
#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "base/assert.h"
#include "base/exhaustion.h"
#include "boundary/events.h"
#include "measure/clock.h"
#include "measure/histogram.h"

namespace reclaim {

/// One taxonomy over all models.
enum class StopCause : unsigned char {
  gil_wait,           ///< waited for the global interpreter lock
  monitor_wait,       ///< waited to enter a monitor (not: waited in it for a notify)
  minor_gc,           ///< the world stood while the nursery was collected
  major_gc,           ///< the world stood while the whole heap was collected
  time_to_safepoint,  ///< part of a collection's stop: from asking to the last mutator's arrival
  cycle_gc,           ///< a cycle collection beside reference counting
  free_cascade,       ///< one drop that freed at least free_cascade_least objects
};

inline constexpr std::size_t stop_cause_count = 7;
inline constexpr std::array<std::string_view, stop_cause_count> stop_cause_names = {
    "gil_wait",          "monitor_wait", "minor_gc",    "major_gc",
    "time_to_safepoint", "cycle_gc",     "free_cascade"};

/// A free cascade is recorded from this many objects on.
inline constexpr std::size_t free_cascade_least = 64;

/// Stops of one thread, by cause. One writer; read after the writer has stopped, or merged by it.
/// Storage is mapped apart from every measured heap and touched only where something is recorded.
class StopLog {
 public:
  /// `events`: where each stop is noted too; null: nowhere.
  explicit StopLog(EventRing* events = nullptr) : events_(events) {
    void* memory = mmap(nullptr, sizeof(Storage), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) out_of_memory("a log of stops", sizeof(Storage), 0);
    storage_ = static_cast<Storage*>(memory);  // zero pages are an empty histogram
  }
  ~StopLog() { munmap(storage_, sizeof(Storage)); }
  StopLog(const StopLog&) = delete;
  StopLog& operator=(const StopLog&) = delete;

  void record(StopCause cause, std::int64_t begin_ns, std::int64_t end_ns) {
    (*storage_)[static_cast<std::size_t>(cause)].record(end_ns - begin_ns);
    if (events_ != nullptr) [[unlikely]] {
      events_->add(static_cast<std::uint8_t>(cause), LetGo::none, begin_ns, end_ns);
    }
  }
  /// Whether held() is wanted.
  bool keeps_holds() const {
    return events_ != nullptr && events_->keeps == KeepEvents::stops_and_holds;
  }
  /// Whose events they are.
  void is_of(std::uint32_t thread) {
    if (events_ != nullptr) events_->thread = thread;
  }
  /// A time for which this thread held the interpreter lock. Where keeps_holds().
  void held(std::int64_t begin_ns, std::int64_t end_ns, LetGo let_go) {
    events_->add(0, let_go, begin_ns, end_ns);
  }
  /// Forgets what has been recorded, but for events. Not thread-safe.
  void clear() { madvise(storage_, sizeof(Storage), MADV_DONTNEED); }
  const Histogram& of(StopCause cause) const {
    return (*storage_)[static_cast<std::size_t>(cause)];
  }
  void add(const StopLog& other) {
    for (std::size_t i = 0; i < stop_cause_count; ++i) {
      if ((*other.storage_)[i].count() != 0) (*storage_)[i].add((*other.storage_)[i]);
    }
  }

 private:
  using Storage = std::array<Histogram, stop_cause_count>;
  Storage* storage_;
  EventRing* const events_;
};

/// Records the time from construction to destruction as a stop.
class StopTimer {
 public:
  StopTimer(StopLog& log, StopCause cause) : log_(log), cause_(cause), begin_ns_(now_ns()) {}
  ~StopTimer() { log_.record(cause_, begin_ns_, now_ns()); }
  StopTimer(const StopTimer&) = delete;
  StopTimer& operator=(const StopTimer&) = delete;

 private:
  StopLog& log_;
  StopCause cause_;
  std::int64_t begin_ns_;
};

}  // namespace reclaim
