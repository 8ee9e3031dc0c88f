// Runs a plan, cell after cell, and keeps the results file true at every moment.
#pragma once

#include <string>
#include <vector>

#include "cells/interrupt.h"
#include "cells/plan.h"
#include "cells/results_file.h"

namespace reclaim::cells {

struct RunSettings {
  std::string program = "/proc/self/exe";  ///< what to start as a worker
  double timeout_s = 60;                   ///< for each cell
};

/// Told what happens. Called by the thread that runs the plan.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void begin(const Cell& cell, std::size_t index, std::size_t total) = 0;
  virtual void end(const Cell& cell, const Json& record, std::size_t index, std::size_t total) = 0;
  /// A cell's least heap is being looked for: `bytes` is tried next.
  virtual void searching(const Cell& cell, std::uint64_t bytes) = 0;
};

struct RunOutcome {
  std::vector<Json> records;  ///< the earlier ones too
  bool interrupted = false;
  std::size_t withdrawn = 0;  ///< records that the other cells' checksums refuted afterwards
  bool rewritten = true;      ///< false: the output is a stream, those records went out as ok
};

/// Runs the cells that `earlier` has no record of. `file` may be null. Throws WriteError.
RunOutcome run_plan(const Plan& plan, const Json& environment, const EarlierResults& earlier,
                    ResultsFile* file, const RunSettings& settings, const InterruptGuard& guard,
                    Progress& progress);

/// True when every record says ok or skipped.
bool all_fine(const std::vector<Json>& records);

}  // namespace reclaim::cells
