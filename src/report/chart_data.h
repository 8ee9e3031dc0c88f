// What the viewer draws, as JSON: one value a chart, complete in itself, models by their number.
// Numbers have four significant digits: what a picture can show, and a third of the bytes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "report/charts.h"

namespace reclaim::report {

/// `value` with four significant digits; whole numbers stay whole.
nlohmann::json rounded(double value);
nlohmann::json rounded(const std::optional<double>& value);  ///< null where there is none

/// Wall time with its interval and rounds: rows of {model, median, low, high, rounds}.
nlohmann::json wall_data(const Scenario& scenario, const Palette& palette);

/// Rows of {model, time, memory}, each quantity as [median, low, high].
nlohmann::json tradeoff_data(const Scenario& scenario, const Palette& palette);

/// Rows of {model, cause, count, total, p50, p90, p99, max, density}; density: [bin, count]..., in
/// bins of a tenth of a decade of seconds.
nlohmann::json stops_data(const Scenario& scenario, const Palette& palette);

/// Rows of {model, place, left, expected} wherever something leaked.
nlohmann::json leaks_data(const Analysis& analysis, const Palette& palette);

/// Every model on every workload against the best of each: {model, place, threads, time, memory}.
nlohmann::json overview_data(const Analysis& analysis, const Palette& palette);

/// The charts of a page, by the ids of their places, with the models they speak of.
class ChartData {
 public:
  ChartData() : charts_(nlohmann::json::object()) {}
  void add(const std::string& id, nlohmann::json chart) { charts_[id] = std::move(chart); }
  bool empty() const { return charts_.empty(); }
  /// `palette` gives each model its number and colour; `threads` are those one may choose from.
  std::string text(const Palette& palette, const std::vector<int>& threads) const;

 private:
  nlohmann::json charts_;
};

}  // namespace reclaim::report
