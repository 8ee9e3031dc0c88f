// Minimum mutator utilisation: the least share of any window of a given length in which a mutator
// could run (Cheng and Blelloch, "A Parallel, Real-Time Garbage Collector", PLDI 2001). A longest
// stop says nothing of many short ones in a row; this does.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reclaim::measure {

/// begin_ns <= end_ns, on one clock.
struct TimeSpan {
  std::int64_t begin_ns = 0, end_ns = 0;
};

/// The same moments in spans that are sorted and do not touch: overlapping stops count once.
std::vector<TimeSpan> united(std::vector<TimeSpan> spans);

/// The least share of a window of `window_ns` anywhere within `run` that lies outside of `stops`
/// (as united() gives them; what is outside of the run does not count). Exact. Needs
/// 0 < window_ns <= length of the run. Linear in the number of stops.
double minimum_utilisation(std::span<const TimeSpan> stops, TimeSpan run, std::int64_t window_ns);

/// The windows that records state: 1 ms to 1 s, three to a decade, ascending.
std::span<const std::int64_t> utilisation_windows_ns();

}  // namespace reclaim::measure
