// See analysis.h.
#include "report/analysis.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "report/escape.h"

namespace reclaim::report {
namespace {

using measure::Difference;

/// What tells one setting from another. Ordered so that a workload's settings stand together.
using Key = std::tuple<std::string, std::string, std::string, int, std::string>;
enum KeyPart { key_workload, key_size, key_parameters, key_warmup, key_heap };

Key key_of(const Cell& cell, const std::string& heap) {
  return {cell.workload, cell.size, cell.parameters, cell.warmup, heap};
}

/// The heap limits under which a cell is to be shown. A model without a limit stands beside those
/// that have one, under each of their limits.
class HeapPlacement {
 public:
  explicit HeapPlacement(const Results& results) {
    for (const Cell& cell : results.cells) {
      if (cell.heap.empty()) continue;
      heaps_[key_of(cell, "")].insert(cell.heap);
      limited_[key_of(cell, "")].insert(cell.model);
    }
    for (const Cell& cell : results.cells) {
      const auto limited = limited_.find(key_of(cell, ""));
      if (cell.heap.empty() && limited != limited_.end() && limited->second.contains(cell.model)) {
        both_.insert(key_of(cell, ""));
      }
    }
  }

  std::vector<std::string> of(const Cell& cell) const {
    const Key key = key_of(cell, "");
    const auto heaps = heaps_.find(key);
    if (!cell.heap.empty() || heaps == heaps_.end()) return {cell.heap};
    std::vector<std::string> result;
    if (!limited_.at(key).contains(cell.model)) {
      result.assign(heaps->second.begin(), heaps->second.end());
    }
    if (both_.contains(key)) result.emplace_back();
    return result;
  }

 private:
  std::map<Key, std::set<std::string>> heaps_;    // limits seen
  std::map<Key, std::set<std::string>> limited_;  // models that ran under a limit
  std::set<Key> both_;                            // such models also ran without one
};

Estimate estimate(const Row& row, const std::function<std::optional<double>(const Cell&)>& of) {
  Estimate result;
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    if (const auto value = of(*cell)) result.samples.push_back(*value);
  }
  if (result.samples.empty()) return result;
  result.median = measure::median(result.samples);
  result.interval = measure::median_interval(result.samples);
  const auto [least, most] = std::minmax_element(result.samples.begin(), result.samples.end());
  result.least = *least;
  result.most = *most;
  return result;
}

std::optional<double> median_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return measure::median(values);
}

StopSummary summarise_stop(const Row& row, const std::string& cause) {
  std::vector<double> count, total, p50, p90, p99;
  StopSummary result;
  result.cause = cause;
  const auto add = [](std::vector<double>& values, const std::optional<double>& value) {
    if (value) values.push_back(*value);
  };
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    const auto found = cell->stops.find(cause);
    const Stop stop = found == cell->stops.end() ? Stop{} : found->second;
    count.push_back(static_cast<double>(stop.count));
    total.push_back(stop.total_s);
    if (stop.count == 0) continue;
    add(p50, stop.p50_s);
    add(p90, stop.p90_s);
    add(p99, stop.p99_s);
    if (stop.max_s) result.max_s = std::max(result.max_s.value_or(0), *stop.max_s);
  }
  result.count = median_of(count).value_or(0);
  result.total_s = median_of(total).value_or(0);
  result.p50_s = median_of(p50);
  result.p90_s = median_of(p90);
  result.p99_s = median_of(p99);
  return result;
}

void summarise_stops(Row& row) {
  std::set<std::string> causes;
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    row.stops_visible = row.stops_visible || !cell->stops.empty();
    for (const auto& [cause, stop] : cell->stops) {
      if (stop.count > 0) causes.insert(cause);
    }
  }
  for (const std::string& cause : causes) row.stops.push_back(summarise_stop(row, cause));
}

void summarise_leak(Row& row) {
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    if (cell->expected_leaks) row.leak.expected = cell->expected_leaks;
    if (!cell->census) continue;
    const Census& census = *cell->census;
    if (!census.leaked && !census.unreclaimed) continue;
    row.leak.counted = true;
    row.leak.reclaims = census.leaked.has_value();
    const ObjectCount left = census.leaked ? *census.leaked : *census.unreclaimed;
    row.leak.left.objects = std::max(row.leak.left.objects, left.objects);
    row.leak.left.bytes = std::max(row.leak.left.bytes, left.bytes);
  }
}

void summarise(Row& row) {
  std::sort(row.cells.begin(), row.cells.end(), [](const Cell* a, const Cell* b) {
    return std::tie(a->environment, a->round) < std::tie(b->environment, b->round);
  });
  for (const Cell* cell : row.cells) {
    if (cell->ok()) {
      ++row.ok;
      if (row.checksum.empty()) row.checksum = cell->checksum;
      continue;
    }
    auto known = std::find_if(row.failures.begin(), row.failures.end(),
                              [&](const Failure& f) { return f.status == cell->status; });
    if (known == row.failures.end()) {
      known = row.failures.insert(known, Failure{cell->status, 0, cell->message});
    }
    ++known->count;
  }
  row.wall = estimate(row, [](const Cell& c) { return c.wall_s; });
  row.cpu = estimate(row, [](const Cell& c) -> std::optional<double> {
    if (!c.user_s && !c.sys_s) return std::nullopt;
    return c.user_s.value_or(0) + c.sys_s.value_or(0);
  });
  row.peak_rss = estimate(row, [](const Cell& c) { return c.peak_rss_bytes; });
  summarise_stops(row);
  summarise_leak(row);
}

/// The row with the least median among those that reclaim; among all where none does.
std::optional<std::size_t> best_of(const std::vector<Row>& rows, Estimate Row::*quantity) {
  std::optional<std::size_t> best;
  for (const bool reclaiming : {true, false}) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!(rows[i].*quantity).known() || rows[i].leak.reclaims != reclaiming) continue;
      if (!best || (rows[i].*quantity).median < (rows[*best].*quantity).median) best = i;
    }
    if (best) return best;
  }
  return best;
}

void relate(std::vector<Row>& rows, std::optional<std::size_t> best, Estimate Row::*quantity,
            std::optional<double> Row::*ratio, std::optional<Difference> Row::*test) {
  if (!best) return;
  const Estimate& base = rows[*best].*quantity;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    if (!(row.*quantity).known() || !(base.median > 0)) continue;
    row.*ratio = (row.*quantity).median / base.median;
    if (i != *best) row.*test = measure::difference((row.*quantity).samples, base.samples);
  }
}

bool one_checksum(const Scenario& scenario) {
  std::set<std::string> sums;
  for (const Row& row : scenario.rows) {
    for (const Cell* cell : row.cells) {
      if (cell->ok() && !cell->checksum.empty()) sums.insert(cell->checksum);
    }
  }
  return sums.size() <= 1;
}

void finish(Scenario& scenario, const Results& results) {
  for (Row& row : scenario.rows) {
    summarise(row);
    for (const Cell* cell : row.cells) {
      const std::uint64_t cores = results.environments[cell->environment].cores;
      if (cores != 0 && static_cast<std::uint64_t>(scenario.threads) > cores) {
        scenario.oversubscribed = true;
      }
    }
  }
  std::stable_sort(scenario.rows.begin(), scenario.rows.end(), [](const Row& a, const Row& b) {
    constexpr double last = std::numeric_limits<double>::infinity();
    return (a.wall.known() ? a.wall.median : last) < (b.wall.known() ? b.wall.median : last);
  });
  scenario.same_work = one_checksum(scenario);
  scenario.fastest = best_of(scenario.rows, &Row::wall);
  scenario.leanest = best_of(scenario.rows, &Row::peak_rss);
  relate(scenario.rows, scenario.fastest, &Row::wall, &Row::wall_ratio, &Row::wall_test);
  relate(scenario.rows, scenario.leanest, &Row::peak_rss, &Row::rss_ratio, &Row::rss_test);
}

/// Anchors given out; a second one of the same name gets a number. Those of the report's own
/// sections are taken from the start.
class Anchors {
 public:
  std::string unique(const std::string& name) {
    const std::string base = slug(name);
    std::string anchor = base;
    for (int n = 2; !taken_.insert(anchor).second; ++n) anchor = fmt::format("{}-{}", base, n);
    return anchor;
  }

 private:
  std::set<std::string> taken_{
      "what-came-out",      "all-of-them",     "time-of-all",   "memory-of-all",     "leaks-of-all",
      "leaks-of-all-chart", "mistakes-of-all", "models-of-all", "rules-of-all",      "heaps-of-all",
      "pauses-of-all",      "timeline-of-all", "chart-data",    "experiments-of-all"};
};

/// Adds to each title what tells settings of one workload apart, and gives out anchors.
void name_settings(std::vector<Setting>& settings, Anchors& anchors) {
  for (Setting& setting : settings) {
    bool size = false, parameters = false, heap = false, warmup = false;
    for (const Setting& other : settings) {
      if (other.workload != setting.workload) continue;
      size = size || other.size != setting.size;
      parameters = parameters || other.parameters != setting.parameters;
      heap = heap || other.heap != setting.heap;
      warmup = warmup || other.warmup != setting.warmup;
    }
    setting.title = setting.workload;
    if (size) setting.title += ", " + setting.size;
    if (parameters) setting.title += ", " + setting.parameters;
    if (heap) setting.title += setting.heap.empty() ? ", no heap limit" : ", heap " + setting.heap;
    if (warmup) setting.title += fmt::format(", after {} warm-ups", setting.warmup);
    setting.anchor = anchors.unique(setting.title);
  }
}

/// A page for each model, whatever the allocators behind it.
void name_pages(Analysis& analysis, Anchors& anchors) {
  for (const std::string& model : analysis.models) {
    const std::string id(id_of(model));
    if (!analysis.pages.contains(id)) analysis.pages[id] = anchors.unique("model " + id);
  }
  for (Setting& setting : analysis.settings) {
    for (Scenario& scenario : setting.scenarios) {
      for (Row& row : scenario.rows) row.anchor = analysis.pages.at(std::string(id_of(row.model)));
    }
  }
}

void collect_totals(Analysis& analysis, const Results& results) {
  std::set<std::string> models, never;
  std::set<int> threads;
  analysis.least_rounds = std::numeric_limits<std::size_t>::max();
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      threads.insert(scenario.threads);
      for (const Row& row : scenario.rows) {
        models.insert(row.model);
        if (!row.leak.reclaims) never.insert(row.model);
        if (row.ok == 0) continue;
        const auto rounds = static_cast<std::size_t>(row.ok);
        analysis.least_rounds = std::min(analysis.least_rounds, rounds);
        analysis.most_rounds = std::max(analysis.most_rounds, rounds);
      }
    }
  }
  if (analysis.most_rounds == 0) analysis.least_rounds = 0;
  analysis.threads.assign(threads.begin(), threads.end());
  analysis.never_reclaim.assign(never.begin(), never.end());
  for (const bool reclaiming : {true, false}) {
    for (const std::string& model : models) {
      if (never.contains(model) != reclaiming) analysis.models.push_back(model);
    }
  }
  analysis.cells = results.cells.size();
  analysis.cells_ok = static_cast<std::size_t>(std::count_if(
      results.cells.begin(), results.cells.end(), [](const Cell& cell) { return cell.ok(); }));
}

}  // namespace

std::string_view id_of(std::string_view model) { return model.substr(0, model.find(':')); }

double Estimate::relative_spread() const {
  if (!(median > 0)) return 0;
  const double width = interval ? interval->high - interval->low : most - least;
  return width / 2 / median;
}

const StopSummary* Row::longest_stop() const {
  const StopSummary* longest = nullptr;
  for (const StopSummary& stop : stops) {
    if (stop.cause == part_of_a_stop || !stop.max_s) continue;
    if (longest == nullptr || *stop.max_s > *longest->max_s) longest = &stop;
  }
  return longest;
}

const Row* Scenario::find(std::string_view model) const {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.model == model; });
  return found == rows.end() ? nullptr : &*found;
}

const Scenario& Setting::main_scenario() const {
  for (auto it = scenarios.rbegin(); it != scenarios.rend(); ++it) {
    if (!it->oversubscribed) return *it;
  }
  return scenarios.front();
}

bool Analysis::reclaims(std::string_view model) const {
  return std::find(never_reclaim.begin(), never_reclaim.end(), model) == never_reclaim.end();
}

Analysis analyse(const Results& results) {
  const HeapPlacement placement(results);
  std::map<Key, std::map<int, std::map<std::string, Row>>> groups;
  for (const Cell& cell : results.cells) {
    for (const std::string& heap : placement.of(cell)) {
      Row& row = groups[key_of(cell, heap)][cell.threads][cell.model];
      row.model = cell.model;
      row.cells.push_back(&cell);
    }
  }
  Analysis analysis;
  for (auto& [key, scenarios] : groups) {
    Setting setting;
    setting.workload = std::get<key_workload>(key);
    setting.size = std::get<key_size>(key);
    setting.parameters = std::get<key_parameters>(key);
    setting.warmup = std::get<key_warmup>(key);
    setting.heap = std::get<key_heap>(key);
    for (auto& [threads, rows] : scenarios) {
      Scenario scenario;
      scenario.threads = threads;
      for (auto& [model, row] : rows) {
        for (const Cell* cell : row.cells) {
          setting.work_per_thread = setting.work_per_thread || cell->work_per_thread;
        }
        scenario.rows.push_back(std::move(row));
      }
      finish(scenario, results);
      setting.scenarios.push_back(std::move(scenario));
    }
    analysis.settings.push_back(std::move(setting));
  }
  Anchors anchors;
  name_settings(analysis.settings, anchors);
  collect_totals(analysis, results);
  name_pages(analysis, anchors);
  return analysis;
}

Standing standing(const std::optional<double>& ratio,
                  const std::optional<measure::Difference>& test, bool is_best) {
  if (is_best) return Standing::best;
  if (!ratio || !test) return Standing::untested;
  return test->differs ? Standing::differs : Standing::indistinct;
}

}  // namespace reclaim::report
