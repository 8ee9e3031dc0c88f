// The memory that all processes of a cell share: where they start together, where each of them is,
// and the parts of queues and values that must be seen by all. It has no name (a memfd), so nothing
// is left of it when they are gone.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "boundary/stops.h"
#include "measure/histogram.h"
#include "processes/descriptor.h"
#include "processes/queue.h"
#include "processes/value.h"

namespace reclaim::processes {

/// The most processes that a cell may have.
inline constexpr int most_processes = 64;

/// What a process is doing, for the words about one that died.
enum class Phase : unsigned char { starting, ready, working, finished, telling };
inline constexpr std::array<std::string_view, 5> phase_names = {
    "while it started", "while it waited for the others to start", "while it worked",
    "while it waited for the others to finish", "while it told its result"};

/// Reusable; returns in all processes once all have come. Waits asleep: none of it is processor
/// time.
class Barrier {
 public:
  explicit Barrier(int count) {
    pthread_barrierattr_t attributes;
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    require(pthread_barrier_init(&barrier_, &attributes, static_cast<unsigned>(count)) == 0,
            "a barrier between processes");
    pthread_barrierattr_destroy(&attributes);
  }
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;
  void wait() { pthread_barrier_wait(&barrier_); }

 private:
  pthread_barrier_t barrier_;
};

/// Only what lies flat: no pointer means the same in two processes.
struct Stage {
  explicit Stage(int processes) : start(processes), end(processes), weighed(processes) {}

  Barrier start, end;
  Barrier weighed;  ///< all have looked at their memory while the others were still there
  std::atomic<std::int64_t> tickets{0};
  QueueState tasks, results;
  Value next, total, finished;

  /// Where a process is; written by it alone.
  std::array<std::atomic<Phase>, most_processes> phases{};

  /// A process's stops: written by it alone, read when it has ended.
  Histogram& stops(std::size_t process, std::size_t cause) {
    return reinterpret_cast<Histogram*>(stops_)[process * stop_cause_count + cause];
  }

 private:
  // Bytes and not objects, so that making a stage touches none of them: zero pages are empty
  // histograms.
  alignas(Histogram) std::byte stops_[most_processes * stop_cause_count * sizeof(Histogram)];
};

/// A stage mapped into this process.
class SharedStage {
 public:
  /// A new one. Throws std::system_error.
  static SharedStage make(int processes);
  /// The one behind a descriptor that was inherited.
  static SharedStage open(int descriptor);
  ~SharedStage();
  SharedStage(SharedStage&& other) noexcept
      : memory_(std::move(other.memory_)), stage_(std::exchange(other.stage_, nullptr)) {}
  SharedStage& operator=(SharedStage&&) = delete;

  Stage* operator->() const { return stage_; }
  Stage& operator*() const { return *stage_; }
  int descriptor() const { return memory_.number(); }

 private:
  SharedStage(Descriptor memory, Stage* stage) : memory_(std::move(memory)), stage_(stage) {}

  Descriptor memory_;
  Stage* stage_;
};

}  // namespace reclaim::processes
