// One child process: spawned (never forked: the parent may have threads), in a process group of its
// own, watched until it ends, its time is up, or the user interrupts; always reaped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cells/interrupt.h"
#include "cells/watcher.h"

namespace reclaim::cells {

/// The descriptor on which a child gives its result.
inline constexpr int result_fd = 3;

struct ProcessRequest {
  std::string program;                   ///< a path
  std::vector<std::string> arguments;    ///< after the name
  std::vector<std::string> environment;  ///< "NAME=value", all of it
  double timeout_s = 60;
  bool watched = false;  ///< by a Watcher
};

struct ProcessEnd {
  enum class Kind { exited, signalled, timed_out, interrupted, not_started };
  Kind kind = Kind::not_started;
  int code = 0;        ///< exit code, signal number, or errno of what kept it from starting
  std::string result;  ///< what it wrote to result_fd, at most 4 MiB
  std::string errors;  ///< the end of what it wrote to stdout and stderr, at most 64 KiB
  double elapsed_s = 0;
  std::uint64_t peak_rss_bytes = 0;  ///< by wait4; not below what this process had at the spawn
  std::optional<Observation> seen;   ///< none where it was not watched
  std::uint64_t oom_kills = 0;       ///< how many the kernel killed for memory meanwhile
};

/// Runs the child to its end. Not thread-safe: one at a time. Whatever its group still holds at its
/// end is killed too.
ProcessEnd run_process(const ProcessRequest& request, const InterruptGuard& guard);

/// The last line of `text` that is not empty.
std::string last_line(const std::string& text);

}  // namespace reclaim::cells
