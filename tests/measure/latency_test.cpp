// Latency on a clock that the tests move by hand: what a stall costs is known to the nanosecond.
#include "measure/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/rng.h"
#include "measure/peak_series.h"

namespace reclaim::measure {
namespace {

constexpr std::uint64_t seed = 20220618;
constexpr std::int64_t us = 1'000, ms = 1'000'000;

using Requests = std::vector<Request>;

/// One after the other, each `work` long; the one at `stalled` takes `stall` longer.
Requests closed_loop(std::size_t count, std::int64_t work, std::size_t stalled,
                     std::int64_t stall) {
  Requests requests(count);
  std::int64_t now = 7 * ms;
  for (std::size_t i = 0; i < count; ++i) {
    requests[i].begin_ns = now;
    now += work + (i == stalled ? stall : 0);
    requests[i].end_ns = now;
  }
  return requests;
}

/// Where the average arrival count over the window passes i + 1/2, by bisection on its definition.
double smoothed_by_bisection(const Requests& requests, std::int64_t window, std::size_t i) {
  const auto n = static_cast<double>(requests.size());
  const auto first = static_cast<double>(requests.front().begin_ns);
  const double period = (static_cast<double>(requests.back().begin_ns) - first) * n / (n - 1);
  const auto average = [&](double t) {
    double sum = -n;
    for (int copy = -1; copy <= 1; ++copy) {
      for (const Request& request : requests) {
        const double at = static_cast<double>(request.begin_ns) - first + copy * period;
        sum += std::clamp((t - at) / static_cast<double>(window) + 0.5, 0.0, 1.0);
      }
    }
    return sum;
  };
  double low = 0, high = period + static_cast<double>(window);
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (average(middle) < static_cast<double>(i) + 0.5 ? low : high) = middle;
  }
  return first + high;
}

TEST(Latency, AStallOfOneTenOrAHundredMillisecondsIsMeasuredWithinFivePerCent) {
  for (const std::int64_t stall : {1 * ms, 10 * ms, 100 * ms}) {
    const Requests requests = closed_loop(10'000, 10 * us, 5'000, stall);
    const auto simple = static_cast<double>(simple_latency(requests).max_ns());
    EXPECT_NEAR(simple, static_cast<double>(stall), 0.05 * static_cast<double>(stall));
    const auto metered = static_cast<double>(metered_latency(requests, 0).max_ns());
    EXPECT_GE(metered, 0.45 * static_cast<double>(stall));
  }
}

TEST(Latency, SimpleLatencySeesOneRequestOfAStallAndMeteredLatencyAllThatWaited) {
  const Requests requests = closed_loop(10'000, 10 * us, 5'000, 100 * ms);
  EXPECT_LT(simple_latency(requests).quantile_ns(0.99), std::uint64_t{11 * us});
  EXPECT_GT(metered_latency(requests, 0).quantile_ns(0.9), std::uint64_t{10 * ms});
}

TEST(Latency, OpenLoopLatencyCountsFromWhenARequestWasDue) {
  // 100 requests due each millisecond; a stall of 10 ms at one of them delays those behind it.
  Requests requests(100);
  std::int64_t free_from = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Request& request = requests[i];
    request.due_ns = static_cast<std::int64_t>(i) * ms;
    request.begin_ns = std::max(free_from, request.due_ns);
    request.end_ns = free_from = request.begin_ns + ms / 2 + (i == 50 ? 10 * ms : 0);
  }
  const Histogram open = open_loop_latency(requests);
  EXPECT_EQ(open.max_ns(), std::uint64_t{10 * ms + ms / 2});
  EXPECT_NEAR(static_cast<double>(open.quantile_ns(0.85)), 4e6, 2e6);  // 21 waited 0.5 to 10 ms
  EXPECT_LT(simple_latency(requests).quantile_ns(0.98), std::uint64_t{ms});
}

TEST(Latency, SmoothedBeginsAreWhereTheAverageOfTheDefinitionPasses) {
  Rng rng(seed);
  for (int round = 0; round < 20; ++round) {
    Requests requests(2 + rng.below(60));
    std::int64_t now = 1000;
    for (Request& request : requests) {
      request.begin_ns = now;
      now += rng.below(8) == 0 ? 5000 : static_cast<std::int64_t>(rng.below(200));
    }
    if (requests.back().begin_ns == requests.front().begin_ns) continue;
    for (const std::int64_t window : {100, 900, 4000}) {
      const std::vector<double> smoothed = smoothed_begins(requests, window);
      const auto n = static_cast<double>(requests.size());
      const double period =
          static_cast<double>(requests.back().begin_ns - requests.front().begin_ns) * n / (n - 1);
      if (static_cast<double>(window) >= period) continue;
      EXPECT_TRUE(std::is_sorted(smoothed.begin(), smoothed.end()));
      for (std::size_t i = 0; i < requests.size(); ++i) {
        EXPECT_NEAR(smoothed[i], smoothed_by_bisection(requests, window, i), 0.01)
            << "seed " << seed << ", round " << round << ", window " << window << ", request " << i;
      }
    }
  }
}

TEST(Latency, RequestsThatCameEvenlyAreMeteredAsTheyWere) {
  const Requests requests = closed_loop(1'000, 10 * us, 1'000, 0);
  for (const std::int64_t window : {std::int64_t{0}, 100 * us, 1 * ms}) {
    EXPECT_LE(metered_latency(requests, window).max_ns(), std::uint64_t{10 * us + 2}) << window;
  }
  EXPECT_EQ(metered_latency({}, 0).count(), 0u);
  EXPECT_EQ(metered_latency(closed_loop(1, us, 1, 0), ms).count(), 1u);
}

TEST(PeakSeries, KeepsAtMostSoManyPointsAndEveryPeak) {
  PeakSeries series{200};
  for (int i = 0; i < 12'345; ++i) {
    series.add(i, i == 6789 ? 1'000'000 : static_cast<std::uint64_t>(i % 100));
  }
  EXPECT_LE(series.points().size(), 200u);
  EXPECT_GE(series.points().size(), 90u);
  EXPECT_TRUE(std::is_sorted(series.points().begin(), series.points().end()));
  const auto highest =
      std::max_element(series.points().begin(), series.points().end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  EXPECT_EQ(*highest, (PeakSeries::Point{6789, 1'000'000}));
}

TEST(PeakSeries, OfFewSamplesIsTheSamples) {
  PeakSeries series{200};
  for (int i = 0; i < 200; ++i) series.add(i, static_cast<std::uint64_t>(200 - i));
  ASSERT_EQ(series.points().size(), 200u);
  EXPECT_EQ(series.points()[150], (PeakSeries::Point{150, 50}));
}

}  // namespace
}  // namespace reclaim::measure
