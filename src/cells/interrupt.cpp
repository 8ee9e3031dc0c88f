// The self-pipe trick (Bernstein): the handler does nothing but set a flag and write one byte.
#include "cells/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/assert.h"

namespace reclaim::cells {

namespace {

constexpr std::array handled = {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGXFSZ};

volatile std::sig_atomic_t interrupted_flag = 0;
int pipe_ends[2] = {-1, -1};

void on_signal(int signal) {
  const int saved = errno;
  if (signal != SIGCHLD) interrupted_flag = 1;
  const auto written = ::write(pipe_ends[1], "", 1);  // a full pipe wakes just as well
  static_cast<void>(written);
  errno = saved;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  require(pipe_ends[0] < 0, "two interrupt guards at a time");
  require(::pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0, "no file descriptors for a pipe");
  interrupted_flag = 0;
  for (std::size_t i = 0; i < handled.size(); ++i) {
    struct sigaction action {};
    const bool ignored = handled[i] == SIGPIPE || handled[i] == SIGXFSZ;
    action.sa_handler = ignored ? SIG_IGN : on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(handled[i], &action, &former_[i]);
  }
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < handled.size(); ++i) sigaction(handled[i], &former_[i], nullptr);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  pipe_ends[0] = pipe_ends[1] = -1;
}

bool InterruptGuard::interrupted() const { return interrupted_flag != 0; }

int InterruptGuard::wake_fd() const { return pipe_ends[0]; }

void InterruptGuard::drain() const {
  char bytes[64];
  while (::read(pipe_ends[0], bytes, sizeof bytes) > 0) {
  }
}

}  // namespace reclaim::cells
