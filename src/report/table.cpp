// See table.h.
#include "report/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr std::string_view none = "–";
constexpr std::string_view invisible = "—";
constexpr std::string_view few = "few";

constexpr std::array<Sign, 8> sign_texts{{
    {"~", "not told apart from the best: the difference may be chance"},
    {"?", "not tested: under six rounds"},
    {"( )", "of a model that never frees: shown, but it does not compete"},
    {"[ ]", "range of the rounds, not an interval: under six rounds"},
    {"!", "some of its rounds did not end well: see below the table"},
    {"few", "too few stops for that percentile"},
    {"—", "this model's stops cannot be seen from outside"},
    {"–", "nothing to show: none happened, or no round ended well"},
}};

/// The column's unit and decimals from the medians in it.
Scale scale_of(const Scenario& scenario, Estimate Row::*quantity, Scale (*choose)(double, double)) {
  double least = 0, most = 0;
  for (const Row& row : scenario.rows) {
    const Estimate& estimate = row.*quantity;
    if (!estimate.known()) continue;
    most = std::max(most, estimate.median);
    if (estimate.median > 0 && (least == 0 || estimate.median < least)) least = estimate.median;
  }
  return choose(least, most);
}

TableCell value_cell(const Estimate& estimate, const Scale& scale, bool best) {
  if (!estimate.known()) return {std::string(none), Emphasis::quiet};
  return {scale.number(estimate.median), best ? Emphasis::best : Emphasis::plain};
}

TableCell spread_cell(const Estimate& estimate) {
  if (!estimate.known()) return {std::string(none), Emphasis::quiet};
  const double share = estimate.relative_spread() * 100;
  const std::string text = fmt::format("{:.{}f}%", share, share < 9.95 ? 1 : 0);
  return {estimate.interval ? "±" + text : "[±" + text + "]", Emphasis::quiet};
}

TableCell interval_cell(const Estimate& estimate, const Scale& scale) {
  if (!estimate.known()) return {std::string(none), Emphasis::quiet};
  const double low = estimate.interval ? estimate.interval->low : estimate.least;
  const double high = estimate.interval ? estimate.interval->high : estimate.most;
  const std::string text = fmt::format("{} to {}", scale.number(low), scale.number(high));
  return {estimate.interval ? text : "[" + text + "]", Emphasis::quiet};
}

TableCell ratio_cell(const Row& row, const std::optional<double>& value,
                     const std::optional<measure::Difference>& test, bool best) {
  if (!value) return {std::string(none), Emphasis::quiet};
  const std::string text = ratio(*value);
  if (!row.leak.reclaims && !best) return {"(" + text + ")", Emphasis::quiet};
  switch (standing(value, test, best)) {
    case Standing::best:
      return {text, Emphasis::best};
    case Standing::differs:
      return {text, Emphasis::plain};
    case Standing::indistinct:
      return {"~" + text, Emphasis::plain};
    case Standing::untested:
      break;
  }
  return {"?" + text, Emphasis::plain};
}

TableCell time_cell(const std::optional<double>& seconds, std::string_view otherwise) {
  if (!seconds) return {std::string(otherwise), Emphasis::quiet};
  return {duration(*seconds), Emphasis::plain};
}

/// A cell of the longest stop's cause; `of` picks which of its numbers.
TableCell stop_cell(const Row& row, std::optional<double> StopSummary::*of) {
  const StopSummary* stop = row.longest_stop();
  if (stop != nullptr) return time_cell(stop->*of, few);
  return {std::string(row.stops_visible || row.ok == 0 ? none : invisible), Emphasis::quiet};
}

TableCell leak_cell(const Row& row) {
  if (!row.leak.counted) return {std::string(none), Emphasis::quiet};
  const auto objects = static_cast<double>(row.leak.left.objects);
  if (!row.leak.reclaims) return {"(" + rough_count(objects) + ")", Emphasis::quiet};
  const std::string text = count(objects);
  if (row.leak.unexpected() || row.leak.missing()) return {text, Emphasis::alarm};
  return {text, row.leak.left.objects == 0 ? Emphasis::quiet : Emphasis::plain};
}

TableCell expected_cell(const Row& row) {
  if (!row.leak.expected) return {std::string(none), Emphasis::quiet};
  return {count(static_cast<double>(*row.leak.expected)), Emphasis::quiet};
}

TableCell failures_cell(const Row& row) {
  std::vector<std::string> parts;
  for (const Failure& failure : row.failures) {
    parts.push_back(fmt::format("{} {}", failure.count, failure.status));
  }
  if (parts.empty()) return {std::string(none), Emphasis::quiet};
  return {list_of(parts), Emphasis::alarm};
}

std::string with_unit(std::string_view heading, const Scale& scale) {
  return fmt::format("{}, {}", heading, scale.unit);
}

/// Adds a column and each row's cell in it.
template <class CellOf>
void add_column(Table& table, const Scenario& scenario, Column column, CellOf cell_of) {
  table.columns.push_back(std::move(column));
  for (std::size_t i = 0; i < scenario.rows.size(); ++i) {
    table.rows[i].push_back(cell_of(scenario.rows[i], i));
  }
}

void add_memory(Table& table, const Scenario& scenario, Detail detail) {
  const Scale scale = scale_of(scenario, &Row::peak_rss, byte_scale);
  add_column(table, scenario,
             {with_unit(detail == Detail::brief ? "RSS" : "peak RSS", scale),
              "median over rounds of the process's peak resident memory, all of it: program, "
              "libraries, heap (1 MB = 10^6 bytes)"},
             [&](const Row& row, std::size_t i) {
               return value_cell(row.peak_rss, scale, scenario.leanest == i);
             });
  if (detail == Detail::brief) return;
  add_column(table, scenario, {"× leanest", "peak RSS over that of the leanest model that frees"},
             [&](const Row& row, std::size_t i) {
               return ratio_cell(row, row.rss_ratio, row.rss_test, scenario.leanest == i);
             });
}

void add_stops(Table& table, const Scenario& scenario, Detail detail) {
  if (detail == Detail::full) {
    add_column(
        table, scenario,
        {"stop's cause",
         "why the model kept a mutator from running, for the cause with the longest stop; the "
         "next three columns are of this cause",
         false},
        [](const Row& row, std::size_t) -> TableCell {
          const StopSummary* stop = row.longest_stop();
          if (stop != nullptr) return {stop->cause, Emphasis::plain};
          return stop_cell(row, &StopSummary::max_s);
        });
    add_column(table, scenario, {"p50", "half of its stops were no longer (median over rounds)"},
               [](const Row& row, std::size_t) { return stop_cell(row, &StopSummary::p50_s); });
  }
  add_column(table, scenario,
             {detail == Detail::brief ? "stop p99" : "p99",
              "of the cause with the longest stop: 99 of 100 of its stops were no longer (median "
              "over rounds)"},
             [](const Row& row, std::size_t) { return stop_cell(row, &StopSummary::p99_s); });
  add_column(table, scenario,
             {detail == Detail::brief ? "stop max" : "max",
              "the longest single stop of a mutator in any round"},
             [](const Row& row, std::size_t) { return stop_cell(row, &StopSummary::max_s); });
}

void add_leaks(Table& table, const Scenario& scenario, Detail detail) {
  add_column(table, scenario, {"leaked", "objects still live after the end and a last collection"},
             [](const Row& row, std::size_t) { return leak_cell(row); });
  if (detail == Detail::brief) return;
  add_column(table, scenario,
             {"expected", "of the objects planted to leak, those this model cannot free by design"},
             [](const Row& row, std::size_t) { return expected_cell(row); });
}

}  // namespace

std::string short_failure(const Row& row) {
  if (row.failures.empty()) return {};
  const std::string& status = row.failures.front().status;
  return status == "out_of_memory" ? "no memory" : status;
}

std::span<const Sign> signs() { return sign_texts; }

Table comparison_table(const Scenario& scenario, Detail detail) {
  Table table;
  table.rows.resize(scenario.rows.size());
  const Scale wall = scale_of(scenario, &Row::wall, time_scale);
  const Scale cpu = scale_of(scenario, &Row::cpu, time_scale);
  add_column(
      table, scenario,
      {"model", "way to manage memory, and the allocator behind it where it uses malloc", false},
      [&](const Row& row, std::size_t i) -> TableCell {
        const bool marked = detail == Detail::brief && row.ok > 0 && !row.failures.empty();
        const std::string name = row.model + (marked ? " !" : "");
        if (!row.leak.reclaims) return {name, Emphasis::quiet, row.anchor};
        return {name, scenario.fastest == i ? Emphasis::best : Emphasis::plain, row.anchor};
      });
  add_column(table, scenario,
             {with_unit("wall", wall),
              "median over rounds of the time from the start barrier to the last mutator's return"},
             [&](const Row& row, std::size_t i) -> TableCell {
               if (detail == Detail::brief && row.ok == 0 && !row.failures.empty()) {
                 return {short_failure(row), Emphasis::alarm};
               }
               return value_cell(row.wall, wall, scenario.fastest == i);
             });
  if (detail == Detail::brief) {
    add_column(table, scenario,
               {"spread", "half the width of the 95 % interval of that median, in per cent of it"},
               [](const Row& row, std::size_t) { return spread_cell(row.wall); });
  } else {
    add_column(table, scenario, {"95 % interval", "bootstrap interval of that median"},
               [&](const Row& row, std::size_t) { return interval_cell(row.wall, wall); });
  }
  add_column(table, scenario,
             {detail == Detail::brief ? "× best" : "× fastest",
              "wall time over that of the fastest model that frees"},
             [&](const Row& row, std::size_t i) {
               return ratio_cell(row, row.wall_ratio, row.wall_test, scenario.fastest == i);
             });
  add_column(table, scenario,
             {with_unit("CPU", cpu),
              "median over rounds of user and system time of all threads, helpers included"},
             [&](const Row& row, std::size_t) { return value_cell(row.cpu, cpu, false); });
  add_memory(table, scenario, detail);
  add_stops(table, scenario, detail);
  add_leaks(table, scenario, detail);
  if (detail == Detail::full) {
    add_column(table, scenario, {"rounds", "fresh processes that ended well"},
               [](const Row& row, std::size_t) -> TableCell {
                 return {std::to_string(row.ok), Emphasis::quiet};
               });
  }
  const bool failures =
      detail == Detail::full && std::any_of(scenario.rows.begin(), scenario.rows.end(),
                                            [](const Row& row) { return !row.failures.empty(); });
  if (failures) {
    add_column(table, scenario,
               {"failed", "rounds that did not end well, and how they ended", false},
               [](const Row& row, std::size_t) { return failures_cell(row); });
  }
  return table;
}

Table model_table(const Analysis& analysis, const std::string& model) {
  Table table;
  table.columns = {
      {"workload", "", false},
      {"threads", ""},
      {"wall", "median over rounds"},
      {"× fastest", "wall time over that of the fastest model that frees"},
      {"CPU", "median over rounds of user and system time of all threads, helpers included"},
      {"peak RSS", "median over rounds of the process's peak resident memory"},
      {"× leanest", "peak RSS over that of the leanest model that frees"},
      {"stop's cause", "for the cause with the longest stop", false},
      {"longest", "the longest single stop of a mutator in any round"},
      {"leaked", "objects still live after the end and a last collection"}};
  const auto median = [](const Estimate& estimate, std::string (*shown)(double)) -> TableCell {
    if (!estimate.known()) return {std::string(none), Emphasis::quiet};
    return {shown(estimate.median)};
  };
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    const Row* row = scenario.find(model);
    if (row == nullptr) continue;
    const auto is = [&](const std::optional<std::size_t>& best) {
      return best && &scenario.rows[*best] == row;
    };
    const StopSummary* stop = row->longest_stop();
    table.rows.push_back(
        {{setting.title, Emphasis::plain, setting.anchor},
         {std::to_string(scenario.threads)},
         row->wall.known() ? median(row->wall, duration)
                           : TableCell{short_failure(*row), Emphasis::alarm},
         ratio_cell(*row, row->wall_ratio, row->wall_test, is(scenario.fastest)),
         median(row->cpu, duration),
         median(row->peak_rss, bytes),
         ratio_cell(*row, row->rss_ratio, row->rss_test, is(scenario.leanest)),
         stop != nullptr ? TableCell{stop->cause} : stop_cell(*row, &StopSummary::max_s),
         stop_cell(*row, &StopSummary::max_s),
         leak_cell(*row)});
  }
  return table;
}

Table stops_table(const Scenario& scenario) {
  Table table;
  table.columns = {
      {"model", "", false},
      {"cause",
       "why a mutator was kept from running; time_to_safepoint is part of a collection's "
       "stop",
       false},
      {"stops", "how many, median over rounds"},
      {"total", "their sum over all mutators, median over rounds; a stop of the world counts once"},
      {"p50", "half were no longer, median over rounds"},
      {"p90", "nine of ten were no longer, median over rounds"},
      {"p99", "99 of 100 were no longer, median over rounds"},
      {"max", "the longest in any round"}};
  for (const Row& row : scenario.rows) {
    for (const StopSummary& stop : row.stops) {
      table.rows.push_back({{row.model, Emphasis::plain, row.anchor},
                            {stop.cause},
                            {count(stop.count)},
                            {duration(stop.total_s)},
                            time_cell(stop.p50_s, few),
                            time_cell(stop.p90_s, few),
                            time_cell(stop.p99_s, few),
                            time_cell(stop.max_s, none)});
    }
  }
  return table;
}

}  // namespace reclaim::report
