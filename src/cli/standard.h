// The standard comparison: which models, on what, how often.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/session.h"

namespace reclaim::cli {

/// Those of the standard models that are in this binary.
std::vector<std::string> standard_models();

/// All workloads, and a replay of each trace that comes with the program.
std::vector<std::string> standard_workloads();

/// The table of a run, as text for stdout.
std::string table_of(const SessionResult& result);

}  // namespace reclaim::cli
