// Law 2: the cost of measuring is itself measured and printed.
#include <fmt/core.h>

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

using Key = std::tuple<std::string, std::string, std::string, std::string, int, int, std::string>;

struct Samples {
  std::vector<double> wall, rss;
};

std::map<Key, Samples> samples_of(const std::vector<Cell>& cells) {
  std::map<Key, Samples> result;
  for (const Cell& cell : cells) {
    if (!cell.ok()) continue;
    Samples& samples = result[{cell.workload, cell.size, cell.parameters, cell.heap, cell.threads,
                               cell.warmup, cell.model}];
    samples.wall.push_back(*cell.wall_s);
    if (cell.peak_rss_bytes) samples.rss.push_back(*cell.peak_rss_bytes);
  }
  return result;
}

std::string signed_percent(double ratio_to_one) {
  return fmt::format("{:+.1f} %", 100 * (ratio_to_one - 1));
}

void add_difference(std::vector<TableCell>& row, const std::vector<double>& with,
                    const std::vector<double>& without) {
  if (with.empty() || without.empty() || !(measure::median(without) > 0)) {
    row.insert(row.end(), {{"—"}, {"—"}});
    return;
  }
  const double times = measure::median(with) / measure::median(without);
  const auto difference = measure::difference(with, without);
  const bool told_apart = difference && difference->differs;
  row.push_back({(told_apart ? "" : "~") + signed_percent(times)});
  row.push_back({difference ? signed_percent(difference->interval.low) + " to " +
                                  signed_percent(difference->interval.high)
                            : "—"});
}

}  // namespace

Table meter_price_table(const Results& results) {
  Table table;
  table.columns = {
      {"workload", "what was run", false}, {"threads", "mutators"},
      {"model", "who ran it", false},      {"wall", "with the meters over without, less 1"},
      {"95 % interval", "of that"},        {"peak RSS", "with the meters over without, less 1"},
      {"95 % interval ", "of that"}};
  const auto with = samples_of(results.cells);
  for (const auto& [key, without] : samples_of(results.unmetered)) {
    const auto found = with.find(key);
    if (found == with.end()) continue;
    std::vector<TableCell> row = {
        {std::get<0>(key)}, {fmt::format("{}", std::get<4>(key))}, {std::get<6>(key)}};
    add_difference(row, found->second.wall, without.wall);
    add_difference(row, found->second.rss, without.rss);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace reclaim::report
