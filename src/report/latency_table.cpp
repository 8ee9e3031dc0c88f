// Latency of a scenario: a row a model, most of the columns a tail.
#include <algorithm>
#include <vector>

#include "report/figure_table.h"
#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

/// A figure of the requests; empty where there were none.
template <class F>
FigureOfCell of_requests(F figure) {
  return [figure](const Cell& cell) -> std::optional<double> {
    return cell.latency ? figure(*cell.latency) : std::nullopt;
  };
}

/// The window of a metered latency that comes nearest; nullptr where there is none.
const MeteredLatency* metered(const Latency& latency, std::optional<double> window_s) {
  for (const MeteredLatency& entry : latency.metered) {
    if (entry.window_s == window_s) return &entry;
  }
  return nullptr;
}

std::vector<FigureColumn> columns_of(const Scenario& scenario) {
  const auto of_window = [](std::optional<double> window_s) {
    return of_requests([window_s](const Latency& latency) -> std::optional<double> {
      const MeteredLatency* entry = metered(latency, window_s);
      return entry == nullptr ? std::nullopt : entry->latency.p99_s;
    });
  };
  std::vector<FigureColumn> columns = {
      {{"p50", "half of the requests took no longer"},
       of_requests([](const Latency& l) { return l.simple.p50_s; })},
      {{"p99", "one in a hundred took longer"},
       of_requests([](const Latency& l) { return l.simple.p99_s; })},
      {{"p99.9", "one in a thousand took longer"},
       of_requests([](const Latency& l) { return l.simple.p999_s; })},
      {{"longest", "of all rounds"},
       of_requests([](const Latency& l) { return l.simple.max_s; }),
       true},
      {{"metered p99, 1 ms", "arrivals averaged over 1 ms"}, of_window(0.001)},
      {{"100 ms", "arrivals averaged over 100 ms"}, of_window(0.1)},
      {{"whole run", "arrivals spread evenly over the run"}, of_window(std::nullopt)}};
  const bool open = std::any_of(scenario.rows.begin(), scenario.rows.end(), [](const Row& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const Cell* cell) { return cell->latency && cell->latency->open_loop; });
  });
  if (open) {
    const auto of_open = [](auto member) {
      return of_requests([member](const Latency& l) -> std::optional<double> {
        return l.open_loop ? l.open_loop->latency.*member : std::nullopt;
      });
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
  return figure_table(scenario, {"model", "who served", false}, columns_of(scenario), &duration);
}

}  // namespace reclaim::report
