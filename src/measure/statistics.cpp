// See statistics.h. Samples are few (tens), so clarity comes before speed.
#include "measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/rng.h"

namespace reclaim::measure {
namespace {

constexpr int resamples = 2000;
constexpr std::size_t most_for_exact_test = 40;

/// Median of values that may be reordered.
double median_in_place(std::vector<double>& values) {
  const std::size_t half = values.size() / 2;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(half);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

double median_of_resample(std::span<const double> samples, std::vector<double>& scratch, Rng& rng) {
  scratch.resize(samples.size());
  for (double& value : scratch) value = samples[rng.below(samples.size())];
  return median_in_place(scratch);
}

Interval middle_of(const std::vector<double>& distribution) {
  constexpr double tail = (1 - confidence) / 2;
  return {quantile(distribution, tail), quantile(distribution, 1 - tail)};
}

/// Twice the midrank of each sample of a ++ b: integers even where ties share a rank.
std::vector<std::size_t> doubled_midranks(std::span<const double> a, std::span<const double> b) {
  std::vector<double> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto i, auto j) { return all[i] < all[j]; });
  std::vector<std::size_t> ranks(all.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && all[order[end]] == all[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = first + 1 + end;
    first = end;
  }
  return ranks;
}

/// P(|S - E S| >= |s - E S|) where S is the sum of `chosen` ranks drawn without replacement.
/// ways[k][t]: how many sets of k of the ranks seen so far sum to t.
double exact_p(const std::vector<std::size_t>& ranks, std::size_t chosen, std::size_t observed) {
  const std::size_t largest = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(largest + 1, 0.0));
  ways[0][0] = 1;
  for (const std::size_t rank : ranks) {
    for (std::size_t k = chosen; k >= 1; --k) {
      for (std::size_t t = largest; t >= rank; --t) ways[k][t] += ways[k - 1][t - rank];
    }
  }
  // Doubled again, so that the expected sum chosen * (n + 1) compares without rounding.
  const auto centre = static_cast<std::int64_t>(chosen * (ranks.size() + 1));
  const std::int64_t distance = std::abs(static_cast<std::int64_t>(observed) - centre);
  double all = 0;
  double as_far = 0;
  for (std::size_t t = 0; t <= largest; ++t) {
    all += ways[chosen][t];
    if (std::abs(static_cast<std::int64_t>(t) - centre) >= distance) as_far += ways[chosen][t];
  }
  return as_far / all;
}

double approximate_p(const std::vector<std::size_t>& ranks, double n, double m, double u) {
  std::vector<std::size_t> sorted = ranks;
  std::sort(sorted.begin(), sorted.end());
  double ties = 0;  // sum of t^3 - t over groups of t equal values
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto end = std::upper_bound(first, sorted.end(), *first);
    const auto t = static_cast<double>(end - first);
    ties += t * t * t - t;
    first = end;
  }
  const double total = n + m;
  const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return 1;
  const double z = std::max(0.0, std::abs(u - n * m / 2) - 0.5) / std::sqrt(variance);
  return std::erfc(z / std::sqrt(2.0));
}

}  // namespace

double median(std::span<const double> samples) {
  std::vector<double> copy(samples.begin(), samples.end());
  return median_in_place(copy);
}

double quantile(std::span<const double> samples, double q) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double geometric_mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

std::optional<Interval> median_interval(std::span<const double> samples, std::uint64_t seed) {
  if (samples.size() < least_runs) return std::nullopt;
  Rng rng(seed);
  std::vector<double> scratch;
  std::vector<double> medians(resamples);
  for (double& value : medians) value = median_of_resample(samples, scratch, rng);
  return middle_of(medians);
}

RankTest mann_whitney(std::span<const double> a, std::span<const double> b) {
  const std::vector<std::size_t> ranks = doubled_midranks(a, b);
  const auto end_of_a = ranks.begin() + static_cast<std::ptrdiff_t>(a.size());
  const std::size_t sum = std::accumulate(ranks.begin(), end_of_a, std::size_t{0});
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  RankTest result;
  result.u = static_cast<double>(sum) / 2 - n * (n + 1) / 2;
  result.cliffs_delta = 2 * result.u / (n * m) - 1;
  result.p = a.size() + b.size() <= most_for_exact_test ? exact_p(ranks, a.size(), sum)
                                                        : approximate_p(ranks, n, m, result.u);
  return result;
}

std::optional<Difference> difference(std::span<const double> a, std::span<const double> b,
                                     std::uint64_t seed) {
  if (a.size() < least_runs || b.size() < least_runs) return std::nullopt;
  const double base = median(b);
  if (!(base > 0)) return std::nullopt;
  Difference result;
  result.ratio = median(a) / base;
  result.test = mann_whitney(a, b);
  Rng rng(seed);
  std::vector<double> scratch;
  std::vector<double> ratios;
  ratios.reserve(resamples);
  for (int i = 0; i < resamples; ++i) {
    const double top = median_of_resample(a, scratch, rng);
    const double bottom = median_of_resample(b, scratch, rng);
    if (bottom > 0) ratios.push_back(top / bottom);
  }
  if (ratios.empty()) return std::nullopt;
  result.interval = middle_of(ratios);
  result.differs =
      result.test.p < significance && (result.interval.low > 1 || result.interval.high < 1);
  return result;
}

}  // namespace reclaim::measure
