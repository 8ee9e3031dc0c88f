// OpenMetrics 1.0 (openmetrics.io): families one after another, each with its type, unit and
// meaning; a sample for each round, told apart by labels; the unit at the end of the name; # EOF.
#include <fmt/core.h>

#include <functional>
#include <optional>

#include "report/export.h"

namespace reclaim::report {
namespace {

std::string label(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

std::string labels_of(const Cell& cell) {
  return fmt::format(
      R"(machine="{}",workload="{}",size="{}",params="{}",heap="{}",warmup="{}",model="{}",threads="{}",round="{}")",
      cell.environment, label(cell.workload), label(cell.size), label(cell.parameters),
      label(cell.heap), cell.warmup, label(cell.model), cell.threads, cell.round);
}

std::string number(double value) { return fmt::format("{:.9g}", value); }

std::string head(std::string_view name, std::string_view type, std::string_view unit,
                 std::string_view help) {
  std::string text = fmt::format("# TYPE {} {}\n", name, type);
  if (!unit.empty()) text += fmt::format("# UNIT {} {}\n", name, unit);
  return text + fmt::format("# HELP {} {}\n", name, help);
}

/// A gauge: one number of each cell that has it.
std::string gauge(const Results& results, std::string_view name, std::string_view unit,
                  std::string_view help,
                  const std::function<std::optional<double>(const Cell&)>& value) {
  std::string text = head(name, "gauge", unit, help);
  for (const Cell& cell : results.cells) {
    if (const auto number_of_cell = value(cell)) {
      text += fmt::format("{}{{{}}} {}\n", name, labels_of(cell), number(*number_of_cell));
    }
  }
  return text;
}

/// One number of each cause of stops of each cell.
std::string by_cause(const Results& results, std::string_view name, std::string_view type,
                     std::string_view unit, std::string_view help,
                     const std::function<std::optional<double>(const Stop&)>& value) {
  std::string text = head(name, type, unit, help);
  const std::string_view suffix = type == "counter" ? "_total" : "";
  for (const Cell& cell : results.cells) {
    for (const auto& [cause, stop] : cell.stops) {
      if (const auto number_of_stop = value(stop)) {
        text += fmt::format("{}{}{{{},cause=\"{}\"}} {}\n", name, suffix, labels_of(cell),
                            label(cause), number(*number_of_stop));
      }
    }
  }
  return text;
}

std::string machines(const Results& results) {
  std::string text =
      head("reclaim_machine", "info", "", "Where and from what the cells were measured.");
  for (std::size_t i = 0; i < results.environments.size(); ++i) {
    const Environment& e = results.environments[i];
    text += fmt::format(
        R"(reclaim_machine_info{{machine="{}",cpu="{}",cores="{}",kernel="{}",huge_pages="{}",version="{}",git="{}"}} 1)"
        "\n",
        i, label(e.cpu), e.cores, label(e.kernel), label(e.huge_pages), label(e.version),
        label(e.git));
  }
  return text;
}

}  // namespace

std::string open_metrics(const ExportInput& input) {
  const Results& results = input.results;
  using Value = std::optional<double>;
  std::string text = machines(results);
  text += gauge(results, "reclaim_cell_ok", "", "1 where the cell ended well, 0 where it did not.",
                [](const Cell& cell) -> Value { return cell.ok() ? 1 : 0; });
  text += gauge(results, "reclaim_wall_seconds", "seconds",
                "Start barrier to the last thread's return.",
                [](const Cell& cell) { return cell.wall_s; });
  text += gauge(results, "reclaim_cpu_seconds", "seconds", "Processor time, user and system.",
                [](const Cell& cell) -> Value {
                  if (!cell.user_s || !cell.sys_s) return std::nullopt;
                  return *cell.user_s + *cell.sys_s;
                });
  text += gauge(results, "reclaim_peak_rss_bytes", "bytes", "Most memory that was resident.",
                [](const Cell& cell) { return cell.peak_rss_bytes; });
  text += gauge(results, "reclaim_leaked_objects", "", "Objects that were left after the end.",
                [](const Cell& cell) -> Value {
                  if (!cell.census || !cell.census->leaked) return std::nullopt;
                  return static_cast<double>(cell.census->leaked->objects);
                });
  text += by_cause(results, "reclaim_stops", "counter", "",
                   "Intervals in which a thread could not run because of the model.",
                   [](const Stop& stop) -> Value { return static_cast<double>(stop.count); });
  text += by_cause(results, "reclaim_stop_seconds", "counter", "seconds", "Their sum.",
                   [](const Stop& stop) -> Value { return stop.total_s; });
  text += by_cause(results, "reclaim_longest_stop_seconds", "gauge", "seconds", "The longest.",
                   [](const Stop& stop) { return stop.max_s; });
  return text + "# EOF\n";
}

}  // namespace reclaim::report
