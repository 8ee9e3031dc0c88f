// Observations of experiments: code that runs in a fresh process, like a cell, and gives JSON.
#pragma once

#include <optional>
#include <string>

#include "cells/interrupt.h"
#include "cells/json.h"
#include "cli/experiments/experiment.h"

namespace reclaim::cli {

/// Runs an observation in a process of its own. The record has "name", "status" (ok, failed,
/// crashed, timeout), "message" and "result". Nothing when the user interrupted.
std::optional<cells::Json> observe(const Experiment& experiment, const Observation& observation,
                                   const std::string& size, const cells::InterruptGuard& guard);

}  // namespace reclaim::cli
