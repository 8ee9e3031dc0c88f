// What is known of a run's objects, as a record says it.
#pragma once

#include "cells/json.h"
#include "cells/registry.h"

namespace reclaim::cells {

/// Sets census, types, leaked_at, sites and why. A model that never reclaims leaks nothing: what it
/// has left is unreclaimed.
void add_census(Json& record, const RunResult& run, bool reclaims);

}  // namespace reclaim::cells
