// The curves of a report: what is drawn against what, from which rounds. How, stands in
// line_chart.h. A chart without lines: nothing of the kind was measured.
#pragma once

#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/line_chart.h"

namespace reclaim::report {

/// Work a second, against that of the least thread count. From medians.
LineChart scaling_curves(const Setting& setting);

/// Minimum mutator utilisation by window (Cheng and Blelloch 2001), the median over rounds.
LineChart utilisation_curves(const Scenario& scenario);

/// Resident memory over a run, of the round whose wall time is nearest the median.
LineChart memory_curves(const Scenario& scenario);

/// Latency by percentile: simple; metered over the whole run; and from the moment it was due where
/// operations came at a rate. Medians over rounds, but the longest of all for the longest.
LineChart latency_curves(const Scenario& scenario);

/// One workload under several heap limits.
struct HeapSweep {
  std::string title;
  int threads = 1;
  LineChart time, memory;
};
std::vector<HeapSweep> heap_sweeps(const Analysis& analysis);

}  // namespace reclaim::report
