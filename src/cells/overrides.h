// `-p name=value`: parameters of workloads that the user sets, each to one value or to several, of
// which every combination is then run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "boundary/workload.h"

namespace reclaim::cells {

using Override = std::map<std::string, double>;

/// Every combination of the values in "depth=16", "live_mb=10,50,100"; one empty override for no
/// words. A name that is given again replaces the former values. Throws UsageError for what is no
/// number, and for a name that none of the workloads declares.
std::vector<Override> parse_overrides(const std::vector<std::string>& words,
                                      const std::vector<const WorkloadInfo*>& workloads);

/// The workload's parameters at a size, with those that it declares set. Throws UsageError for a
/// value that it does not allow.
Parameters parameters_for(const WorkloadInfo& workload, const std::string& size,
                          const Override& values);

}  // namespace reclaim::cells
