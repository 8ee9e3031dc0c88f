// Lists of numbers are checked for order and shape here, so that nobody who draws them has to.
#include "report/read_measures.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "report/escape.h"

namespace reclaim::report {
namespace {

/// More points than any writer keeps: such a list is not drawn, it is refused.
constexpr std::size_t most_points = 10'000;

/// A list whose entries are objects; calls f for each.
template <class F>
void each_object(const Json& object, const char* name, F&& f) {
  const Json* list = array_field(object, name);
  if (list == nullptr) return;
  for (const Json& entry : *list) {
    if (!entry.is_object()) throw Damage{fmt::format("an entry of \"{}\" is not an object", name)};
    f(entry);
  }
}

/// A list of [x, y], x ascending; calls f(x, y) with the two values.
template <class F>
void each_pair(const Json& object, const char* name, F&& f) {
  const Json* list = array_field(object, name);
  if (list == nullptr) return;
  if (list->size() > most_points) {
    throw Damage{
        fmt::format("\"{}\" has {} entries, more than {}", name, list->size(), most_points)};
  }
  std::optional<double> before;
  for (const Json& entry : *list) {
    if (!entry.is_array() || entry.size() != 2) {
      throw Damage{fmt::format("an entry of \"{}\" is not a pair of numbers", name)};
    }
    const double x = amount_of(entry[0], name);
    if (before && x <= *before) throw Damage{fmt::format("\"{}\" is not in ascending order", name)};
    before = x;
    f(entry[0], entry[1]);
  }
}

std::vector<std::pair<double, double>> points(const Json& object, const char* name) {
  std::vector<std::pair<double, double>> result;
  each_pair(object, name, [&](const Json& x, const Json& y) {
    result.emplace_back(amount_of(x, name), amount_of(y, name));
  });
  return result;
}

LatencyQuantiles read_quantiles(const Json& object) {
  return {amount(object, "p50_s"), amount(object, "p90_s"), amount(object, "p99_s"),
          amount(object, "p999_s"), amount(object, "max_s")};
}

Latency read_latency(const Json& object) {
  Latency result;
  result.count = whole(object, "count").value_or(0);
  if (const Json* simple = object_field(object, "simple")) result.simple = read_quantiles(*simple);
  each_object(object, "metered", [&](const Json& entry) {
    result.metered.push_back({amount(entry, "window_s"), read_quantiles(entry)});
  });
  if (const Json* open = object_field(object, "open_loop")) {
    result.open_loop = {amount(*open, "rate_per_s").value_or(0), amount(*open, "load"),
                        read_quantiles(*open)};
  }
  return result;
}

std::vector<Utilisation> read_utilisation(const Json& line) {
  std::vector<Utilisation> result;
  each_object(line, "mmu", [&](const Json& entry) {
    const auto window = amount(entry, "window_s"), share = amount(entry, "utilisation");
    if (!window || !share) return;
    if (*share > 1) throw Damage{fmt::format("\"utilisation\" is {}, more than 1", *share)};
    if (!result.empty() && *window <= result.back().window_s) {
      throw Damage{"\"mmu\" is not in ascending order"};
    }
    result.push_back({*window, *share});
  });
  return result;
}

MemorySteps read_memory(const Json& object) {
  return {amount(object, "asked_bytes"), amount(object, "with_headers_bytes"),
          amount(object, "held_bytes"),  amount(object, "resident_bytes"),
          points(object, "after_s"),     amount(object, "after_purge_bytes")};
}

Hiccups read_hiccups(const Json& object) {
  return {whole(object, "count").value_or(0), amount(object, "p50_s"), amount(object, "p99_s"),
          amount(object, "max_s"), amount(object, "total_s")};
}

std::map<std::string, std::string> texts(const Json& object, const char* name) {
  std::map<std::string, std::string> result;
  if (const Json* named = object_field(object, name)) {
    for (const auto& [key, value] : named->items()) result[printable(key)] = scalar_text(value);
  }
  return result;
}

/// Cells of a table of an experiment: strings as they are, numbers as they print.
std::vector<std::string> read_row(const Json& row) {
  if (!row.is_array()) throw Damage{"a row in \"details\" is not an array"};
  std::vector<std::string> result;
  for (const Json& value : row) result.push_back(parameter_text(value));
  return result;
}

}  // namespace

Buckets read_buckets(const Json& stop) {
  Buckets result;
  each_pair(stop, "histogram", [&](const Json& duration, const Json& count) {
    result.emplace_back(whole_of(duration, "histogram"), whole_of(count, "histogram"));
  });
  return result;
}

void read_measures(const Json& line, Cell& cell) {
  cell.mmu = read_utilisation(line);
  if (const Json* latency = object_field(line, "latency")) cell.latency = read_latency(*latency);
  if (const Json* hiccups = object_field(line, "hiccups")) cell.hiccups = read_hiccups(*hiccups);
  if (const Json* memory = object_field(line, "memory")) cell.memory = read_memory(*memory);
  cell.rss_series = points(line, "rss_series");
  cell.meters = truth(line, "meters", true);
  cell.arrival_rate = amount(line, "arrival_rate");
}

void read_descriptions(const Json& line, Environment& environment) {
  if (const Json* models = object_field(line, "models")) {
    for (const auto& [id, model] : models->items()) {
      if (!model.is_object()) throw Damage{"an entry of \"models\" is not an object"};
      environment.models[printable(id)] = {text(model, "like"), text(model, "summary"),
                                           texts(model, "traits")};
    }
  }
  if (const Json* workloads = object_field(line, "workloads")) {
    for (const auto& [id, workload] : workloads->items()) {
      if (!workload.is_object()) throw Damage{"an entry of \"workloads\" is not an object"};
      environment.workloads[printable(id)] = {text(workload, "shows"), text(workload, "origin"),
                                              texts(workload, "parameters")};
    }
  }
}

Experiment read_experiment(const Json& line) {
  Experiment result;
  result.number = whole(line, "number").value_or(0);
  result.id = required_text(line, "id");
  result.claim = text(line, "claim");
  result.expected = text(line, "expected");
  result.measured = text(line, "measured");
  result.verdict = required_text(line, "verdict");
  constexpr std::string_view verdicts[] = {"confirmed", "refuted", "undecidable"};
  if (std::find(std::begin(verdicts), std::end(verdicts), result.verdict) == std::end(verdicts)) {
    throw Damage{
        fmt::format("\"verdict\" is {}: not confirmed, refuted or undecidable", result.verdict)};
  }
  each_object(line, "details", [&](const Json& entry) {
    Experiment::Table table;
    table.title = text(entry, "title");
    if (const Json* columns = array_field(entry, "columns")) table.columns = read_row(*columns);
    if (const Json* rows = array_field(entry, "rows")) {
      for (const Json& row : *rows) {
        table.rows.push_back(read_row(row));
        if (table.rows.back().size() != table.columns.size()) {
          throw Damage{fmt::format("a row in \"details\" has {} cells under {} columns",
                                   table.rows.back().size(), table.columns.size())};
        }
      }
    }
    result.details.push_back(std::move(table));
  });
  return result;
}

}  // namespace reclaim::report
