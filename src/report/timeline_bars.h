// Intervals of a timeline, merged where they are too short to tell apart.
#pragma once

#include <cstddef>
#include <vector>

#include "report/timeline.h"

namespace reclaim::report {

/// One interval, or neighbours that would be drawn over one another.
struct Bar {
  const Interval* first;
  double begin_us, end_us;
  double total_us, longest_us;  ///< of the intervals, without the gaps between them
  std::size_t count;
};

/// What a row of a timeline shows of intervals of one name, ascending. An interval shorter than
/// `us_a_pixel` joins the short ones before it if the gap is shorter too and the bar no longer than
/// `longest_bar_us`; any other stands alone: what is long enough to be seen is never hidden.
std::vector<Bar> bars_of(const std::vector<const Interval*>& intervals, double us_a_pixel,
                         double longest_bar_us);

}  // namespace reclaim::report
