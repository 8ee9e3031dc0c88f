// What the monitor protocol takes from the machine: atomics, a short mutex, a place to sleep, a
// clock. The protocol is a template over it, so that a model checker compiles the shipped header
// with atomics of its own.
#pragma once

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <mutex>

#include "base/spin.h"
#include "measure/clock.h"
#include "models/parts/wait_graph.h"

namespace reclaim::parts {

/// A binary semaphore for one sleeper. unpark() before park() lets that park() through; park() may
/// also return without an unpark() meant for it (a permit left over), so callers loop.
class FutexParker {
 public:
  void park() {
    while (permit_.exchange(0, std::memory_order_acquire) == 0) futex(FUTEX_WAIT_PRIVATE, 0);
  }
  /// The same until the clock (now_ns) shows `deadline_ns`: false when it does.
  bool park_until(std::int64_t deadline_ns) {
    while (permit_.exchange(0, std::memory_order_acquire) == 0) {
      const std::int64_t left_ns = deadline_ns - now_ns();
      if (left_ns <= 0) return false;
      const timespec left{left_ns / 1'000'000'000, left_ns % 1'000'000'000};
      futex(FUTEX_WAIT_PRIVATE, 0, &left);
    }
    return true;
  }
  /// After this the parker may be gone: a wake of an address that nobody sleeps on is harmless.
  void unpark() {
    if (permit_.exchange(1, std::memory_order_release) == 0) futex(FUTEX_WAKE_PRIVATE, 1);
  }

 private:
  void futex(int operation, std::uint32_t value, const timespec* timeout = nullptr) {
    syscall(SYS_futex, &permit_, operation, value, timeout, nullptr, 0);
  }

  std::atomic<std::uint32_t> permit_{0};
};

struct MachinePolicy {
  template <class T>
  using Atomic = std::atomic<T>;
  using Mutex = std::mutex;
  using Parker = FutexParker;
  using WaitGraph = parts::WaitGraph;

  static void pause() { spin_pause(); }
  static void yield() { sched_yield(); }
  static std::int64_t clock_ns() { return now_ns(); }
};

}  // namespace reclaim::parts
