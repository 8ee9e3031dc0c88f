// The feeder is no mutator: it sees bytes only.
#include "processes/queue.h"

#include <cerrno>
#include <utility>

#include "base/assert.h"

namespace reclaim::processes {

QueueState::QueueState() {
  require(sem_init(&free_places, 1, queue_capacity) == 0, "a semaphore between processes");
}

Queue::~Queue() {
  if (!feeder_.joinable()) return;
  {
    const std::lock_guard guard(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  feeder_.join();
}

void Queue::put(std::string message) {
  while (sem_wait(&state_.free_places) != 0) require(errno == EINTR, "a semaphore is gone");
  traffic_.sent(message.size());
  {
    const std::lock_guard guard(mutex_);
    waiting_.push_back(std::move(message));
  }
  if (!feeder_.joinable()) feeder_ = std::thread([this] { feed(); });
  changed_.notify_one();
}

void Queue::get(std::string& message) {
  {
    const std::lock_guard guard(state_.readers);
    read_message(read_end_, message);
  }
  sem_post(&state_.free_places);
  traffic_.received(message.size());
}

void Queue::feed() {
  std::unique_lock own(mutex_);
  for (;;) {
    changed_.wait(own, [&] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::string message = std::move(waiting_.front());
    waiting_.pop_front();
    own.unlock();
    try {
      const std::lock_guard guard(state_.writers);
      write_message(write_end_, as_bytes(message));
    } catch (const OthersAreGone&) {
      return;  // who gets will find out as well
    }
    own.lock();
  }
}

}  // namespace reclaim::processes
