// Minimum mutator utilisation against the definition: every window at every nanosecond is tried.
#include "measure/mmu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/rng.h"

namespace reclaim::measure {
namespace {

constexpr std::uint64_t seed = 20010620;

using Spans = std::vector<TimeSpan>;

/// By the definition, for times small enough to try them all.
double by_brute_force(const Spans& stops, TimeSpan run, std::int64_t window) {
  std::vector<int> stopped(static_cast<std::size_t>(run.end_ns), 0);
  for (const TimeSpan& stop : stops) {
    for (std::int64_t t = std::max<std::int64_t>(stop.begin_ns, 0);
         t < std::min(stop.end_ns, run.end_ns); ++t) {
      stopped[static_cast<std::size_t>(t)] = 1;
    }
  }
  std::int64_t most = 0;
  for (std::int64_t begin = run.begin_ns; begin + window <= run.end_ns; ++begin) {
    std::int64_t sum = 0;
    for (std::int64_t t = begin; t < begin + window; ++t)
      sum += stopped[static_cast<std::size_t>(t)];
    most = std::max(most, sum);
  }
  return 1 - static_cast<double>(most) / static_cast<double>(window);
}

TEST(Utilisation, IsThatOfTheDefinitionOnRandomStops) {
  Rng rng(seed);
  for (int i = 0; i < 300; ++i) {
    const TimeSpan run{static_cast<std::int64_t>(rng.below(30)),
                       100 + static_cast<std::int64_t>(rng.below(200))};
    Spans stops(rng.below(12));
    for (TimeSpan& stop : stops) {
      stop.begin_ns = static_cast<std::int64_t>(rng.below(320)) - 10;
      stop.end_ns = stop.begin_ns + static_cast<std::int64_t>(rng.below(40));
    }
    const Spans apart = united(stops);
    for (const std::int64_t window :
         {std::int64_t{1}, std::int64_t{7}, std::int64_t{33}, run.end_ns - run.begin_ns}) {
      EXPECT_DOUBLE_EQ(minimum_utilisation(apart, run, window), by_brute_force(stops, run, window))
          << "seed " << seed << ", case " << i << ", window " << window;
    }
  }
}

TEST(Utilisation, OfNoStopsIsOneAndOfOneThatFillsTheWindowIsNothing) {
  EXPECT_DOUBLE_EQ(minimum_utilisation({}, {0, 1000}, 10), 1);
  const Spans one{{500, 520}};
  EXPECT_DOUBLE_EQ(minimum_utilisation(one, {0, 1000}, 20), 0);
  EXPECT_DOUBLE_EQ(minimum_utilisation(one, {0, 1000}, 40), 0.5);
  EXPECT_DOUBLE_EQ(minimum_utilisation(one, {0, 1000}, 1000), 0.98);
}

TEST(Utilisation, ShortStopsInARowAreAsBadAsOneLongOne) {
  Spans row;
  for (std::int64_t t = 0; t < 100; t += 10) row.push_back({t, t + 9});
  EXPECT_NEAR(minimum_utilisation(row, {0, 100'000}, 100), 0.1, 0.01);
  EXPECT_EQ(minimum_utilisation(row, {0, 100'000}, 9), 0);
}

TEST(Utilisation, StopsThatOverlapCountOnce) {
  const Spans apart = united({{30, 40}, {0, 10}, {5, 20}, {20, 25}, {33, 35}});
  ASSERT_EQ(apart.size(), 2u);
  EXPECT_EQ(apart[0].end_ns, 25);
  EXPECT_EQ(apart[1].begin_ns, 30);
  EXPECT_EQ(apart[1].end_ns, 40);
}

TEST(Utilisation, WindowsAscendFromAMillisecondToASecond) {
  const auto windows = utilisation_windows_ns();
  EXPECT_TRUE(std::is_sorted(windows.begin(), windows.end()));
  EXPECT_EQ(windows.front(), 1'000'000);
  EXPECT_EQ(windows.back(), 1'000'000'000);
}

}  // namespace
}  // namespace reclaim::measure
