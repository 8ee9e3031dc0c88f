// A barrier that starts all threads of a cell at the same moment. Spins a little, then sleeps in
// the kernel: with more threads than cores a pure spin would delay the very threads it waits for.
#pragma once

#include <atomic>

namespace reclaim {

/// Reusable. Thread-safe. `arrive_and_wait` returns in all threads once `count` have arrived.
class SpinBarrier {
 public:
  explicit SpinBarrier(int count) : count_(count) {}

  void arrive_and_wait() {
    const int phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.fetch_add(1, std::memory_order_release);
      phase_.notify_all();
      return;
    }
    for (int spin = 0; spin < 2000; ++spin) {
      if (phase_.load(std::memory_order_acquire) != phase) return;
    }
    while (phase_.load(std::memory_order_acquire) == phase) phase_.wait(phase);
  }

 private:
  const int count_;
  std::atomic<int> arrived_{0};
  std::atomic<int> phase_{0};
};

}  // namespace reclaim
