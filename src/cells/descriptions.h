// What models and workloads say of themselves, for the environment line: a report knows neither,
// and speaks of both.
#pragma once

#include "cells/json.h"

namespace reclaim::cells {

/// By id: {"like", "summary", "traits": {name: true, false or words}}.
Json model_descriptions();

/// By id: {"shows", "origin", "parameters": {name: meaning}}.
Json workload_descriptions();

}  // namespace reclaim::cells
