// How far each mutator of a replay has come, and how the others wait for it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/bits.h"
#include "base/mapping.h"

namespace reclaim::replay {

/// One counter a mutator, each on a line of its own. Counts may pass 2^32: only differences of less
/// than 2^31 matter. What a mutator did before publishing happens before what follows the waiting.
class Progress {
 public:
  explicit Progress(std::size_t mutators) : counters_(mutators) {}

  void publish(std::size_t mutator, std::uint64_t count) {
    std::atomic<std::uint32_t>& counter = counters_[mutator].count;
    counter.store(static_cast<std::uint32_t>(count), std::memory_order_release);
    counter.notify_all();
  }

  bool reached(std::size_t mutator, std::uint64_t count) const {
    return is_reached(counters_[mutator].count.load(std::memory_order_acquire), count);
  }

  /// Spins a little, then sleeps in the kernel. Touches no heap: to be called inside `blocking`.
  void wait(std::size_t mutator, std::uint64_t count) const {
    const std::atomic<std::uint32_t>& counter = counters_[mutator].count;
    std::uint32_t seen = counter.load(std::memory_order_acquire);
    for (int spin = 0; spin < 200 && !is_reached(seen, count); ++spin) {
      seen = counter.load(std::memory_order_acquire);
    }
    while (!is_reached(seen, count)) {
      counter.wait(seen, std::memory_order_acquire);
      seen = counter.load(std::memory_order_acquire);
    }
  }

 private:
  struct Counter {
    alignas(cache_line_bytes) std::atomic<std::uint32_t> count;
  };
  static bool is_reached(std::uint32_t seen, std::uint64_t count) {
    return static_cast<std::int32_t>(seen - static_cast<std::uint32_t>(count)) >= 0;
  }

  MappedArray<Counter> counters_;
};

/// Live bytes of all mutators together and their peak. Exact where mutators take turns (one of
/// them, or lockstep); else each keeps up to `slack_bytes` to itself, so as not to disturb.
class LiveBytes {
 public:
  static constexpr std::int64_t slack_bytes = 64 * 1024;

  explicit LiveBytes(bool exact) : exact_(exact) {}

  /// `kept` is the calling mutator's own remainder.
  void add(std::int64_t& kept, std::int64_t bytes) {
    kept += bytes;
    if (exact_) {
      note(live_.load(std::memory_order_relaxed) + kept);
      live_.store(live_.load(std::memory_order_relaxed) + kept, std::memory_order_relaxed);
      kept = 0;
    } else if (kept > slack_bytes || kept < -slack_bytes) {
      note(live_.fetch_add(kept, std::memory_order_relaxed) + kept);
      kept = 0;
    }
  }

  /// Nothing lives any more. Not thread-safe.
  void restart() { live_.store(0, std::memory_order_relaxed); }

  std::uint64_t peak() const {
    return static_cast<std::uint64_t>(peak_.load(std::memory_order_relaxed));
  }

 private:
  void note(std::int64_t live) {
    std::int64_t peak = peak_.load(std::memory_order_relaxed);
    while (live > peak && !peak_.compare_exchange_weak(peak, live, std::memory_order_relaxed)) {
    }
  }

  const bool exact_;
  alignas(cache_line_bytes) std::atomic<std::int64_t> live_{0};
  std::atomic<std::int64_t> peak_{0};
};

}  // namespace reclaim::replay
