// Monitors: synchronized, wait and notify on an object, for every model.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

#include "base/assert.h"

namespace reclaim::parts {

/// Per heap: thread ids for lock words, and the inflated monitors.
class MonitorTable {
 public:
  std::uint32_t attach_thread() {
    const std::lock_guard lock(mutex_);
    return ++threads_;
  }
  void detach_thread(std::uint32_t) {}

 private:
  std::mutex mutex_;
  std::uint32_t threads_ = 0;
};

/// Base of a model's Mutator, which gives: thread(), monitors(), stops(), blocking(f).
template <class Mutator>
class MonitorOperations {
 public:
  template <class Local, class F>
  decltype(auto) synchronized(const Local&, F&& f) {
    return std::forward<F>(f)();
  }
  template <class Local>
  void wait(const Local&) {}
  template <class Local>
  void notify(const Local&) {}
  template <class Local>
  void notify_all(const Local&) {}
};

}  // namespace reclaim::parts
