// A lock between processes that survives its holder: who comes next is told (pthread's robust
// mutexes), for a word that a dead process was about to write is not to be trusted.
#pragma once

#include <pthread.h>

#include <cerrno>

#include "base/assert.h"
#include "processes/descriptor.h"

namespace reclaim::processes {

/// Lies in memory that the processes share; made by one of them, before the others see it.
class RobustLock {
 public:
  RobustLock() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    require(pthread_mutex_init(&mutex_, &attributes) == 0, "a lock between processes");
    pthread_mutexattr_destroy(&attributes);
  }
  RobustLock(const RobustLock&) = delete;
  RobustLock& operator=(const RobustLock&) = delete;

  /// Throws OthersAreGone when the last holder died with it.
  void lock() {
    const int error = pthread_mutex_lock(&mutex_);
    if (error == 0) return;
    if (error == EOWNERDEAD) pthread_mutex_unlock(&mutex_);  // never made consistent: of no use now
    throw OthersAreGone("a process died while it held a lock that all share");
  }
  void unlock() { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t mutex_;
};

}  // namespace reclaim::processes
