// A run from request to exit code: what `run` and `report` have in common.
#pragma once

#include <string>
#include <vector>

#include "cells/plan.h"
#include "cells/run.h"
#include "cli/arguments.h"

namespace reclaim::cli {

struct SessionRequest {
  cells::PlanRequest plan;
  std::string json;  ///< results file; "-" stdout; empty: none
  bool resume = false;
  bool dry_run = false;
  bool quiet = false;
  bool strict = false;
  double timeout_s = 0;  ///< 0: by the size
};

struct SessionResult {
  int exit_code = 0;
  bool measured = false;  ///< false after a dry run
  cells::Json environment;
  std::vector<cells::Json> records;
};

/// The flags that shape a plan and its execution.
void add_session_options(Parser& parser, SessionRequest& request);

/// Plans, runs, keeps the file. Prints progress and a summary on stderr; on stdout only the plan of
/// a dry run, and results with json "-". Throws UsageError, WriteError.
SessionResult run_session(SessionRequest request);

/// The command line as it was typed, for the environment line.
void remember_command(int argc, char* const* argv);
const std::string& command();

}  // namespace reclaim::cli
