// What the benchmarks share: threads of mutators that start and stop together, and a main that says
// in the JSON what was built and whose malloc it ran on.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/spin_barrier.h"
#include "measure/clock.h"

namespace reclaim::bench {

/// The time between a common start and the last arrival. A mutator waits at both ends inside
/// blocking(), so that it holds up no collection and no lock.
class Lap {
 public:
  explicit Lap(int threads)
      : start_(threads),
        end_(threads),
        begun_ns_(static_cast<std::size_t>(threads)),
        ended_ns_(static_cast<std::size_t>(threads)) {}

  /// Runs f between the barriers. `waiting(g)` runs g where this thread may block.
  template <class Waiting, class F>
  void run(int thread, Waiting&& waiting, F&& f) {
    waiting([&] { start_.arrive_and_wait(); });
    begun_ns_[static_cast<std::size_t>(thread)] = now_ns();
    f();
    ended_ns_[static_cast<std::size_t>(thread)] = now_ns();
    waiting([&] { end_.arrive_and_wait(); });
  }

  double seconds() const {
    const std::int64_t begin_ns = *std::min_element(begun_ns_.begin(), begun_ns_.end());
    const std::int64_t end_ns = *std::max_element(ended_ns_.begin(), ended_ns_.end());
    return static_cast<double>(end_ns - begin_ns) * 1e-9;
  }

 private:
  SpinBarrier start_, end_;
  std::vector<std::int64_t> begun_ns_, ended_ns_;
};

/// Runs f(thread) in `threads` threads, thread 0 being the caller's.
template <class F>
void in_threads(int threads, F&& f) {
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back([&f, thread] { f(thread); });
  f(0);
  for (std::thread& other : others) other.join();
}

/// Reads Google Benchmark's arguments, adds the build and the malloc in force to the context, and
/// says so when the build is not one to measure. Returns false, after a usage line, on others.
bool initialize(int* argc, char** argv);

}  // namespace reclaim::bench
