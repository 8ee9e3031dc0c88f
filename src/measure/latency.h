// From when requests began and ended to how late their answers were. Stops are not latency: a
// request that could not even begin because of a stop has waited too (coordinated omission, Tene).
//   simple   from a request's own begin: who stood in the queue is not asked
//   metered  from when it would have begun, had requests come as evenly as they came over a window
//            (after DaCapo Chopin: Blackburn et al. 2025)
//   open     from when it was due by a clock that waits for nobody
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "measure/histogram.h"
#include "measure/request.h"

namespace reclaim::measure {

/// From begin to end.
Histogram simple_latency(std::span<const Request> requests);

/// From due to end; all must have been scheduled.
Histogram open_loop_latency(std::span<const Request> requests);

/// From the earlier of the actual and the smoothed begin, to the end. `window_ns`: over which the
/// arrivals are averaged; 0, or as long as all of them took, or longer: evenly over the whole run.
/// `requests` are in the order of begin_ns.
Histogram metered_latency(std::span<const Request> requests, std::int64_t window_ns);

/// The smoothed begins, ascending: where the moving average of the number of arrivals, over a
/// window about each moment, passes each request's own. The run is taken as repeating itself, so
/// that the two ends are averaged like the middle; no begin is before the first actual one.
std::vector<double> smoothed_begins(std::span<const Request> requests, std::int64_t window_ns);

}  // namespace reclaim::measure
