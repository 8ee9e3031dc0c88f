// What the protocols of counting, of the GIL and of stopping the world take from the machine. They
// are templates over it, so that a model checker or a test compiles the shipped headers with a
// machine of its own.
#pragma once

#include <sched.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace reclaim::parts {

struct Machine {
  template <class T>
  using Atomic = std::atomic<T>;
  using Mutex = std::mutex;
  using Lock = std::unique_lock<std::mutex>;

  /// Wake-ups may be spurious.
  class Condition {
   public:
    /// False when `nanoseconds` have passed without a wake-up.
    bool wait_for(Lock& lock, std::int64_t nanoseconds) {
      return condition_.wait_for(lock, std::chrono::nanoseconds{nanoseconds}) ==
             std::cv_status::no_timeout;
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

   private:
    std::condition_variable condition_;
  };

  /// How often to look whether all mutators stand, before one sleeps until they do: most arrive
  /// within microseconds.
  static constexpr int looks_before_sleep = 2000;
  static void yield() { sched_yield(); }
};

}  // namespace reclaim::parts
