// The histogram's error is bounded for every value, and its quantiles are those of the samples.
#include "measure/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace reclaim {
namespace {

constexpr std::uint64_t seed = 20250101;

/// What is reported for a value, against the value.
double relative_error(std::uint64_t value) {
  const auto reported = static_cast<double>(Histogram::middle_of(Histogram::bucket_of(value)));
  return std::abs(reported - static_cast<double>(value)) /
         std::max(1.0, static_cast<double>(value));
}

TEST(Histogram, ReportsEveryValueWithinOnePerCentAndInFactWithinFourInAThousand) {
  double worst = 0;
  for (std::uint64_t value = 0; value < 1u << 20; ++value) {
    worst = std::max(worst, relative_error(value));
  }
  Rng rng(seed);
  for (int bits = 20; bits <= Histogram::largest_bits; ++bits) {
    const std::uint64_t power = std::uint64_t{1} << (bits - 1);
    for (int i = 0; i < 1000; ++i)
      worst = std::max(worst, relative_error(power + rng.below(power)));
    worst = std::max({worst, relative_error(power), relative_error(2 * power - 1)});
  }
  EXPECT_LE(worst, 1.0 / 256) << "seed " << seed;
}

TEST(Histogram, BucketsAscendWithoutGapsAndOneOverflowsIntoTheLast) {
  std::size_t before = 0;
  for (std::uint64_t value = 0; value < 1u << 16; ++value) {
    const std::size_t bucket = Histogram::bucket_of(value);
    EXPECT_TRUE(bucket == before || bucket == before + 1) << value;
    before = bucket;
  }
  EXPECT_EQ(Histogram::bucket_of(UINT64_MAX), Histogram::bucket_count - 1);
}

TEST(Histogram, QuantilesAreThoseOfTheSamplesAndTheLargestIsExact) {
  Rng rng(seed);
  for (const std::size_t count : {1u, 2u, 9u, 1000u, 30000u}) {
    std::vector<std::uint64_t> samples(count);
    Histogram histogram;
    for (auto& sample : samples) {
      sample = static_cast<std::uint64_t>(std::exp(rng.real() * 20));
      histogram.record(static_cast<std::int64_t>(sample));
    }
    std::sort(samples.begin(), samples.end());
    for (const double q : {0.0, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(count)));
      const auto exact = static_cast<double>(samples[static_cast<std::size_t>(rank) - 1]);
      EXPECT_NEAR(static_cast<double>(histogram.quantile_ns(q)), exact, exact / 256 + 1e-9)
          << "seed " << seed << ", " << count << " samples, q " << q;
    }
    EXPECT_EQ(histogram.max_ns(), samples.back());
    std::uint64_t counted = 0;
    histogram.for_each_bucket([&](std::uint64_t, std::uint64_t n) { counted += n; });
    EXPECT_EQ(counted, count);
  }
}

TEST(Histogram, OfTwoPartsAddedIsThatOfTheWhole) {
  Rng rng(seed);
  Histogram whole, left, right;
  for (int i = 0; i < 5000; ++i) {
    const auto value = static_cast<std::int64_t>(rng.below(1u << 30));
    whole.record(value);
    (i % 3 == 0 ? left : right).record(value);
  }
  left.add(right);
  EXPECT_EQ(left.count(), whole.count());
  EXPECT_EQ(left.total_ns(), whole.total_ns());
  for (const double q : {0.1, 0.5, 0.99}) EXPECT_EQ(left.quantile_ns(q), whole.quantile_ns(q));
}

}  // namespace
}  // namespace reclaim
