// The unified log of a JVM (-Xlog:gc), a line for each collection at its end, for GCViewer and its
// kin. They want heap sizes in each line; the events of a run have none, and the first line says
// so.
#include <fmt/core.h>

#include <algorithm>

#include "report/export.h"

namespace reclaim::report {
namespace {

/// What a JVM would call it; empty for a stop that is no collection.
std::string_view pause_name(std::string_view cause) {
  if (cause == "minor_gc") return "Pause Young (Allocation Failure)";
  if (cause == "major_gc") return "Pause Full (Allocation Failure)";
  if (cause == "cycle_gc") return "Pause Full (Cycles)";
  return "";
}

}  // namespace

std::string collection_log(const TimelineRun& run) {
  std::vector<const Interval*> pauses;
  for (const auto& [thread, intervals] : run.threads) {
    for (const Interval& interval : intervals) {
      if (!pause_name(interval.name).empty()) pauses.push_back(&interval);
    }
  }
  const auto end_us = [](const Interval& i) { return i.begin_us + i.length_us; };
  std::stable_sort(pauses.begin(), pauses.end(),
                   [&](const Interval* a, const Interval* b) { return end_us(*a) < end_us(*b); });
  std::string text = fmt::format(
      "[0.000s][info][gc] Using reclaim: {}; heap sizes were not recorded and stand as 0K; {} "
      "earlier events were not kept\n",
      run.title, run.dropped);
  for (std::size_t i = 0; i < pauses.size(); ++i) {
    text += fmt::format("[{:.3f}s][info][gc] GC({}) {} 0K->0K(0K) {:.3f}ms\n",
                        end_us(*pauses[i]) * 1e-6, i, pause_name(pauses[i]->name),
                        pauses[i]->length_us * 1e-3);
  }
  return text;
}

}  // namespace reclaim::report
