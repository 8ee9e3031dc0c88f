// Google Benchmark's JSON, for its compare.py: repetitions carry the same name, and compare.py
// tests them by ranks as this program does.
#include <nlohmann/json.hpp>

#include "report/export.h"

namespace reclaim::report {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr double milliseconds = 1e3;

Ordered context_of(const Results& results) {
  const Environment& environment = results.environments.front();
  Ordered context = {{"date", environment.started},
                     {"executable", environment.command},
                     {"num_cpus", environment.cores},
                     {"cpu_model", environment.cpu},
                     {"library_build_type", environment.checked ? "debug" : "release"},
                     {"caches", Ordered::array()},
                     {"reclaim_version", environment.version},
                     {"reclaim_git", environment.git}};
  std::size_t left_out = 0;
  for (const Cell& cell : results.cells) left_out += cell.ok() ? 0 : 1;
  context["cells_left_out_because_not_ok"] = left_out;
  return context;
}

void add_rounds(Ordered& benchmarks, const std::string& name, int threads, const Row& row,
                std::size_t family) {
  int repetition = 0;
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    Ordered entry = {{"name", name},
                     {"family_index", family},
                     {"per_family_instance_index", 0},
                     {"run_name", name},
                     {"run_type", "iteration"},
                     {"repetitions", row.ok},
                     {"repetition_index", repetition++},
                     {"threads", threads},
                     {"iterations", 1},
                     {"real_time", *cell->wall_s * milliseconds}};
    entry["cpu_time"] = (cell->user_s.value_or(0) + cell->sys_s.value_or(0)) * milliseconds;
    entry["time_unit"] = "ms";
    if (cell->peak_rss_bytes) entry["peak_rss_bytes"] = *cell->peak_rss_bytes;
    benchmarks.push_back(std::move(entry));
  }
}

}  // namespace

std::string google_benchmark_json(const ExportInput& input) {
  Ordered benchmarks = Ordered::array();
  std::size_t family = 0;
  for (const Setting& setting : input.analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        const std::string name =
            setting.title + "/" + row.model + "/threads:" + std::to_string(scenario.threads);
        add_rounds(benchmarks, name, scenario.threads, row, family++);
      }
    }
  }
  const Ordered document = {{"context", context_of(input.results)},
                            {"benchmarks", std::move(benchmarks)}};
  return document.dump(2, ' ', true) + "\n";
}

}  // namespace reclaim::report
