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
//
// Nobody starves: the world does not stop again before everybody who stood has gone on, to its next
// safepoint at least. Else a thread that collects and collects again has stopped the world each
// time that another one wakes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "measure/clock.h"
#include "models/parts/machine.h"

namespace reclaim::parts {

/// What a mutator shows to whoever wants to stop it.
template <class Machine = parts::Machine>
struct StopState {
  typename Machine::template Atomic<bool> attention{
      false};                                             ///< its safepoints take their slow path
  typename Machine::template Atomic<bool> running{true};  ///< it may touch the heap
};

/// Thread-safe. A Mutator gives
///   stop_state()   its StopState
///   stand_here()   called when it is about to stand: what others may look at is in order
///   thread()       its number, for people
template <class Mutator, class Machine = parts::Machine>
class Safepoints {
  using Lock = typename Machine::Lock;
  static constexpr auto sequential = std::memory_order_seq_cst;

 public:
  /// With `every_poll_is_slow`, attention is never lowered (stress).
  explicit Safepoints(bool every_poll_is_slow) : attention_at_rest_(every_poll_is_slow) {}

  /// Both wait while the world stands.
  void attach(Mutator& mutator) {
    Lock lock{mutex_};
    wait_for_the_end(lock, nullptr);
    mutator.stop_state().attention.store(attention_at_rest_, sequential);
    mutators_.push_back(&mutator);
    count_.store(mutators_.size(), std::memory_order_relaxed);
  }
  /// `leaving()` runs once the mutator can be in no stop any more, before it is forgotten.
  template <class Leaving>
  void detach(Mutator& mutator, Leaving&& leaving) {
    Lock lock{mutex_};
    wait_for_the_end(lock, &mutator);
    leaving();
    mutators_.erase(std::find(mutators_.begin(), mutators_.end(), &mutator));
    count_.store(mutators_.size(), std::memory_order_relaxed);
  }

  /// Stops every mutator but `self` (null: the caller is none). False: somebody else had already
  /// asked; the caller has stood still during that stop and may now find what it wanted.
  bool stop_the_world(Mutator* self);
  void resume_the_world();
  /// The last stop: asked for, and reached. Nanoseconds of now_ns().
  std::int64_t asked_ns() const { return asked_ns_; }
  std::int64_t reached_ns() const { return reached_ns_; }

  /// Slow path of a poll: stands while the world does.
  void stand(Mutator& self) {
    self.stand_here();
    Lock lock{mutex_};
    wait_for_the_end(lock, &self);
  }
  void enter_blocking(Mutator& self) {
    self.stand_here();
    self.stop_state().running.store(false, sequential);
    if (self.stop_state().attention.load(sequential)) [[unlikely]] {
      const Lock lock{mutex_};
      stood_.notify_all();
    }
  }
  void leave_blocking(Mutator& self) {
    self.stop_state().running.store(true, sequential);
    if (!self.stop_state().attention.load(sequential)) [[likely]]
      return;
    // Whoever stopped the world and found it blocking may be reading its roots: they are where
    // they were.
    Lock lock{mutex_};
    wait_for_the_end(lock, &self);
  }

  /// Those attached; for whoever has stopped the world.
  const std::vector<Mutator*>& mutators() const { return mutators_; }
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t late_after_ns = 2'000'000'000;

  bool all_stand(const Mutator* but) const {
    return std::all_of(mutators_.begin(), mutators_.end(), [&](Mutator* m) {
      return m == but || !m->stop_state().running.load(sequential);
    });
  }
  void name_the_late(const Mutator* but) const;
  void wait_for_the_end(Lock& lock, Mutator* self);

  const bool attention_at_rest_;
  typename Machine::Mutex mutex_;
  typename Machine::Condition stood_;    ///< a mutator has come to stand
  typename Machine::Condition resumed_;  ///< the world goes on
  typename Machine::Condition left_;     ///< the last of those that stood has gone on
  bool stopping_ = false;
  std::size_t standing_ = 0;  ///< threads that wait for the end of a stop, or have not seen it yet
  std::vector<Mutator*> mutators_;
  typename Machine::template Atomic<std::size_t> count_{0};
  std::int64_t asked_ns_ = 0;
  std::int64_t reached_ns_ = 0;
};

template <class Mutator, class Machine>
bool Safepoints<Mutator, Machine>::stop_the_world(Mutator* self) {
  if (self != nullptr) self->stand_here();
  Lock lock{mutex_};
  const std::int64_t asked_ns = now_ns();
  while (!stopping_ && standing_ != 0) left_.wait_for(lock, late_after_ns);
  if (stopping_) {
    wait_for_the_end(lock, self);
    return false;
  }
  stopping_ = true;  // nobody attaches or detaches from here on
  asked_ns_ = asked_ns;
  for (Mutator* m : mutators_) {
    if (m != self) m->stop_state().attention.store(true, sequential);
  }
  lock.unlock();
  bool all = false;
  for (int i = 0; i < Machine::looks_before_sleep && !all; ++i) all = all_stand(self);
  if (!all) {
    lock.lock();
    bool named = false;
    while (!all_stand(self)) {
      stood_.wait_for(lock, late_after_ns);
      if (named || now_ns() - asked_ns_ < late_after_ns || all_stand(self)) continue;
      name_the_late(self);
      named = true;
    }
  }
  reached_ns_ = now_ns();
  return true;
}

template <class Mutator, class Machine>
void Safepoints<Mutator, Machine>::resume_the_world() {
  const Lock lock{mutex_};
  stopping_ = false;
  for (Mutator* m : mutators_) m->stop_state().attention.store(attention_at_rest_, sequential);
  resumed_.notify_all();
}

template <class Mutator, class Machine>
void Safepoints<Mutator, Machine>::wait_for_the_end(Lock& lock, Mutator* self) {
  if (!stopping_) return;
  if (self != nullptr) self->stop_state().running.store(false, sequential);
  stood_.notify_all();
  ++standing_;
  while (stopping_) resumed_.wait_for(lock, late_after_ns);
  if (--standing_ == 0) left_.notify_all();
  if (self != nullptr) self->stop_state().running.store(true, sequential);
}

template <class Mutator, class Machine>
void Safepoints<Mutator, Machine>::name_the_late(const Mutator* but) const {
  for (Mutator* m : mutators_) {
    if (m == but || !m->stop_state().running.load(sequential)) continue;
    std::fprintf(
        stderr,
        "reclaim: mutator %u has passed no safepoint for 2 s; the collection waits for its "
        "next make, poll or blocking region\n",
        static_cast<unsigned>(m->thread()));
  }
}

}  // namespace reclaim::parts
