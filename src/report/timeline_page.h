// The events of a run as a page of its own: what `reclaim timeline -o FILE.html` writes.
#pragma once

#include <string>
#include <vector>

#include "report/timeline.h"

namespace reclaim::report {

/// Self-contained like the report: a picture and a table without script, zoomable with it.
std::string timeline_page(const std::vector<TimelineRun>& runs);

}  // namespace reclaim::report
