// See curves.h.
#include "report/curves.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr std::size_t most_memory_points = 40;  // what a chart's width can show

/// Adds a line if it leads somewhere.
void add_line(LineChart& chart, Line line) {
  if (line.points.size() > 1) chart.lines.push_back(std::move(line));
}

using Quantile = std::optional<double> LatencyQuantiles::*;
constexpr std::pair<Quantile, const char*> quantiles[] = {{&LatencyQuantiles::p50_s, "50 %"},
                                                          {&LatencyQuantiles::p90_s, "90 %"},
                                                          {&LatencyQuantiles::p99_s, "99 %"},
                                                          {&LatencyQuantiles::p999_s, "99.9 %"},
                                                          {&LatencyQuantiles::max_s, "longest"}};

/// One line over the quantiles of all rounds that `of` finds latencies in.
template <class Of>
void add_latency(LineChart& chart, const Row& row, const char* variant, Of of) {
  Line line{row.model, variant, {}};
  for (std::size_t q = 0; q < std::size(quantiles); ++q) {
    std::vector<double> values;
    for (const Cell* cell : row.cells) {
      if (!cell->ok() || !cell->latency) continue;
      const LatencyQuantiles* latency = of(*cell->latency);
      if (latency == nullptr || !(latency->*quantiles[q].first)) continue;
      values.push_back(*(latency->*quantiles[q].first));
    }
    if (values.empty()) continue;
    const bool longest = quantiles[q].first == &LatencyQuantiles::max_s;
    const double value =
        longest ? *std::max_element(values.begin(), values.end()) : measure::median(values);
    line.points.emplace_back(static_cast<double>(q), value);
  }
  add_line(chart, std::move(line));
}

/// The N of "Nx".
std::optional<double> multiple_of(const std::string& heap) {
  double value = 0;
  const auto [end, error] = std::from_chars(heap.data(), heap.data() + heap.size(), value);
  if (error != std::errc() || std::string_view(end, heap.data() + heap.size()) != "x" ||
      !(value > 0)) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> limit_of(const Setting& setting) {
  for (const Scenario& scenario : setting.scenarios) {
    for (const Row& row : scenario.rows) {
      for (const Cell* cell : row.cells) {
        if (cell->heap_limit_bytes) return cell->heap_limit_bytes;
      }
    }
  }
  return std::nullopt;
}

/// Settings that differ in nothing but the heap limit.
std::vector<std::vector<const Setting*>> by_heap(const Analysis& analysis) {
  using Key = std::tuple<std::string, std::string, std::string, int>;
  std::map<Key, std::vector<const Setting*>> groups;
  for (const Setting& setting : analysis.settings) {
    if (!multiple_of(setting.heap) && !limit_of(setting))
      continue;  // no place on an axis of limits
    groups[{setting.workload, setting.size, setting.parameters, setting.warmup}].push_back(
        &setting);
  }
  std::vector<std::vector<const Setting*>> result;
  for (auto& [key, settings] : groups) {
    if (settings.size() > 1) result.push_back(std::move(settings));
  }
  return result;
}

/// A line for each model over limits `at` of `settings`, for one thread count.
LineChart against_heap(const std::vector<const Setting*>& settings, const std::vector<double>& at,
                       int threads, Estimate Row::*quantity) {
  std::map<std::string, std::map<double, double>> values;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    for (const Scenario& scenario : settings[i]->scenarios) {
      if (scenario.threads != threads) continue;
      for (const Row& row : scenario.rows) {
        if ((row.*quantity).known()) values[row.model][at[i]] = (row.*quantity).median;
      }
    }
  }
  LineChart chart;
  for (const auto& [model, points] : values) {
    add_line(chart, {model, "", {points.begin(), points.end()}});
  }
  return chart;
}

}  // namespace

LineChart scaling_curves(const Setting& setting) {
  LineChart chart;
  const Scenario& first = setting.scenarios.front();
  if (setting.scenarios.size() < 2) return chart;
  chart.title = "Work a second by threads";
  chart.x = {"threads", Unit::count, true, {}, {}, {}};
  chart.y = {"work a second", Unit::factor, false, {}, {}, {}};
  double enough_cores = first.threads;
  for (const Scenario& scenario : setting.scenarios) {
    chart.x.ticks.emplace_back(scenario.threads, std::to_string(scenario.threads));
    if (!scenario.oversubscribed) enough_cores = scenario.threads;
  }
  const double most = setting.scenarios.back().threads;
  for (const double threads : {static_cast<double>(first.threads), enough_cores, most}) {
    if (!chart.ideal.empty() && chart.ideal.back().first == threads) continue;
    chart.ideal.emplace_back(threads, std::min(threads, enough_cores) / first.threads);
  }
  if (enough_cores < most) chart.shaded_from = enough_cores;
  for (const Row& base : first.rows) {
    Line line{base.model, "", {}};
    for (const Scenario& scenario : setting.scenarios) {
      const Row* row = scenario.find(base.model);
      if (row == nullptr || !(row->wall.median > 0) || !base.wall.known()) continue;
      const double work =
          setting.work_per_thread ? static_cast<double>(scenario.threads) / first.threads : 1;
      line.points.emplace_back(scenario.threads, work * base.wall.median / row->wall.median);
    }
    add_line(chart, std::move(line));
  }
  return chart;
}

LineChart utilisation_curves(const Scenario& scenario) {
  LineChart chart;
  chart.title = "Least share of a window in which mutators ran, " + threads_words(scenario.threads);
  chart.x = {"window", Unit::seconds, true, {}, {}, {}};
  chart.y = {"utilisation", Unit::share, false, {}, 0.0, 1.0};
  for (const Row& row : scenario.rows) {
    std::map<double, std::vector<double>> windows;
    for (const Cell* cell : row.cells) {
      if (!cell->ok()) continue;
      for (const Utilisation& at : cell->mmu) {
        if (at.window_s > 0) windows[at.window_s].push_back(at.utilisation);
      }
    }
    Line line{row.model, "", {}};
    for (const auto& [window, values] : windows) {
      line.points.emplace_back(window, measure::median(values));
    }
    add_line(chart, std::move(line));
  }
  return chart;
}

LineChart memory_curves(const Scenario& scenario) {
  LineChart chart;
  chart.title = "Resident memory over the run, " + threads_words(scenario.threads);
  chart.x = {"since its start", Unit::seconds, false, {}, {}, {}};
  chart.y = {"resident", Unit::bytes, false, {}, {}, {}};
  for (const Row& row : scenario.rows) {
    const Cell* shown = nullptr;
    const auto off = [&](const Cell* cell) { return std::abs(*cell->wall_s - row.wall.median); };
    for (const Cell* cell : row.cells) {
      if (!cell->ok() || cell->rss_series.size() < 2) continue;
      if (shown == nullptr || off(cell) < off(shown)) shown = cell;
    }
    if (shown != nullptr) {
      add_line(chart, {row.model, "", thinned(shown->rss_series, most_memory_points)});
    }
  }
  return chart;
}

LineChart latency_curves(const Scenario& scenario) {
  LineChart chart;
  chart.title = "Latency of operations by percentile, " + threads_words(scenario.threads);
  chart.x = {"percentile", Unit::count, false, {}, {}, {}};
  chart.y = {"latency", Unit::seconds, true, {}, {}, {}};
  for (std::size_t q = 0; q < std::size(quantiles); ++q) {
    chart.x.ticks.emplace_back(static_cast<double>(q), quantiles[q].second);
  }
  for (const Row& row : scenario.rows) {
    add_latency(chart, row, "", [](const Latency& latency) { return &latency.simple; });
    add_latency(chart, row, "metered", [](const Latency& latency) -> const LatencyQuantiles* {
      for (const MeteredLatency& metered : latency.metered) {
        if (!metered.window_s) return &metered.latency;
      }
      return nullptr;
    });
    add_latency(chart, row, "since due", [](const Latency& latency) {
      return latency.open_loop ? &latency.open_loop->latency : nullptr;
    });
  }
  return chart;
}

std::vector<HeapSweep> heap_sweeps(const Analysis& analysis) {
  std::vector<HeapSweep> result;
  for (const auto& settings : by_heap(analysis)) {
    const bool multiples = std::all_of(settings.begin(), settings.end(), [](const Setting* s) {
      return multiple_of(s->heap).has_value();
    });
    std::vector<double> at;
    std::set<int> threads;
    for (const Setting* setting : settings) {
      at.push_back(multiples ? *multiple_of(setting->heap) : limit_of(*setting).value_or(0));
      for (const Scenario& scenario : setting->scenarios) threads.insert(scenario.threads);
    }
    for (const int count : threads) {
      HeapSweep sweep;
      sweep.title = settings.front()->workload;
      sweep.threads = count;
      sweep.time = against_heap(settings, at, count, &Row::wall);
      sweep.memory = against_heap(settings, at, count, &Row::peak_rss);
      const std::string words =
          fmt::format(" by heap limit, {}, {}", sweep.title, threads_words(count));
      for (LineChart* chart : {&sweep.time, &sweep.memory}) {
        const bool time = chart == &sweep.time;
        chart->title = (time ? "Wall time" : "Peak memory") + words;
        chart->x = {multiples ? "heap limit, times the live bytes" : "heap limit",
                    multiples ? Unit::factor : Unit::bytes,
                    true,
                    {},
                    {},
                    {}};
        for (std::size_t i = 0; i < at.size(); ++i) {
          chart->x.ticks.emplace_back(at[i], settings[i]->heap);
        }
        std::sort(chart->x.ticks.begin(), chart->x.ticks.end());
        chart->y = {
            time ? "wall time" : "peak RSS", time ? Unit::seconds : Unit::bytes, true, {}, {}, {}};
      }
      result.push_back(std::move(sweep));
    }
  }
  return result;
}

}  // namespace reclaim::report
