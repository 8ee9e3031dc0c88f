// How long an answer takes, seen from outside and alike for all models: a workload that serves
// requests says where each of its operations begins, and has its requests timed. With an arrival
// rate, requests are due by a clock that does not wait for the one before: who is late stays late.
//
// One clock read costs as much as some operations, so that a request is a row of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <deque>
#include <span>

#include "base/mapping.h"
#include "measure/clock.h"
#include "measure/request.h"

namespace reclaim {

/// Operations that make one request: a few microseconds of work on the fastest model, so that the
/// clock's 25 ns are lost in it.
inline constexpr std::int64_t operations_per_request = 256;

/// Requests of one share of the work, in order. One writer at a time; read when it has stopped.
/// Mapped apart from every measured heap.
class RequestLog {
 public:
  /// What comes after so many is dropped, and counted.
  static constexpr std::size_t capacity = std::size_t{1} << 18;

  /// `interval_ns`: between two requests that are due; 0: the next is due when the last has ended.
  /// `offset_ns`: of the first one.
  RequestLog(double interval_ns, double offset_ns)
      : interval_ns_(interval_ns), offset_ns_(offset_ns), requests_(capacity) {}

  void add(const measure::Request& request) {
    if (recorded_ < capacity) requests_[recorded_] = request;
    ++recorded_;
  }
  /// When the next request is due; 0: at once. Counting begins with the first that is asked for.
  std::int64_t next_due_ns(std::int64_t now) {
    if (interval_ns_ <= 0) return 0;
    if (scheduled_ == 0) first_ns_ = now + static_cast<std::int64_t>(offset_ns_);
    return first_ns_ + static_cast<std::int64_t>(static_cast<double>(scheduled_++) * interval_ns_);
  }
  std::span<const measure::Request> requests() const {
    return {requests_.begin(),
            static_cast<std::size_t>(recorded_ < capacity ? recorded_ : capacity)};
  }
  std::uint64_t dropped() const { return recorded_ > capacity ? recorded_ - capacity : 0; }

 private:
  const double interval_ns_, offset_ns_;
  std::int64_t first_ns_ = 0;
  std::uint64_t scheduled_ = 0, recorded_ = 0;
  MappedArray<measure::Request> requests_;
};

/// A log for each share of the work.
class RequestLogs {
 public:
  /// `operations_per_s`: over all threads; 0: as fast as they are done. The threads' requests are
  /// due in turn.
  RequestLogs(int threads, double operations_per_s) {
    const double turn_ns =
        operations_per_s > 0 ? 1e9 * operations_per_request / operations_per_s : 0;
    for (int thread = 0; thread < threads; ++thread) {
      logs_.emplace_back(turn_ns * threads, turn_ns * thread);
    }
  }
  RequestLog& of(int thread) { return logs_[static_cast<std::size_t>(thread)]; }
  const std::deque<RequestLog>& all() const { return logs_; }

 private:
  std::deque<RequestLog> logs_;
};

/// Sleeps until shortly before the moment and spins the rest: the system's timer is late by more
/// than the answers that are to be timed.
inline void wait_until(std::int64_t moment_ns) {
  constexpr std::int64_t spin_ns = 100'000;
  if (const std::int64_t sleep_to = moment_ns - spin_ns; sleep_to > now_ns()) {
    const timespec until{sleep_to / 1'000'000'000, sleep_to % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  }
  while (now_ns() < moment_ns) {
  }
}

/// What a workload holds while a thread serves. Where nothing is timed it costs a decrement.
class RequestTimer {
 public:
  /// `logs` may be null: nothing is timed.
  RequestTimer(RequestLogs* logs, int thread)
      : log_(logs == nullptr ? nullptr : &logs->of(thread)), left_(log_ == nullptr ? never : 1) {}

  /// Call before each operation. May wait for a request that is not due yet; a safepoint then.
  template <class Mutator>
  void operation(Mutator& m) {
    if (--left_ == 0) [[unlikely]]
      next(m);
  }

 private:
  static constexpr std::int64_t never = INT64_MAX;

  /// Ends a request and begins the next. A last one that is not whole is not recorded.
  template <class Mutator>
  [[gnu::noinline]] void next(Mutator& m) {
    left_ = operations_per_request;
    std::int64_t now = now_ns();
    if (request_.begin_ns != 0) {
      request_.end_ns = now;
      log_->add(request_);
    }
    request_.due_ns = log_->next_due_ns(now);
    if (request_.due_ns > now) {
      m.blocking([&] { wait_until(request_.due_ns); });
      now = now_ns();
    }
    request_.begin_ns = now;
  }

  RequestLog* const log_;
  std::int64_t left_;
  measure::Request request_;
};

}  // namespace reclaim
