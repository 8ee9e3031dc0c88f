// What may be said about a handful of runs: medians with bootstrap intervals, and a rank test for
// "these differ". Nothing here assumes a normal distribution; times of processes do not have one.
// After Georges et al. 2007, Kalibera and Jones 2013, and Go's benchstat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace reclaim::measure {

/// Under this many runs of either side there is no interval and no claim.
inline constexpr std::size_t least_runs = 6;

/// Two sets of runs differ when p < significance and the interval of their ratio excludes 1. The
/// two conditions together call about 3 of 100 comparisons of a thing with itself different
/// (measured on normal noise with outliers), and find a 5 % change under 2 % noise in 94 of 100 at
/// ten runs.
inline constexpr double significance = 0.05;

/// Share of resamples that an interval covers.
inline constexpr double confidence = 0.95;

/// low <= high, in the unit of the samples.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Median of a non-empty set: the mean of the two middle values when their number is even.
double median(std::span<const double> samples);

/// Quantile q in [0, 1] of a non-empty set by linear interpolation between order statistics
/// (type 7 of Hyndman and Fan 1996, the default of R and NumPy).
double quantile(std::span<const double> samples, double q);

/// (x1 * ... * xn)^(1/n) of a non-empty set of positive values.
double geometric_mean(std::span<const double> values);

/// 95 % percentile-bootstrap interval of the median; none under least_runs samples. (Not BCa: its
/// acceleration comes from a jackknife, which is inconsistent for the median.) The same seed gives
/// the same interval.
std::optional<Interval> median_interval(std::span<const double> samples, std::uint64_t seed = 1);

/// Result of a Mann-Whitney U test of a against b.
struct RankTest {
  double u = 0;             ///< pairs with a > b, plus half of the ties
  double p = 1;             ///< two-sided
  double cliffs_delta = 0;  ///< P(a > b) - P(a < b) = 2u / (|a| |b|) - 1, in [-1, 1]
};

/// Both sets non-empty. Up to 40 samples in all the p-value is exact, ties included (permutation
/// distribution of the midranks); above that the normal approximation with tie and continuity
/// correction.
RankTest mann_whitney(std::span<const double> a, std::span<const double> b);

/// What may be said of a against b.
struct Difference {
  double ratio = 1;   ///< median(a) / median(b)
  Interval interval;  ///< 95 % bootstrap interval of the ratio
  RankTest test;
  bool differs = false;  ///< p < significance, and the interval excludes 1
};

/// None when either side has under least_runs samples, or a median of b that is not positive.
std::optional<Difference> difference(std::span<const double> a, std::span<const double> b,
                                     std::uint64_t seed = 1);

}  // namespace reclaim::measure
