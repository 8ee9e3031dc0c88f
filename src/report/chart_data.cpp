// See chart_data.h.
#include "report/chart_data.h"

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "report/words.h"

namespace reclaim::report {
namespace {

using Json = nlohmann::json;

constexpr double bins_a_decade = 10;

/// [median, low, high] with the range in the interval's place where there are too few rounds.
Json estimate_data(const Estimate& estimate) {
  const measure::Interval interval =
      estimate.interval.value_or(measure::Interval{estimate.least, estimate.most});
  return {rounded(estimate.median), rounded(interval.low), rounded(interval.high)};
}

/// How many stops of a cause fell into each bin, over all rounds: [bin, count, bin, count, ...].
Json density(const Row& row, const std::string& cause) {
  std::map<int, std::uint64_t> bins;
  for (const Cell* cell : row.cells) {
    const auto stop = cell->stops.find(cause);
    if (!cell->ok() || stop == cell->stops.end()) continue;
    for (const auto& [ns, count] : stop->second.histogram) {
      if (ns == 0) continue;
      const double decades = std::log10(static_cast<double>(ns)) - 9;
      bins[static_cast<int>(std::floor(decades * bins_a_decade))] += count;
    }
  }
  Json result = Json::array();
  for (const auto& [bin, count] : bins) {
    result.push_back(bin);
    result.push_back(count);
  }
  return result;
}

Json chart(const char* kind, const std::string& name, const Scenario& scenario, Json rows) {
  return {{"kind", kind},
          {"name", name + ", " + threads_words(scenario.threads)},
          {"threads", scenario.threads},
          {"rows", std::move(rows)}};
}

}  // namespace

Json rounded(double value) {
  const double short_value = std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr);
  constexpr double exact = 9007199254740992.0;
  if (short_value == std::floor(short_value) && std::abs(short_value) < exact) {
    return static_cast<std::int64_t>(short_value);
  }
  return short_value;
}

Json rounded(const std::optional<double>& value) { return value ? rounded(*value) : Json(); }

Json wall_data(const Scenario& scenario, const Palette& palette) {
  Json rows = Json::array();
  for (const Row& row : scenario.rows) {
    if (!row.wall.known()) continue;
    Json samples = Json::array();
    for (const double sample : row.wall.samples) samples.push_back(rounded(sample));
    rows.push_back({{"model", palette.number(row.model)},
                    {"wall", estimate_data(row.wall)},
                    {"rounds", std::move(samples)}});
  }
  return chart("wall", "Wall time", scenario, std::move(rows));
}

Json tradeoff_data(const Scenario& scenario, const Palette& palette) {
  Json rows = Json::array();
  for (const Row& row : scenario.rows) {
    if (!(row.wall.median > 0) || !(row.peak_rss.median > 0)) continue;
    rows.push_back({{"model", palette.number(row.model)},
                    {"time", estimate_data(row.wall)},
                    {"memory", estimate_data(row.peak_rss)}});
  }
  return chart("tradeoff", "Memory against time", scenario, std::move(rows));
}

Json stops_data(const Scenario& scenario, const Palette& palette) {
  Json rows = Json::array();
  for (const Row& row : scenario.rows) {
    for (const StopSummary& stop : row.stops) {
      if (!stop.max_s || !(*stop.max_s > 0)) continue;
      Json item = {{"model", palette.number(row.model)}, {"cause", stop.cause},
                   {"count", rounded(stop.count)},       {"total", rounded(stop.total_s)},
                   {"p50", rounded(stop.p50_s)},         {"p90", rounded(stop.p90_s)},
                   {"p99", rounded(stop.p99_s)},         {"max", rounded(stop.max_s)}};
      if (Json bins = density(row, stop.cause); !bins.empty()) item["density"] = std::move(bins);
      if (stop.cause == part_of_a_stop) item["part"] = true;
      rows.push_back(std::move(item));
    }
  }
  return chart("stops", "Stops by model and cause", scenario, std::move(rows));
}

Json leaks_data(const Analysis& analysis, const Palette& palette) {
  Json rows = Json::array();
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        const Leak& leak = row.leak;
        if (!leak.worth_telling()) continue;
        rows.push_back({{"model", palette.number(row.model)},
                        {"place", setting.title},
                        {"threads", scenario.threads},
                        {"left", leak.left.objects},
                        {"expected", leak.expected.value_or(0)}});
      }
    }
  }
  return {{"kind", "leaks"}, {"name", "Leaked objects"}, {"rows", std::move(rows)}};
}

Json overview_data(const Analysis& analysis, const Palette& palette) {
  Json rows = Json::array();
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        if (!row.wall_ratio || !row.rss_ratio) continue;
        rows.push_back({{"model", palette.number(row.model)},
                        {"place", setting.title},
                        {"threads", scenario.threads},
                        {"time", rounded(*row.wall_ratio)},
                        {"memory", rounded(*row.rss_ratio)}});
      }
    }
  }
  return {{"kind", "overview"},
          {"name", "Time and memory of every model on every workload"},
          {"rows", std::move(rows)}};
}

std::string ChartData::text(const Palette& palette, const std::vector<int>& threads) const {
  Json models = Json::array();
  for (const std::string& model : palette.models()) {
    models.push_back({{"name", model}, {"colour", palette.colour_class(model)}});
  }
  return Json{{"models", std::move(models)}, {"threads", threads}, {"charts", charts_}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace reclaim::report
