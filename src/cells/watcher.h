// An idle thread beside a child process, in this one: what the machine itself does to whoever
// sleeps (after jHiccup, Tene), and how much memory the child has, seen from outside. Whatever the
// models do, they do it in another process.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "measure/histogram.h"
#include "measure/peak_series.h"

namespace reclaim::cells {

struct Observation {
  std::vector<measure::PeakSeries::Point> rss_series;  ///< seconds since the watch began, bytes
  Histogram hiccups;  ///< how much later than asked for the thread woke, each time
};

/// Watches from construction to end(). Not copyable; end() by the thread that made it.
class Watcher {
 public:
  /// Throws std::system_error when the system starts no more threads.
  explicit Watcher(pid_t child);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// What was seen. Call once, before the child is reaped: its number may then be anybody's.
  Observation end();

 private:
  void watch(pid_t child);

  std::atomic<bool> ended_{false};
  Observation seen_;  ///< the thread's, until it has ended
  std::thread thread_;
};

}  // namespace reclaim::cells
