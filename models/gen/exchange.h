// What workers that collect together hand to each other: letters, which tell the owner of a block
// of a reference into it; and grey objects, given to whoever has run out of work. Each keeps its
// grey objects to itself and gives of them when somebody is hungry: work stealing with private
// deques, on the receiver's request (Acar, Charguéraud, Rainey 2013). All of it goes through one
// lock, in batches; a collection ends when every worker waits and nothing is on the way.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/spin.h"
#include "models/gen/address_space.h"
#include "models/gen/crew.h"
#include "models/gen/header.h"

namespace reclaim::gen {

/// Takes half of the grey objects, but no more than 256: from the bottom of a short stack, where
/// those lie that lead to most; from the top of a long one, which has plenty everywhere.
inline std::vector<Object*> half_of(GrowingStack<Object*>& grey) {
  constexpr std::size_t most = 256;
  const std::size_t n = std::min(grey.size() / 2, most);
  const bool is_short = grey.size() <= 2 * most;
  Object** const first = is_short ? grey.begin() : grey.end() - n;
  std::vector<Object*> half(first, first + n);
  if (is_short) std::copy(first + n, grey.end(), first);
  grey.shrink_to(grey.size() - n);
  return half;
}

/// Thread-safe.
template <class Letter>
class Exchange {
 public:
  /// How many workers there are. Before they begin.
  void open(unsigned workers) { workers_ = workers; }

  void send(unsigned to, std::span<const Letter> letters) {
    {
      const std::lock_guard lock(mutex_);
      std::vector<Letter>& box = boxes_[to];
      box.insert(box.end(), letters.begin(), letters.end());
    }
    tell();
  }
  /// Whether somebody waits for work that nobody has given yet.
  bool is_anyone_hungry() const { return hungry_.load(std::memory_order_relaxed); }
  /// Stress: nobody does the work before there is somebody to share it with.
  void await_hunger() const {
    while (!is_anyone_hungry()) std::this_thread::yield();
  }
  void give(std::span<Object* const> grey) {
    {
      const std::lock_guard lock(mutex_);
      given_.insert(given_.end(), grey.begin(), grey.end());
      hungry_.store(false, std::memory_order_relaxed);
    }
    tell();
  }

  /// Fills `letters` and `grey` with what there is for the worker, which has nothing left to do and
  /// nothing to send; waits for it. False: every worker waits, all is done.
  bool receive(unsigned worker, std::vector<Letter>& letters, std::vector<Object*>& grey) {
    bool waits = false;
    for (;;) {
      const int seen = news_.load();
      {
        const std::lock_guard lock(mutex_);
        if (take(worker, letters, grey)) {
          if (waits) --waiting_;
          return true;
        }
        if (!waits) ++waiting_;
        waits = true;
        hungry_.store(true, std::memory_order_relaxed);
        if (waiting_ == workers_ && nothing_is_left()) break;
      }
      wait(seen);
    }
    tell();
    return false;
  }

 private:
  /// Looks that a waiting worker takes before it sleeps: longer than most batches are under way.
  static constexpr int spins_before_sleep = 4000;

  bool take(unsigned worker, std::vector<Letter>& letters, std::vector<Object*>& grey) {
    letters.clear();
    grey.clear();
    letters.swap(boxes_[worker]);
    if (letters.empty()) grey.swap(given_);
    return !letters.empty() || !grey.empty();
  }

  /// A worker that waits may not have found its letters yet.
  bool nothing_is_left() const {
    return given_.empty() &&
           std::all_of(boxes_.begin(), boxes_.end(), [](const auto& box) { return box.empty(); });
  }

  void tell() {
    news_.fetch_add(1);
    news_.notify_all();
  }
  void wait(int seen) {
    for (int i = 0; i < spins_before_sleep; ++i) {
      if (news_.load() != seen) return;
      spin_pause();
    }
    news_.wait(seen);
  }

  unsigned workers_ = 1;
  std::mutex mutex_;
  std::array<std::vector<Letter>, workers_most> boxes_;
  std::vector<Object*> given_;
  unsigned waiting_ = 0;
  std::atomic<bool> hungry_{false};
  std::atomic<int> news_{0};  ///< changes with everything that may end a wait
};

}  // namespace reclaim::gen
