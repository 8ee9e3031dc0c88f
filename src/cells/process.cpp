// Spawn, poll, wait4. SIGCHLD comes through the guard's pipe, so nothing here polls by time
// except for the deadline itself.
#include "cells/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <system_error>

#include "cells/cgroup.h"
#include "cells/spawn.h"
#include "measure/clock.h"

namespace reclaim::cells {

namespace {

constexpr std::size_t most_result_bytes = 4u << 20;
constexpr std::size_t most_error_bytes = 64u << 10;

/// Empty where the system starts no more threads: a cell is not to fail for that.
void watch(pid_t child, std::optional<Watcher>& watcher) {
  try {
    watcher.emplace(child);
  } catch (const std::system_error&) {
  }
}

int poll_milliseconds(std::int64_t deadline_ns) {
  const double left = static_cast<double>(deadline_ns - now_ns()) * 1e-6;
  return static_cast<int>(std::clamp(std::ceil(left), 0.0, 1e9));
}

}  // namespace

ProcessEnd run_process(const ProcessRequest& request, const InterruptGuard& guard) {
  ProcessEnd end;
  OutputPipe result, errors;
  if (!result.open(result_fd + 1) || !errors.open(result_fd + 1)) {
    end.code = errno;
    return end;
  }
  const std::uint64_t oom_kills_before = cgroup_oom_kills().value_or(0);
  const std::int64_t begin_ns = now_ns();
  const auto deadline_ns = begin_ns + static_cast<std::int64_t>(request.timeout_s * 1e9);
  pid_t child = -1;
  const int error = spawn({request.program,
                           request.arguments,
                           request.environment,
                           {{errors.write_end, STDOUT_FILENO},
                            {errors.write_end, STDERR_FILENO},
                            {result.write_end, result_fd}}},
                          child);
  if (error != 0) {
    end.code = error;
    return end;
  }
  OutputPipe::close(result.write_end);
  OutputPipe::close(errors.write_end);
  std::optional<Watcher> watcher;
  if (request.watched) watch(child, watcher);

  bool timed_out = false, interrupted = false;
  while (true) {
    guard.drain();
    drain(result.read_end, end.result, most_result_bytes, false);
    drain(errors.read_end, end.errors, most_error_bytes, true);
    siginfo_t ended{};
    if (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != 0) {
      break;
    }
    interrupted = guard.interrupted();
    timed_out = now_ns() >= deadline_ns;
    if (interrupted || timed_out) break;
    pollfd watched[] = {
        {guard.wake_fd(), POLLIN, 0}, {result.read_end, POLLIN, 0}, {errors.read_end, POLLIN, 0}};
    ::poll(watched, 3, poll_milliseconds(deadline_ns));
  }
  if (watcher) end.seen = watcher->end();
  // The group, before the child is reaped and its number can be anybody's: what the child left
  // behind.
  ::kill(-child, SIGKILL);
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  end.elapsed_s = static_cast<double>(now_ns() - begin_ns) * 1e-9;
  drain(result.read_end, end.result, most_result_bytes, false);
  drain(errors.read_end, end.errors, most_error_bytes, true);
  end.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  end.oom_kills = cgroup_oom_kills().value_or(0) - oom_kills_before;

  if (interrupted) {
    end.kind = ProcessEnd::Kind::interrupted;
  } else if (timed_out) {
    end.kind = ProcessEnd::Kind::timed_out;
  } else if (WIFSIGNALED(status)) {
    end.kind = ProcessEnd::Kind::signalled;
    end.code = WTERMSIG(status);
  } else {
    end.kind = ProcessEnd::Kind::exited;
    end.code = WEXITSTATUS(status);
  }
  return end;
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const auto begin = text.find_last_of('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace reclaim::cells
