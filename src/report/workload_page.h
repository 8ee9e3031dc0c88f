// What opens a workload's section of the report: what it shows, where it is from, and its
// parameters with their meaning.
#pragma once

#include <string>

#include "report/analysis.h"

namespace reclaim::report {

/// `setting` is one of the workload's. Falls back to the bare parameters where the results file
/// does not describe the workload.
std::string workload_opening(const Results& results, const Setting& setting);

/// What the workload shows; empty where no file says so.
std::string shows(const Results& results, const Setting& setting);

}  // namespace reclaim::report
