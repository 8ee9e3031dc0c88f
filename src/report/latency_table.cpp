// Latency of a scenario: a row a model, most of the columns a tail.
#include <algorithm>
#include <functional>
#include <vector>

#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

using Value = std::function<std::optional<double>(const Latency&)>;

std::vector<double> over_rounds(const Row& row, const Value& value) {
  std::vector<double> values;
  for (const Cell* cell : row.cells) {
    if (!cell->ok() || !cell->latency) continue;
    if (const auto found = value(*cell->latency)) values.push_back(*found);
  }
  return values;
}

/// The window of a metered latency that comes nearest; nullptr where there is none.
const MeteredLatency* metered(const Latency& latency, std::optional<double> window_s) {
  for (const MeteredLatency& entry : latency.metered) {
    if (entry.window_s == window_s) return &entry;
  }
  return nullptr;
}

struct LatencyColumn {
  Column column;
  Value value;
  bool longest = false;  ///< over all rounds, not their median
};

std::vector<LatencyColumn> columns_of(const Scenario& scenario) {
  const auto of_window = [](std::optional<double> window_s) {
    return [window_s](const Latency& latency) -> std::optional<double> {
      const MeteredLatency* entry = metered(latency, window_s);
      return entry == nullptr ? std::nullopt : entry->latency.p99_s;
    };
  };
  std::vector<LatencyColumn> columns = {
      {{"p50", "half of the requests took no longer"},
       [](const Latency& l) { return l.simple.p50_s; }},
      {{"p99", "one in a hundred took longer"}, [](const Latency& l) { return l.simple.p99_s; }},
      {{"p99.9", "one in a thousand took longer"},
       [](const Latency& l) { return l.simple.p999_s; }},
      {{"longest", "of all rounds"}, [](const Latency& l) { return l.simple.max_s; }, true},
      {{"metered p99, 1 ms", "arrivals averaged over 1 ms"}, of_window(0.001)},
      {{"100 ms", "arrivals averaged over 100 ms"}, of_window(0.1)},
      {{"whole run", "arrivals spread evenly over the run"}, of_window(std::nullopt)}};
  const bool open = std::any_of(scenario.rows.begin(), scenario.rows.end(), [](const Row& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const Cell* cell) { return cell->latency && cell->latency->open_loop; });
  });
  if (open) {
    const auto of_open = [](auto member) {
      return [member](const Latency& l) -> std::optional<double> {
        return l.open_loop ? l.open_loop->latency.*member : std::nullopt;
      };
    };
    columns.push_back(
        {{"open loop p50", "from when it was due"}, of_open(&LatencyQuantiles::p50_s)});
    columns.push_back({{"p99 ", "from when it was due"}, of_open(&LatencyQuantiles::p99_s)});
    columns.push_back(
        {{"longest ", "from when it was due"}, of_open(&LatencyQuantiles::max_s), true});
  }
  return columns;
}

}  // namespace

Table latency_table(const Scenario& scenario) {
  Table table;
  table.columns.push_back({"model", "who served", false});
  const std::vector<LatencyColumn> columns = columns_of(scenario);
  for (const LatencyColumn& column : columns) table.columns.push_back(column.column);
  for (const Row& row : scenario.rows) {
    std::vector<TableCell> cells = {{row.model}};
    bool any = false;
    for (const LatencyColumn& column : columns) {
      const std::vector<double> values = over_rounds(row, column.value);
      any = any || !values.empty();
      cells.push_back({values.empty()   ? "—"
                       : column.longest ? duration(*std::max_element(values.begin(), values.end()))
                                        : duration(measure::median(values))});
    }
    if (any) table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace reclaim::report
