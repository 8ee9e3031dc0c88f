// The standard comparison: which models, on what, how often.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/session.h"

namespace reclaim::cli {

/// Those models of a family ("standard", "counting") that are in this binary. Throws UsageError
/// when there is no such family.
std::vector<std::string> models_of_family(const std::string& family);

/// All workloads whose matter is memory, and a replay of each trace that comes with the program.
std::vector<std::string> standard_workloads();

/// The table of a run, as text for stdout.
std::string table_of(const SessionResult& result);

}  // namespace reclaim::cli
