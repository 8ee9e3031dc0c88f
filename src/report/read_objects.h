// Reading what a cell's record says of objects beside their number: where they were made, what
// keeps them.
#pragma once

#include "report/fields.h"
#include "report/results.h"

namespace reclaim::report {

/// Objects and bytes under names with this prefix ("leaked"); empty where neither is there.
std::optional<ObjectCount> object_count(const Json& object, const std::string& prefix);

/// Sets types, leaked_at, sites and why.
void read_objects(const Json& line, Cell& cell);

}  // namespace reclaim::report
