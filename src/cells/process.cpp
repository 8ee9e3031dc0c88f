// posix_spawn, poll, wait4. SIGCHLD comes through the guard's pipe, so nothing here polls by time
// except for the deadline itself.
#include "cells/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "cells/cgroup.h"
#include "measure/clock.h"

namespace reclaim::cells {

namespace {

constexpr std::size_t most_result_bytes = 4u << 20;
constexpr std::size_t most_error_bytes = 64u << 10;

/// A pipe whose reading end belongs to us.
struct Pipe {
  int read_end = -1;
  int write_end = -1;
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    ::fcntl(read_end, F_SETFL, O_NONBLOCK);
    return true;
  }
  static void close(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  ~Pipe() {
    close(read_end);
    close(write_end);
  }
};

/// Reads what is there; closes at the end of file. Keeps the first `most` bytes, or the last ones.
void drain(int& fd, std::string& text, std::size_t most, bool keep_last) {
  char bytes[16384];
  while (fd >= 0) {
    const auto got = ::read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return Pipe::close(fd);
    text.append(bytes, static_cast<std::size_t>(got));
    if (text.size() > most) keep_last ? text.erase(0, text.size() - most) : text.erase(most);
  }
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& s : strings) result.push_back(const_cast<char*>(s.c_str()));
  result.push_back(nullptr);
  return result;
}

int spawn(const ProcessRequest& request, const Pipe& result, const Pipe& errors, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, errors.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors.write_end, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&files, result.write_end, result_fd);
  posix_spawn_file_actions_addclosefrom_np(&files, result_fd + 1);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, standard;
  sigemptyset(&none);
  sigfillset(&standard);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &standard);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> words = {"reclaim"};
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  const int error = ::posix_spawn(&child, request.program.c_str(), &files, &attributes,
                                  pointers(words).data(), pointers(request.environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

int poll_milliseconds(std::int64_t deadline_ns) {
  const double left = static_cast<double>(deadline_ns - now_ns()) * 1e-6;
  return static_cast<int>(std::clamp(std::ceil(left), 0.0, 1e9));
}

}  // namespace

ProcessEnd run_process(const ProcessRequest& request, const InterruptGuard& guard) {
  ProcessEnd end;
  Pipe result, errors;
  if (!result.open() || !errors.open()) {
    end.code = errno;
    return end;
  }
  // A low descriptor may itself be the result's number; dup2 to itself would keep close-on-exec.
  if (result.write_end == result_fd) {
    const int moved = ::fcntl(result.write_end, F_DUPFD_CLOEXEC, result_fd + 1);
    if (moved < 0) {
      end.code = errno;
      return end;
    }
    ::close(result.write_end);
    result.write_end = moved;
  }
  const std::uint64_t oom_kills_before = cgroup_oom_kills().value_or(0);
  const std::int64_t begin_ns = now_ns();
  const auto deadline_ns = begin_ns + static_cast<std::int64_t>(request.timeout_s * 1e9);
  pid_t child = -1;
  if (const int error = spawn(request, result, errors, child); error != 0) {
    end.code = error;
    return end;
  }
  Pipe::close(result.write_end);
  Pipe::close(errors.write_end);

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
