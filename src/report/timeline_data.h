// A timeline beside its picture: for the viewer, few enough bars to stay fluid, each long interval
// among them; and in numbers.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "report/table.h"
#include "report/timeline.h"

namespace reclaim::report {

/// Bars of a run that the viewer is given at most, roughly.
inline constexpr std::size_t most_bars = 6000;

/// Short intervals are merged, coarser and coarser until the bars are few enough; each bar says how
/// many it stands for and the longest of them. No interval that is longer than the last resolution
/// is merged or left out.
nlohmann::json timeline_data(const TimelineRun& run);

/// What each thread did: how often, how long in all, the longest.
Table timeline_table(const TimelineRun& run);

}  // namespace reclaim::report
