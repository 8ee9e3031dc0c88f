#include "models/gen/safepoint.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "measure/clock.h"
#include "models/gen/mutator.h"

namespace reclaim::gen {

namespace {
/// Looks at the mutators this often before it sleeps: most arrive within microseconds.
constexpr int spins_before_sleep = 2000;
constexpr auto late_after = std::chrono::seconds(2);
}  // namespace

void Safepoints::attach(MutatorCore& mutator) {
  std::unique_lock lock(mutex_);
  resumed_.wait(lock, [&] { return !stopping_; });
  mutator.stop_state().attention.store(attention_at_rest_);
  mutators_.push_back(&mutator);
  count_.store(mutators_.size(), std::memory_order_relaxed);
}

void Safepoints::forget(MutatorCore& mutator) {
  mutators_.erase(std::find(mutators_.begin(), mutators_.end(), &mutator));
  count_.store(mutators_.size(), std::memory_order_relaxed);
}

bool Safepoints::all_stand(const MutatorCore* but) const {
  return std::all_of(mutators_.begin(), mutators_.end(),
                     [&](MutatorCore* m) { return m == but || !m->stop_state().running.load(); });
}

bool Safepoints::stop_the_world(MutatorCore* self) {
  if (self != nullptr) self->stand_here();
  std::unique_lock lock(mutex_);
  if (stopping_) {
    wait_for_the_end(lock, self);
    return false;
  }
  stopping_ = true;  // nobody attaches or detaches from here on
  asked_ns_ = now_ns();
  for (MutatorCore* m : mutators_) {
    if (m != self) m->stop_state().attention.store(true);
  }
  lock.unlock();
  bool all = false;
  for (int i = 0; i < spins_before_sleep && !all; ++i) all = all_stand(self);
  if (!all) {
    lock.lock();
    const auto stand = [&] { return all_stand(self); };
    if (!stood_.wait_for(lock, late_after, stand)) {
      name_the_late(self);
      stood_.wait(lock, stand);
    }
  }
  reached_ns_ = now_ns();
  return true;
}

void Safepoints::name_the_late(const MutatorCore* but) const {
  for (const MutatorCore* m : mutators_) {
    if (m == but || !m->stop_state().running.load()) continue;
    std::fprintf(stderr,
                 "reclaim: gen: mutator %u has passed no safepoint for 2 s; the collection waits "
                 "for its next make, poll or blocking region\n",
                 static_cast<unsigned>(m->thread()));
  }
}

void Safepoints::resume_the_world() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = false;
    for (MutatorCore* m : mutators_) m->stop_state().attention.store(attention_at_rest_);
  }
  resumed_.notify_all();
}

void Safepoints::wait_for_the_end(std::unique_lock<std::mutex>& lock, MutatorCore* self) {
  if (!stopping_) return;
  if (self != nullptr) self->stop_state().running.store(false);
  stood_.notify_all();
  resumed_.wait(lock, [&] { return !stopping_; });
  if (self != nullptr) self->stop_state().running.store(true);
}

void Safepoints::stand(MutatorCore& self) {
  self.stand_here();
  std::unique_lock lock(mutex_);
  wait_for_the_end(lock, &self);
}

void Safepoints::enter_blocking(MutatorCore& self) {
  self.stand_here();
  self.stop_state().running.store(false);
  if (self.stop_state().attention.load()) [[unlikely]] {
    const std::lock_guard lock(mutex_);
    stood_.notify_all();
  }
}

void Safepoints::leave_blocking(MutatorCore& self) {
  self.stop_state().running.store(true);
  if (!self.stop_state().attention.load()) [[likely]]
    return;
  // A collection that found it blocking may be reading its roots: they are where they were.
  std::unique_lock lock(mutex_);
  wait_for_the_end(lock, &self);
}

}  // namespace reclaim::gen
