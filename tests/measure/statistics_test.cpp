// Statistics against independent oracles: brute-force enumeration, printed tables, Boost.Math's
// distributions, and simulations with known truth.
#include "measure/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/rng.h"

namespace reclaim::measure {
namespace {

using Samples = std::vector<double>;

constexpr std::uint64_t seed = 20240229;

/// A normal deviate by the inverse distribution function of Boost.Math.
double normal(Rng& rng) {
  const double u = std::clamp(rng.real(), 1e-12, 1 - 1e-12);
  return boost::math::quantile(boost::math::normal(), u);
}

/// `count` run times around `centre` with a relative noise, and now and then a slow outlier, as
/// times of processes have.
Samples runs(Rng& rng, std::size_t count, double centre, double noise) {
  Samples result(count);
  for (double& value : result) {
    value = centre * (1 + noise * normal(rng));
    if (rng.below(20) == 0) value *= 1.1;
  }
  return result;
}

/// U of a against b by its definition: one comparison a pair.
double u_by_pairs(const Samples& a, const Samples& b) {
  double u = 0;
  for (const double x : a) {
    for (const double y : b) u += x > y ? 1.0 : x == y ? 0.5 : 0.0;
  }
  return u;
}

/// Two-sided p by trying every way to deal the pooled samples.
double p_by_enumeration(const Samples& a, const Samples& b) {
  Samples pool = a;
  pool.insert(pool.end(), b.begin(), b.end());
  const double half = static_cast<double>(a.size() * b.size()) / 2;
  const double observed = std::abs(u_by_pairs(a, b) - half);
  double all = 0;
  double as_far = 0;
  for (unsigned deal = 0; deal < 1u << pool.size(); ++deal) {
    if (static_cast<std::size_t>(std::popcount(deal)) != a.size()) continue;
    Samples left, right;
    for (std::size_t i = 0; i < pool.size(); ++i) {
      (deal >> i & 1u ? left : right).push_back(pool[i]);
    }
    ++all;
    if (std::abs(u_by_pairs(left, right) - half) >= observed - 1e-9) ++as_far;
  }
  return as_far / all;
}

TEST(Median, IsTheMiddleValueOrTheMeanOfTheTwoMiddleOnes) {
  EXPECT_DOUBLE_EQ(median(Samples{7}), 7);
  EXPECT_DOUBLE_EQ(median(Samples{9, 1, 5}), 5);
  EXPECT_DOUBLE_EQ(median(Samples{4, 1, 3, 2}), 2.5);
}

TEST(Quantile, InterpolatesAsNumPyDoes) {
  const Samples samples{15, 20, 35, 40, 50};  // numpy.quantile: 0.4 -> 29, 0.25 -> 20, 0.9 -> 46
  EXPECT_DOUBLE_EQ(quantile(samples, 0.4), 29);
  EXPECT_DOUBLE_EQ(quantile(samples, 0.25), 20);
  EXPECT_DOUBLE_EQ(quantile(samples, 0.9), 46);
  EXPECT_DOUBLE_EQ(quantile(samples, 0), 15);
  EXPECT_DOUBLE_EQ(quantile(samples, 1), 50);
}

TEST(GeometricMean, OfARatioAndItsInverseIsOne) {
  EXPECT_NEAR(geometric_mean(Samples{4, 0.25}), 1, 1e-12);
  EXPECT_NEAR(geometric_mean(Samples{1, 10, 100}), 10, 1e-12);
}

TEST(MedianInterval, IsNotGivenUnderSixRuns) {
  EXPECT_FALSE(median_interval(Samples{1, 2, 3, 4, 5}));
  EXPECT_TRUE(median_interval(Samples{1, 2, 3, 4, 5, 6}));
}

TEST(MedianInterval, IsTheSameForTheSameSeedAndLiesWithinTheSamples) {
  const Samples samples{5, 9, 6, 8, 7, 6.5, 30};
  const auto once = median_interval(samples, 7);
  const auto again = median_interval(samples, 7);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->low, again->low);
  EXPECT_EQ(once->high, again->high);
  EXPECT_GE(once->low, 5);
  EXPECT_LE(once->low, median(samples));
  EXPECT_GE(once->high, median(samples));
  EXPECT_LE(once->high, 30);
}

/// P(median of a resample <= the k-th smallest of n samples), n odd: of n draws, more than half are
/// among the k smallest. (Known in closed form: Efron and Tibshirani 1993, section 13.)
double resampled_median_at_most(unsigned n, unsigned k) {
  const boost::math::binomial among(n, static_cast<double>(k) / n);
  return k == 0 ? 0 : k >= n ? 1 : boost::math::cdf(boost::math::complement(among, n / 2));
}

TEST(MedianInterval, IsThatOfAllResamplesAsTheBinomialDistributionHasIt) {
  constexpr double slack = 0.01;  // of a quantile that is estimated from some thousand resamples
  for (const unsigned n : {7u, 9u, 11u, 21u, 31u}) {
    Samples samples(n);
    for (unsigned i = 0; i < n; ++i) samples[i] = i * i + 1.0;  // sorted, and apart
    const auto interval = median_interval(samples, n);
    ASSERT_TRUE(interval);
    const auto rank = [&](double value) {
      return static_cast<unsigned>(std::lower_bound(samples.begin(), samples.end(), value) -
                                   samples.begin()) +
             1;
    };
    const unsigned low = rank(interval->low), high = rank(interval->high);
    EXPECT_LE(resampled_median_at_most(n, low - 1), 0.025 + slack) << n;
    EXPECT_GE(resampled_median_at_most(n, low), 0.025 - slack) << n;
    EXPECT_LE(resampled_median_at_most(n, high - 1), 0.975 + slack) << n;
    EXPECT_GE(resampled_median_at_most(n, high), 0.975 - slack) << n;
  }
}

TEST(MedianInterval, HoldsTheTrueMedianInAboutNineteenOfTwentyCases) {
  Rng rng(seed);
  constexpr int cases = 1000;
  int held = 0;
  for (int i = 0; i < cases; ++i) {
    Samples samples(10);
    for (double& value : samples) value = normal(rng);
    const auto interval = median_interval(samples, rng.next());
    if (interval->low <= 0 && 0 <= interval->high) ++held;
  }
  EXPECT_GE(held, cases * 91 / 100) << "seed " << seed;
  EXPECT_LE(held, cases * 99 / 100) << "seed " << seed;
}

TEST(MannWhitney, AgreesWithEveryDealOfThePooledSamples) {
  Rng rng(seed);
  for (int i = 0; i < 60; ++i) {
    Samples a(2 + rng.below(5)), b(2 + rng.below(5));
    const std::uint64_t values = i % 2 == 0 ? 1000000 : 5;  // every other case is full of ties
    for (double& x : a) x = static_cast<double>(rng.below(values));
    for (double& x : b) x = static_cast<double>(rng.below(values));
    const RankTest test = mann_whitney(a, b);
    EXPECT_DOUBLE_EQ(test.u, u_by_pairs(a, b)) << "seed " << seed << " case " << i;
    EXPECT_NEAR(test.p, p_by_enumeration(a, b), 1e-9) << "seed " << seed << " case " << i;
  }
}

TEST(MannWhitney, AgreesWithPrintedTablesOfCriticalValues) {
  // Two-sided 5 % critical value of U for 10 and 10 runs is 23, for 6 and 6 it is 5; 1 %: 16 and 2.
  const auto p_at = [](std::size_t n, int u) {
    // Start with all of a below all of b (U = 0), then lift single values of a over values of b.
    Samples a(n), b(n);
    for (std::size_t i = 0; i < n; ++i) {
      a[i] = static_cast<double>(i);
      b[i] = 1000 + 10 * static_cast<double>(i);
    }
    for (std::size_t i = n; u > 0; --i) {
      const int lift = std::min<int>(u, static_cast<int>(n));
      a[i - 1] = 1000 + 10 * (lift - 1) + 5 + 0.01 * static_cast<double>(i);
      u -= lift;
    }
    return mann_whitney(a, b).p;
  };
  EXPECT_LE(p_at(10, 23), 0.05);
  EXPECT_GT(p_at(10, 24), 0.05);
  EXPECT_LE(p_at(10, 16), 0.01);
  EXPECT_GT(p_at(10, 17), 0.01);
  EXPECT_LE(p_at(6, 5), 0.05);
  EXPECT_GT(p_at(6, 6), 0.05);
  EXPECT_LE(p_at(6, 2), 0.01);
  EXPECT_GT(p_at(6, 3), 0.01);
  EXPECT_NEAR(p_at(6, 0), 2.0 / 924, 1e-12);
}

TEST(MannWhitney, OfManyRunsIsTheNormalApproximationOfBoost) {
  Rng rng(seed);
  Samples a = runs(rng, 30, 1.00, 0.05);
  Samples b = runs(rng, 25, 1.03, 0.05);
  const RankTest test = mann_whitney(a, b);
  const double variance = 30.0 * 25.0 * 56.0 / 12.0;
  const double z = (std::abs(u_by_pairs(a, b) - 375) - 0.5) / std::sqrt(variance);
  const double expected = 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), z));
  EXPECT_NEAR(test.p, expected, 1e-12);
  EXPECT_NEAR(test.cliffs_delta, 2 * test.u / 750 - 1, 1e-12);
}

TEST(MannWhitney, OfEqualConstantsSaysNothing) {
  EXPECT_DOUBLE_EQ(mann_whitney(Samples(6, 3.0), Samples(6, 3.0)).p, 1);
  EXPECT_DOUBLE_EQ(mann_whitney(Samples(30, 3.0), Samples(30, 3.0)).p, 1);
  EXPECT_DOUBLE_EQ(mann_whitney(Samples(6, 3.0), Samples(6, 3.0)).cliffs_delta, 0);
}

TEST(MannWhitney, DoesNotDependOnTheOrderOfSides) {
  const Samples a{1, 4, 6, 7, 9, 12}, b{2, 3, 5, 8, 10, 11, 13};
  EXPECT_NEAR(mann_whitney(a, b).p, mann_whitney(b, a).p, 1e-12);
  EXPECT_NEAR(mann_whitney(a, b).cliffs_delta, -mann_whitney(b, a).cliffs_delta, 1e-12);
}

TEST(Difference, IsNotClaimedUnderSixRunsOrOverAZeroMedian) {
  EXPECT_FALSE(difference(Samples(5, 1.0), Samples(9, 2.0)));
  EXPECT_FALSE(difference(Samples(9, 1.0), Samples(5, 2.0)));
  EXPECT_FALSE(difference(Samples(6, 1.0), Samples(6, 0.0)));
}

TEST(Difference, OfConstantsThatDifferIsClaimed) {
  const auto found = difference(Samples(6, 3.0), Samples(6, 2.0));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->differs);
  EXPECT_DOUBLE_EQ(found->ratio, 1.5);
  EXPECT_DOUBLE_EQ(found->interval.low, 1.5);
  EXPECT_DOUBLE_EQ(found->test.cliffs_delta, 1);
}

TEST(Honesty, OfTwoHundredComparisonsOfAThingWithItselfAtMostOneInTwentyDiffers) {
  for (const std::size_t rounds : {6u, 10u, 20u}) {
    Rng rng(seed + rounds);
    int differ = 0;
    for (int i = 0; i < 200; ++i) {
      const Samples a = runs(rng, rounds, 1, 0.02);
      const Samples b = runs(rng, rounds, 1, 0.02);
      if (difference(a, b, rng.next())->differs) ++differ;
    }
    EXPECT_LE(differ, 10) << "seed " << seed << ", rounds " << rounds;
  }
}

/// What each measured time of the reference report is to the median of its cells: noise as it is,
/// with its slow outliers.
Samples recorded_noise() {
  std::map<std::string, Samples> groups;
  std::ifstream lines(std::string(RECLAIM_SOURCE_DIRECTORY) + "/reports/reference/results.jsonl");
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line);
    if (record.value("status", "") != "ok") continue;
    std::string key;
    for (const char* name : {"model", "allocator", "workload", "threads", "heap", "params"}) {
      key += record.value(name, nlohmann::json()).dump();
    }
    groups[key].push_back(record.at("wall_s"));
  }
  Samples noise;
  for (const auto& [key, times] : groups) {
    if (times.size() < least_runs) continue;
    for (const double time : times) noise.push_back(time / median(times));
  }
  return noise;
}

TEST(Honesty, HoldsForRecordedNoiseToo) {
  const Samples noise = recorded_noise();
  ASSERT_GT(noise.size(), 500u);
  for (const std::size_t rounds : {6u, 10u}) {
    Rng rng(seed + rounds);
    const auto draw = [&] {
      Samples samples(rounds);
      for (double& value : samples) value = noise[rng.below(noise.size())];
      return samples;
    };
    int differ = 0;
    for (int i = 0; i < 200; ++i) {
      const Samples a = draw(), b = draw();
      if (difference(a, b, rng.next())->differs) ++differ;
    }
    EXPECT_LE(differ, 10) << "seed " << seed << ", rounds " << rounds;
  }
}

TEST(Honesty, ASlowdownOfFivePerCentIsFoundInNineOfTenCasesAtTenRounds) {
  Rng rng(seed);
  int found = 0;
  for (int i = 0; i < 200; ++i) {
    const Samples before = runs(rng, 10, 1, 0.02);
    const Samples after = runs(rng, 10, 1.05, 0.02);
    const auto change = difference(after, before, rng.next());
    if (change->differs && change->ratio > 1) ++found;
  }
  EXPECT_GE(found, 180) << "seed " << seed;
}

}  // namespace
}  // namespace reclaim::measure
