// See timeline_bars.h.
#include "report/timeline_bars.h"

#include <algorithm>

namespace reclaim::report {

std::vector<Bar> bars_of(const std::vector<const Interval*>& intervals, double us_a_pixel,
                         double longest_bar_us) {
  std::vector<Bar> bars;
  for (const Interval* interval : intervals) {
    const double end = interval->begin_us + interval->length_us;
    if (!bars.empty() && interval->length_us < us_a_pixel && bars.back().longest_us < us_a_pixel &&
        interval->begin_us - bars.back().end_us < us_a_pixel &&
        end - bars.back().begin_us <= longest_bar_us) {
      Bar& bar = bars.back();
      bar.end_us = std::max(bar.end_us, end);
      bar.total_us += interval->length_us;
      bar.longest_us = std::max(bar.longest_us, interval->length_us);
      ++bar.count;
    } else {
      bars.push_back(
          {interval, interval->begin_us, end, interval->length_us, interval->length_us, 1});
    }
  }
  return bars;
}

}  // namespace reclaim::report
