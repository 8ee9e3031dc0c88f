// Events for a chart: a file in Chrome's trace event format (the array form, whose closing bracket
// may be missing), so that Perfetto and chrome://tracing draw it. Each run that is appended is a
// process of its own there, each mutator a thread.
#pragma once

#include <string>

#include "cells/registry.h"

namespace reclaim::cells {

/// Appends the events of a run; begins the file if it is new or empty. Throws std::system_error.
void append_events(const std::string& file, const std::string& title, const RunResult& result);

}  // namespace reclaim::cells
