// The lower-bound overhead of Cai, Blackburn, Bond and Maas (2021). Only time for which the whole
// world stood is taken off: whatever else is subtracted by mistake would make the baseline too low,
// and the overhead no lower bound.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

constexpr std::array<std::string_view, 3> world_stops = {"minor_gc", "major_gc", "cycle_gc"};

double world_stood_s(const Row& row) {
  double seconds = 0;
  for (const StopSummary& stop : row.stops) {
    if (std::find(world_stops.begin(), world_stops.end(), stop.cause) != world_stops.end()) {
      seconds += stop.total_s;
    }
  }
  return seconds;
}

struct Metric {
  Column column;
  Estimate Row::*total;
  bool explicit_time;  ///< the time for which the world stood is part of it
};

const std::array<Metric, 3> metrics = {
    {{{"wall ≥", "geometric mean of wall time over the baseline"}, &Row::wall, true},
     {{"CPU ≥", "the same of CPU time: concurrency hides no cost here"}, &Row::cpu, true},
     {{"memory ≥", "the same of peak RSS"}, &Row::peak_rss, false}}};

std::optional<double> baseline(const Scenario& scenario, const Metric& metric) {
  std::optional<double> least;
  for (const Row& row : scenario.rows) {
    const Estimate& total = row.*metric.total;
    if (!total.known()) continue;
    const double rest = total.median - (metric.explicit_time ? world_stood_s(row) : 0);
    if (rest > 0 && (!least || rest < *least)) least = rest;
  }
  return least;
}

}  // namespace

Table overhead_table(const Analysis& analysis) {
  std::map<std::string, std::array<std::vector<double>, 3>> overheads;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      if (!scenario.same_work || scenario.rows.size() < 2) continue;
      for (std::size_t i = 0; i < metrics.size(); ++i) {
        const auto base = baseline(scenario, metrics[i]);
        if (!base) continue;
        for (const Row& row : scenario.rows) {
          const Estimate& total = row.*metrics[i].total;
          if (total.known()) overheads[row.model][i].push_back(total.median / *base);
        }
      }
    }
  }
  Table table;
  table.columns.push_back({"model", "whose cost it is", false});
  for (const Metric& metric : metrics) {
    table.columns.push_back(metric.column);
    table.columns.push_back({"worst", "of all scenarios"});
  }
  table.columns.push_back({"scenarios", "workloads, threads and heap limits that it ended well"});
  for (const auto& [model, values] : overheads) {
    std::vector<TableCell> row = {{model}};
    for (const std::vector<double>& of_metric : values) {
      if (of_metric.empty()) {
        row.insert(row.end(), {{"—"}, {"—"}});
        continue;
      }
      row.push_back({ratio(measure::geometric_mean(of_metric))});
      row.push_back({ratio(*std::max_element(of_metric.begin(), of_metric.end()))});
    }
    row.push_back({fmt::format("{}", values[0].size())});
    table.rows.push_back(std::move(row));
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
    const auto wall = [&](const std::vector<TableCell>& row) {
      const std::vector<double>& samples = overheads.at(row[0].text)[0];
      return samples.empty() ? HUGE_VAL : measure::geometric_mean(samples);
    };
    return wall(a) < wall(b);
  });
  return table;
}

}  // namespace reclaim::report
