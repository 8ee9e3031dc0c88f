// Ctrl-C and its kin: one flag and one pipe, so that whoever waits in poll() wakes at once. The run
// then kills and reaps its child, keeps what is done and ends with exit code 130.
#pragma once

#include <csignal>

namespace reclaim::cells {

/// While alive, SIGINT, SIGTERM and SIGHUP set a flag and SIGCHLD wakes the poller; SIGPIPE and
/// SIGXFSZ are ignored, so that a reader that left and a file that may not grow are errors of
/// write(). At most one at a time, in a program whose other threads (if any) do not mind signals.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();  ///< puts the former handlers back
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;
  /// Becomes readable at each of the signals. drain() empties it.
  int wake_fd() const;
  void drain() const;

 private:
  struct sigaction former_[6];
};

}  // namespace reclaim::cells
