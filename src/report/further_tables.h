// Tables beside the comparison: each answers a question of its own, and is there only where the
// results can answer it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/analysis.h"
#include "report/table.h"

namespace reclaim::report {

struct FurtherTable {
  std::string title;
  std::string_view about;  ///< how to read it
  Table table;
};

/// How late answers were, for a scenario whose workload timed its requests: a row a model.
Table latency_table(const Scenario& scenario);

/// What keeps objects alive, and where objects were made: rows by model and type, of the models
/// that can tell, where that was asked.
Table why_table(const Scenario& scenario);
Table sites_table(const Scenario& scenario);

/// From what the program asked for to what is resident, and what is left afterwards: a row a model.
Table memory_table(const Scenario& scenario);

/// What the meters cost: cells with them against the same cells without.
Table meter_price_table(const Results& results);

/// What each model costs at least, over what the work itself cannot do without.
Table overhead_table(const Analysis& analysis);

/// Models with a heap limit beside those without, where both have the same memory.
Table equal_memory_table(const Analysis& analysis);

/// All of these that have rows, in that order.
std::vector<FurtherTable> further_tables(const Results& results, const Analysis& analysis);

}  // namespace reclaim::report
