// The meter that workloads hold, and the log of stops: what a stall takes is what they say it took.
#include "boundary/requests.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>

#include "boundary/stops.h"
#include "measure/latency.h"

namespace reclaim {
namespace {

constexpr std::int64_t ms = 1'000'000;

/// As much of a mutator as the timer asks for.
struct FakeMutator {
  int blocked = 0;
  template <class F>
  void blocking(F&& f) {
    ++blocked;
    f();
  }
};

void serve(RequestTimer& timer, FakeMutator& m, std::int64_t operations) {
  for (std::int64_t i = 0; i < operations; ++i) timer.operation(m);
}

TEST(RequestTimer, RecordsEachWholeRowOfOperationsOneBehindTheOther) {
  RequestLogs logs{1, 0};
  FakeMutator m;
  RequestTimer timer{&logs, 0};
  serve(timer, m, 5 * operations_per_request + 1);  // the next operation ends a request
  const auto requests = logs.of(0).requests();
  ASSERT_EQ(requests.size(), 5u);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(requests[i].due_ns, 0);
    EXPECT_LE(requests[i].begin_ns, requests[i].end_ns);
    if (i != 0) {
      EXPECT_EQ(requests[i].begin_ns, requests[i - 1].end_ns);
    }
  }
  EXPECT_EQ(m.blocked, 0);
}

TEST(RequestTimer, DoesNothingWhereNobodyAsked) {
  FakeMutator m;
  RequestTimer timer{nullptr, 0};
  serve(timer, m, 10 * operations_per_request);
  EXPECT_EQ(m.blocked, 0);
}

TEST(RequestTimer, ASecondThreadGoesOnWithTheLog) {
  RequestLogs logs{1, 0};
  FakeMutator m;
  for (int thread = 0; thread < 2; ++thread) {
    RequestTimer timer{&logs, 0};
    serve(timer, m, 2 * operations_per_request + 100);  // the rest is no whole request
  }
  EXPECT_EQ(logs.of(0).requests().size(), 4u);
}

TEST(RequestTimer, ByAScheduleNoRequestBeginsBeforeItIsDueAndWhoIsLateStaysLate) {
  const double rate = operations_per_request * 10'000.0;  // a request every 100 us, over 2 threads
  RequestLogs logs{2, rate};
  FakeMutator m;
  for (const int thread : {0, 1}) {
    RequestTimer timer{&logs, thread};
    serve(timer, m, operations_per_request);
    wait_until(now_ns() + 2 * ms);  // a stall: ten requests of this thread come due meanwhile
    serve(timer, m, 30 * operations_per_request + 1);
  }
  for (const int thread : {0, 1}) {
    const auto requests = logs.of(thread).requests();
    ASSERT_EQ(requests.size(), 31u);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      EXPECT_GE(requests[i].begin_ns, requests[i].due_ns);
      if (i != 0) {
        EXPECT_LE(std::abs(requests[i].due_ns - requests[i - 1].due_ns - 200'000), 1);
      }
    }
    EXPECT_GE(requests[1].begin_ns - requests[1].due_ns, ms);  // was due 200 us after the first
  }
  EXPECT_GT(m.blocked, 0);
}

TEST(RequestLog, CountsWhatItDrops) {
  RequestLog log{0, 0};
  for (std::size_t i = 0; i < RequestLog::capacity + 3; ++i) log.add({0, 1, 2});
  EXPECT_EQ(log.requests().size(), RequestLog::capacity);
  EXPECT_EQ(log.dropped(), 3u);
}

TEST(InjectedStalls, AreInTheLatencyForWhatTheyTook) {
  for (const std::int64_t stall : {1 * ms, 10 * ms, 100 * ms}) {
    RequestLogs logs{1, 0};
    FakeMutator m;
    const std::int64_t begin = now_ns();
    RequestTimer timer{&logs, 0};
    serve(timer, m, 20 * operations_per_request + 10);
    const std::int64_t stalled_at = now_ns();
    wait_until(stalled_at + stall);
    const std::int64_t took = now_ns() - stalled_at;
    serve(timer, m, 20 * operations_per_request);
    const std::int64_t all = now_ns() - begin;
    const auto longest =
        static_cast<double>(measure::simple_latency(logs.of(0).requests()).max_ns());
    EXPECT_GE(longest, 0.95 * static_cast<double>(took));
    EXPECT_LE(longest, static_cast<double>(all));
  }
}

TEST(InjectedStalls, AreInTheStopsWithinFivePerCent) {
  StopLog log;
  std::int64_t now = 5;
  for (const std::int64_t stall : {1 * ms, 10 * ms, 100 * ms}) {
    log.record(StopCause::minor_gc, now, now + stall);
    now += 2 * stall;
    const Histogram& stops = log.of(StopCause::minor_gc);
    EXPECT_EQ(stops.max_ns(), static_cast<std::uint64_t>(stall));
    const auto largest = static_cast<double>(stops.quantile_ns(1));
    EXPECT_NEAR(largest, static_cast<double>(stall), 0.05 * static_cast<double>(stall));
  }
  const std::int64_t begin = now_ns();
  {
    StopTimer timer{log, StopCause::major_gc};
    wait_until(now_ns() + 10 * ms);
  }
  const auto measured = static_cast<double>(log.of(StopCause::major_gc).max_ns());
  EXPECT_GE(measured, 0.95 * 10 * ms);
  EXPECT_LE(measured, static_cast<double>(now_ns() - begin));
}

}  // namespace
}  // namespace reclaim
