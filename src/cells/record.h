// From the end of a process to the record of its cell: every way to end has a status.
#pragma once

#include <optional>
#include <string>

#include "cells/cell.h"
#include "cells/process.h"

namespace reclaim::cells {

inline constexpr int schema_version = 1;

/// The record of a cell that ran. Not for an interrupted one: that cell has not happened.
Json record_of(const Cell& cell, const ProcessEnd& end);

/// The record of a cell that was not run; `reason` names the limit or what is missing.
Json skipped_record(const Cell& cell, const std::string& reason);

/// Takes a measured record's verdict back: status failed, and its times null, for a time without
/// the right work is no time.
Json withdrawn(Json record, const std::string& message);

inline bool is_ok(const Json& record) { return record.at("status") == "ok"; }

}  // namespace reclaim::cells
