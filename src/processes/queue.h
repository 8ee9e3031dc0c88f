// Queue: many put, many get, and no more than `capacity` are under way, as multiprocessing.Queue:
// a pipe, a lock for its readers and one for its writers, a semaphore that counts the free places,
// and in each process that puts a feeder thread which does the writing, so that who puts does not
// wait for the pipe.
#pragma once

#include <semaphore.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "processes/descriptor.h"
#include "processes/robust_lock.h"
#include "processes/traffic.h"

namespace reclaim::processes {

/// The part of a queue that lies in memory all processes share.
class QueueState {
 public:
  QueueState();
  QueueState(const QueueState&) = delete;
  QueueState& operator=(const QueueState&) = delete;

  RobustLock readers, writers;
  sem_t free_places;
};

/// The most messages that may be under way in a queue.
inline constexpr unsigned queue_capacity = 100;

/// A queue as one process has it. put() and get() are each for one thread at a time.
class Queue {
 public:
  /// The state and the descriptors outlive it.
  Queue(QueueState& state, int read_end, int write_end)
      : state_(state), read_end_(read_end), write_end_(write_end) {}
  /// Everything that was put has gone into the pipe when it returns.
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// Waits while the queue is full.
  void put(std::string message);
  /// Waits while it is empty. Throws OthersAreGone when a process died in the middle of a message.
  void get(std::string& message);

  const Traffic& traffic() const { return traffic_; }

 private:
  void feed();

  QueueState& state_;
  const int read_end_, write_end_;
  Traffic traffic_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;  // guarded by mutex_
  bool ended_ = false;               // guarded by mutex_
  std::thread feeder_;               // from the first put on
};

}  // namespace reclaim::processes
