// Where the memory of a scenario goes, from what the program asked for to what the machine gave,
// and what is left of that when the work is gone: a row a model.
#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

using Value = std::function<std::optional<double>(const Cell&)>;

std::optional<double> median_of(const Row& row, const Value& value) {
  std::vector<double> values;
  for (const Cell* cell : row.cells) {
    if (!cell->ok() || !cell->memory) continue;
    if (const auto found = value(*cell)) values.push_back(*found);
  }
  if (values.empty()) return std::nullopt;
  return measure::median(values);
}

struct Step {
  Column column;
  Value value;
};

Step step(std::string name, std::string_view meaning, std::optional<double> MemorySteps::*bytes) {
  return {{std::move(name), meaning}, [bytes](const Cell& cell) { return (*cell.memory).*bytes; }};
}

std::vector<Step> steps_of(const Scenario& scenario) {
  std::vector<Step> steps = {
      step("asked for", "by the program, at its declared peak", &MemorySteps::asked_bytes),
      step("with headers", "and what the model adds to each object",
           &MemorySteps::with_headers_bytes),
      step("held", "the most that the allocator had from the system", &MemorySteps::held_bytes),
      step("resident", "the most that the process had in memory", &MemorySteps::resident_bytes),
      {{"before", "of that, before the work began"},
       [](const Cell& cell) { return cell.baseline_rss_bytes; }}};
  std::set<double> moments;
  for (const Row& row : scenario.rows) {
    for (const Cell* cell : row.cells) {
      if (!cell->memory) continue;
      for (const auto& [second, bytes] : cell->memory->after_s) moments.insert(second);
    }
  }
  for (const double second : moments) {
    steps.push_back({{duration(second) + " after", "resident, when the work is gone"},
                     [second](const Cell& cell) -> std::optional<double> {
                       for (const auto& [at, bytes] : cell.memory->after_s) {
                         if (at == second) return bytes;
                       }
                       return std::nullopt;
                     }});
  }
  steps.push_back(step("purged", "resident, when the allocator was asked to give back what it can",
                       &MemorySteps::after_purge_bytes));
  return steps;
}

}  // namespace

Table memory_table(const Scenario& scenario) {
  Table table;
  table.columns.push_back({"model", "whose memory it is", false});
  const std::vector<Step> steps = steps_of(scenario);
  for (const Step& step : steps) table.columns.push_back(step.column);
  for (const Row& row : scenario.rows) {
    std::vector<TableCell> cells = {{row.model}};
    bool any = false;
    for (const Step& step : steps) {
      const auto median = median_of(row, step.value);
      any = any || median;
      cells.push_back({median ? bytes(*median) : "—"});
    }
    if (any) table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace reclaim::report
