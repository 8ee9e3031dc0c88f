// See axis.h.
#include "report/axis.h"

#include <algorithm>
#include <cmath>

namespace reclaim::report {
namespace {

/// The least of 1, 2, 5 times a power of ten that is >= value.
double round_up(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (value <= step * power * (1 + 1e-9)) return step * power;
  }
  return 10 * power;
}

/// Values of 10^k times each of `steps` within [low, high] (log10).
std::vector<double> log_ticks(double low, double high, const std::vector<double>& steps) {
  std::vector<double> result;
  const auto last = static_cast<int>(std::floor(high));
  for (auto exponent = static_cast<int>(std::floor(low)); exponent <= last; ++exponent) {
    for (const double step : steps) {
      const double place = exponent + std::log10(step);
      if (place >= low - 1e-9 && place <= high + 1e-9)
        result.push_back(step * std::pow(10, exponent));
    }
  }
  return result;
}

}  // namespace

Axis Axis::linear(double most) {
  constexpr double margin = 1.02;
  return {false, 0, most > 0 ? most * margin : 1};
}

Axis Axis::logarithmic(double least, double most, double decades) {
  constexpr double margin = 0.06;
  double low = std::log10(least);
  double high = std::log10(most);
  const double missing = std::max(0.0, decades - (high - low)) / 2;
  low -= missing;
  high += missing;
  const double pad = margin * (high - low);
  return {true, low - pad, high + pad};
}

double Axis::place(double value) const {
  if (logarithmic_ && !(value > 0)) return 0;
  const double at = logarithmic_ ? std::log10(value) : value;
  return std::clamp((at - low_) / (high_ - low_) * 100, 0.0, 100.0);
}

std::vector<double> Axis::ticks(int wanted) const {
  std::vector<double> result;
  if (logarithmic_) {
    for (const auto& steps : {std::vector<double>{1, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}, {1}}) {
      result = log_ticks(low_, high_, steps);
      if (static_cast<int>(result.size()) <= wanted) return result;
    }
    std::vector<double> thinned;
    const std::size_t keep = result.size() / static_cast<std::size_t>(wanted) + 1;
    for (std::size_t i = 0; i < result.size(); i += keep) thinned.push_back(result[i]);
    return thinned;
  }
  const double step = round_up(high_ / wanted);
  for (int i = 0; i * step <= high_; ++i) result.push_back(i * step);
  return result;
}

}  // namespace reclaim::report
