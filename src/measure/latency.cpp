// The average of a count that steps up at each arrival is a line of straight pieces: its slope is
// the number of arrivals in the window, which changes where an arrival enters or leaves it. One
// sweep over those moments finds where it passes each number.
#include "measure/latency.h"

#include <algorithm>
#include <cmath>

namespace reclaim::measure {

namespace {

/// The begins of the run, and of the same run before and after it.
class Arrivals {
 public:
  explicit Arrivals(std::span<const Request> requests) : requests_(requests) {
    const auto count = static_cast<double>(requests.size());
    const auto taken = static_cast<double>(requests.back().begin_ns - requests.front().begin_ns);
    period_ = requests.size() > 1 ? taken * count / (count - 1) : 0;
  }
  std::size_t size() const { return 3 * requests_.size(); }
  double period() const { return period_; }
  /// Relative to the first begin of the run itself.
  double operator[](std::size_t i) const {
    const std::size_t n = requests_.size();
    const auto within = static_cast<double>(requests_[i % n].begin_ns - requests_.front().begin_ns);
    return within + (static_cast<double>(i / n) - 1) * period_;
  }

 private:
  std::span<const Request> requests_;
  double period_;
};

}  // namespace

Histogram simple_latency(std::span<const Request> requests) {
  Histogram result;
  for (const Request& request : requests) result.record(request.end_ns - request.begin_ns);
  return result;
}

Histogram open_loop_latency(std::span<const Request> requests) {
  Histogram result;
  for (const Request& request : requests) result.record(request.end_ns - request.due_ns);
  return result;
}

std::vector<double> smoothed_begins(std::span<const Request> requests, std::int64_t window_ns) {
  std::vector<double> result(requests.size());
  if (requests.empty()) return result;
  const auto first = static_cast<double>(requests.front().begin_ns);
  const Arrivals arrivals(requests);
  const double n = static_cast<double>(requests.size()), period = arrivals.period();
  if (window_ns <= 0 || static_cast<double>(window_ns) >= period) {
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = first + static_cast<double>(i) * period / n;
    }
    return result;
  }
  const double window = static_cast<double>(window_ns), half = window / 2;
  // At the first begin: how many have arrived, on average over the window about it. An arrival
  // counts for the part of the window that lies behind it; those of the run before make up -n.
  double now = 0, average = -n;
  std::size_t entering = 0, leaving = 0;  // arrivals[i] enters at its time - half, leaves at + half
  while (leaving < arrivals.size() && arrivals[leaving] + half <= now) ++leaving;
  average += static_cast<double>(leaving);
  entering = leaving;
  while (entering < arrivals.size() && arrivals[entering] - half <= now) {
    average += (now + half - arrivals[entering]) / window;
    ++entering;
  }
  for (std::size_t i = 0; i < result.size();) {
    const double wanted = static_cast<double>(i) + 0.5;
    if (average >= wanted) {
      result[i++] = first + now;
      continue;
    }
    const double enters = entering < arrivals.size() ? arrivals[entering] - half : HUGE_VAL;
    const double leaves = leaving < arrivals.size() ? arrivals[leaving] + half : HUGE_VAL;
    const double next = std::min(enters, leaves);
    const double slope = static_cast<double>(entering - leaving) / window;
    if (slope > 0 && average + slope * (next - now) >= wanted) {
      now += (wanted - average) / slope;
      average = wanted;
      continue;
    }
    if (next == HUGE_VAL) {  // what rounding has left over
      result[i++] = first + now;
      continue;
    }
    average += slope * (next - now);
    now = next;
    enters <= leaves ? ++entering : ++leaving;
  }
  return result;
}

Histogram metered_latency(std::span<const Request> requests, std::int64_t window_ns) {
  Histogram result;
  const std::vector<double> smoothed = smoothed_begins(requests, window_ns);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto begin = static_cast<std::int64_t>(smoothed[i]);
    result.record(requests[i].end_ns - std::min(requests[i].begin_ns, begin));
  }
  return result;
}

}  // namespace reclaim::measure
