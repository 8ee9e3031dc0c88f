// What was compared, on what, when and how: the facts every format opens with.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/analysis.h"

namespace reclaim::report {

/// "8 memory models, 9 workloads, 1 and 2 threads; 6 rounds each, every one a fresh process, ..."
std::string what_was_compared(const Analysis& analysis);

/// Size, parameters and limit of a setting, and what its kind of workload cannot show, in
/// sentences.
std::string about(const Setting& setting);

/// Name and value of each known fact about machine, build and run, of the first environment; others
/// are named in the notes.
std::vector<std::pair<std::string, std::string>> facts(const Results& results,
                                                       const Analysis& analysis);

}  // namespace reclaim::report
