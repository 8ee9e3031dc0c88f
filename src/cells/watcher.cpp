// Sleeps a millisecond at a time; every tenth time it also reads the child's memory, between two
// sleeps, so that the reading is not taken for lateness.
#include "cells/watcher.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string>

#include "measure/clock.h"

namespace reclaim::cells {

namespace {

constexpr std::int64_t sleep_ns = 1'000'000;
constexpr int sleeps_a_sample = 10;

/// Resident bytes by an open /proc/PID/statm; 0 when the process is gone.
std::uint64_t resident_bytes(int statm) {
  char text[128];
  const auto got = ::pread(statm, text, sizeof text - 1, 0);
  if (got <= 0) return 0;
  text[got] = '\0';
  char* resident = nullptr;
  std::strtoull(text, &resident, 10);
  return std::strtoull(resident, nullptr, 10) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Signals are for the thread that waits for the child.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &former_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t former_;
};

}  // namespace

Watcher::Watcher(pid_t child) {
  const SignalsBlocked blocked;  // what a thread inherits
  thread_ = std::thread([this, child] { watch(child); });
}

Watcher::~Watcher() {
  ended_ = true;
  if (thread_.joinable()) thread_.join();
}

Observation Watcher::end() {
  ended_ = true;
  thread_.join();
  return std::move(seen_);
}

void Watcher::watch(pid_t child) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // or the kernel would itself round each sleep up by 50 us
  const int statm = ::open(fmt::format("/proc/{}/statm", child).c_str(), O_RDONLY | O_CLOEXEC);
  measure::PeakSeries series;
  const std::int64_t begin_ns = now_ns();
  int sleeps = 0;
  do {
    if (sleeps++ % sleeps_a_sample == 0 && statm >= 0) {
      const std::uint64_t bytes = resident_bytes(statm);
      if (bytes != 0) series.add(static_cast<double>(now_ns() - begin_ns) * 1e-9, bytes);
    }
    const std::int64_t wake_ns = now_ns() + sleep_ns;
    const timespec until{wake_ns / 1'000'000'000, wake_ns % 1'000'000'000};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
    seen_.hiccups.record(now_ns() - wake_ns);
  } while (!ended_);
  if (statm >= 0) ::close(statm);
  seen_.rss_series = series.points();
}

}  // namespace reclaim::cells
