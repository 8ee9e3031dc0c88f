#include "models/gen/crew.h"

#include <algorithm>
#include <system_error>

#include "base/spin.h"

namespace reclaim::gen {

namespace {
/// Helpers finish nearly together: the caller looks this often before it sleeps.
constexpr int spins_before_sleep = 5000;
}  // namespace

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  called_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

unsigned Crew::hire(unsigned helpers) {
  while (threads_.size() < std::min(helpers, size_)) {
    const unsigned worker = static_cast<unsigned>(threads_.size()) + 1;
    try {
      threads_.emplace_back([this, worker] { stand_by(worker); });
    } catch (const std::system_error&) {
      size_ = worker - 1;  // collections go on with those that are there
    }
  }
  return std::min(helpers, size_);
}

void Crew::call(unsigned helpers, Job job, void* work) {
  {
    const std::lock_guard lock(mutex_);
    helpers_ = helpers;
    job_ = job;
    work_ = work;
    busy_.store(helpers, std::memory_order_relaxed);
    ++calls_;
  }
  called_.notify_all();
}

void Crew::await() {
  for (int i = 0; i < spins_before_sleep; ++i) {
    if (busy_.load(std::memory_order_acquire) == 0) return;
    spin_pause();
  }
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return busy_.load(std::memory_order_acquire) == 0; });
}

void Crew::stand_by(unsigned worker) {
  std::unique_lock lock(mutex_);
  for (std::uint64_t seen = 0;;) {
    called_.wait(lock, [&] { return leaving_ || (calls_ != seen && worker <= helpers_); });
    if (leaving_) return;
    seen = calls_;
    const Job job = job_;
    void* const work = work_;
    lock.unlock();
    job(work, worker);
    lock.lock();
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) finished_.notify_one();
  }
}

}  // namespace reclaim::gen
