// Stopping the world. Mutators stop themselves, at safepoints: every make that leaves its
// allocation buffer, every poll, every blocking region. Whoever wants the world stopped raises a
// flag in each mutator and waits until all of them stand or are in a blocking region.
//
// The race between "I leave my blocking region" and "I ask you to stop" is Dekker's: each side
// writes its own word, then reads the other's, all sequentially consistent, so at least one sees
// the other.
//     mutator:   state = running;   if (attention) wait          collector:  attention = true;
//                                                                            wait while state ==
//                                                                            running
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace reclaim::gen {

class MutatorCore;

/// What a mutator shows to whoever wants to stop it.
struct StopState {
  std::atomic<bool> attention{false};  ///< poll() takes its slow path
  std::atomic<bool> running{true};     ///< may touch the heap
};

/// Thread-safe.
class Safepoints {
 public:
  /// With `every_poll_is_slow`, attention is never lowered (stress).
  explicit Safepoints(bool every_poll_is_slow) : attention_at_rest_(every_poll_is_slow) {}

  /// Both wait while the world stands.
  void attach(MutatorCore& mutator);
  /// `leaving()` runs once the mutator can be in no collection any more, before it is forgotten.
  template <class Leaving>
  void detach(MutatorCore& mutator, Leaving&& leaving) {
    std::unique_lock lock(mutex_);
    wait_for_the_end(lock, &mutator);
    leaving();
    forget(mutator);
  }

  /// Stops every mutator but `self` (null: the caller is none). False: somebody else had already
  /// asked; the caller has stood still during that stop and may now find what it wanted.
  bool stop_the_world(MutatorCore* self);
  void resume_the_world();
  /// The last stop: asked for, and reached. Nanoseconds of now_ns().
  std::int64_t asked_ns() const { return asked_ns_; }
  std::int64_t reached_ns() const { return reached_ns_; }

  /// Slow path of a poll: stands while the world does.
  void stand(MutatorCore& self);
  void enter_blocking(MutatorCore& self);
  void leave_blocking(MutatorCore& self);

  /// Those attached; for whoever has stopped the world.
  const std::vector<MutatorCore*>& mutators() const { return mutators_; }
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  bool all_stand(const MutatorCore* but) const;
  void name_the_late(const MutatorCore* but) const;
  void wait_for_the_end(std::unique_lock<std::mutex>& lock, MutatorCore* self);
  void forget(MutatorCore& mutator);

  const bool attention_at_rest_;
  std::mutex mutex_;
  std::condition_variable stood_;    ///< a mutator has come to stand
  std::condition_variable resumed_;  ///< the world goes on
  bool stopping_ = false;
  std::vector<MutatorCore*> mutators_;
  std::atomic<std::size_t> count_{0};
  std::int64_t asked_ns_ = 0;
  std::int64_t reached_ns_ = 0;
};

}  // namespace reclaim::gen
