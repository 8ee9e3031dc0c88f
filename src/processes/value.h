// Value: one word in memory that the processes share, beside its lock, as multiprocessing.Value.
// Nothing is serialised: what fits into a word is copied flat. Even so, a plain read and write
// would lose updates; whoever changes it holds the lock.
#pragma once

#include <cstdint>
#include <mutex>

#include "processes/robust_lock.h"

namespace reclaim::processes {

/// Thread-safe, between processes too.
class Value {
 public:
  /// Changes it by `f(word)` and gives what f gives. Throws OthersAreGone when a process died
  /// while it held the lock.
  template <class F>
  decltype(auto) locked(F&& f) {
    const std::lock_guard guard(lock_);
    return f(word_);
  }
  /// The old value.
  std::uint64_t add(std::uint64_t more) {
    return locked([&](std::uint64_t& word) {
      const std::uint64_t old = word;
      word += more;
      return old;
    });
  }

 private:
  RobustLock lock_;
  std::uint64_t word_ = 0;
};

}  // namespace reclaim::processes
