// The worst window begins where a stop begins. One that begins within a stop loses nothing when it
// is moved back to the stop's begin: what it gains there it loses at most at its end. One that
// begins between stops loses nothing when it is moved on to the next stop's begin. Where the run
// ends too early for that, it begins as late as the run allows.
#include "measure/mmu.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace reclaim::measure {

namespace {

/// Stopped time before moments that are asked for in ascending order.
class StoppedTime {
 public:
  explicit StoppedTime(std::span<const TimeSpan> stops) : stops_(stops) {}

  std::int64_t before(std::int64_t moment) {
    while (passed_ < stops_.size() && stops_[passed_].end_ns <= moment) {
      full_ns_ += stops_[passed_].end_ns - stops_[passed_].begin_ns;
      ++passed_;
    }
    const bool inside = passed_ < stops_.size() && stops_[passed_].begin_ns < moment;
    return full_ns_ + (inside ? moment - stops_[passed_].begin_ns : 0);
  }

 private:
  std::span<const TimeSpan> stops_;
  std::size_t passed_ = 0;
  std::int64_t full_ns_ = 0;
};

}  // namespace

std::vector<TimeSpan> united(std::vector<TimeSpan> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.begin_ns < b.begin_ns; });
  std::size_t kept = 0;
  for (const TimeSpan& span : spans) {
    if (kept != 0 && span.begin_ns <= spans[kept - 1].end_ns) {
      spans[kept - 1].end_ns = std::max(spans[kept - 1].end_ns, span.end_ns);
    } else {
      spans[kept++] = span;
    }
  }
  spans.resize(kept);
  return spans;
}

double minimum_utilisation(std::span<const TimeSpan> stops, TimeSpan run, std::int64_t window_ns) {
  const std::int64_t last_ns = run.end_ns - window_ns;
  std::int64_t most_ns = 0;
  StoppedTime upto_begin{stops}, upto_end{stops};
  for (const TimeSpan& stop : stops) {
    const std::int64_t begin_ns = std::clamp(stop.begin_ns, run.begin_ns, last_ns);
    const std::int64_t earlier_ns = upto_begin.before(begin_ns);
    most_ns = std::max(most_ns, upto_end.before(begin_ns + window_ns) - earlier_ns);
  }
  return 1 - static_cast<double>(most_ns) / static_cast<double>(window_ns);
}

std::span<const std::int64_t> utilisation_windows_ns() {
  static constexpr std::array<std::int64_t, 10> windows = {
      1'000'000,  2'000'000,   5'000'000,   10'000'000,  20'000'000,
      50'000'000, 100'000'000, 200'000'000, 500'000'000, 1'000'000'000};
  return windows;
}

}  // namespace reclaim::measure
