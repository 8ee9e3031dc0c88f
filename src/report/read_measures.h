// Reads the fields of measures.h from a line of a results file.
#pragma once

#include "report/fields.h"
#include "report/results.h"

namespace reclaim::report {

/// Each throws Damage where a field is not what reports/schema.json says.
void read_measures(const Json& line, Cell& cell);
void read_descriptions(const Json& line, Environment& environment);
Buckets read_buckets(const Json& stop);
Experiment read_experiment(const Json& line);

}  // namespace reclaim::report
