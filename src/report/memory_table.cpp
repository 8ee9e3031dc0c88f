// Where the memory of a scenario goes, from what the program asked for to what the machine gave,
// and what is left of that when the work is gone: a row a model.
#include <set>
#include <string_view>
#include <vector>

#include "report/figure_table.h"
#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

FigureColumn step(std::string name, std::string_view meaning,
                  std::optional<double> MemorySteps::*bytes) {
  return {{std::move(name), meaning}, [bytes](const Cell& cell) -> std::optional<double> {
            return cell.memory ? (*cell.memory).*bytes : std::nullopt;
          }};
}

/// Resident bytes so long after the work was gone.
FigureColumn moment(double second) {
  return {{duration(second) + " after", "resident, when the work is gone"},
          [second](const Cell& cell) -> std::optional<double> {
            if (!cell.memory) return std::nullopt;
            for (const auto& [at, bytes] : cell.memory->after_s) {
              if (at == second) return bytes;
            }
            return std::nullopt;
          }};
}

std::set<double> moments_of(const Scenario& scenario) {
  std::set<double> moments;
  for (const Row& row : scenario.rows) {
    for (const Cell* cell : row.cells) {
      if (!cell->memory) continue;
      for (const auto& [second, bytes] : cell->memory->after_s) moments.insert(second);
    }
  }
  return moments;
}

}  // namespace

Table memory_table(const Scenario& scenario) {
  std::vector<FigureColumn> steps = {
      step("asked for", "by the program, at its declared peak", &MemorySteps::asked_bytes),
      step("with headers", "and what the model adds to each object",
           &MemorySteps::with_headers_bytes),
      step("held", "the most that the allocator had from the system", &MemorySteps::held_bytes),
      step("resident", "the most that the process had in memory", &MemorySteps::resident_bytes),
      {{"before", "of that, before the work began"},
       [](const Cell& cell) { return cell.memory ? cell.baseline_rss_bytes : std::nullopt; }}};
  for (const double second : moments_of(scenario)) steps.push_back(moment(second));
  steps.push_back(step("purged", "resident, when the allocator was asked to give back what it can",
                       &MemorySteps::after_purge_bytes));
  return figure_table(scenario, {"model", "whose memory it is", false}, steps, &bytes);
}

}  // namespace reclaim::report
