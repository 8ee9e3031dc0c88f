// What stops come to for those who wait: how late requests are answered, and how much of the time
// mutators have.
#include <algorithm>
#include <map>

#include "report/figure_table.h"
#include "report/format.h"
#include "report/overview_parts.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// As long as a server's request may take, or a picture of a game.
constexpr double window_s = 0.010;
constexpr std::string_view window = "10 ms";

/// One in a hundred requests took longer.
std::optional<double> late_request(const Cell& cell) {
  return cell.latency ? cell.latency->simple.p99_s : std::nullopt;
}

/// The share of its worst window that a cell left to mutators.
std::optional<double> utilisation(const Cell& cell) {
  for (const Utilisation& at : cell.mmu) {
    if (at.window_s == window_s) return at.utilisation;
  }
  return std::nullopt;
}

struct Least {
  double utilisation = 1;
  std::string where, anchor;
};

}  // namespace

std::optional<Conclusion> late_answers(const Analysis& analysis) {
  std::map<std::string, Ratios> by_model;
  double latest_s = 0;
  std::string latest, anchor;
  std::size_t settings = 0;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    if (!scenario.same_work) continue;
    std::vector<std::pair<std::string, std::vector<double>>> named;
    for (const Row& row : scenario.rows) {
      std::vector<double> values = over_rounds(row, late_request);
      if (!row.leak.reclaims || values.size() < measure::least_runs) continue;
      named.emplace_back(row.model, std::move(values));
    }
    if (named.size() < 2) continue;
    ++settings;
    add_over_best(named, by_model);
    for (const auto& [model, values] : named) {
      const double late_s = measure::median(values);
      if (late_s <= latest_s) continue;
      latest_s = late_s;
      latest = fmt::format("{} in {}, {}", model, setting.title, duration(late_s));
      anchor = setting.anchor;
    }
  }
  if (by_model.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::latency;
  result.anchor = anchor;
  result.text = fmt::format(
      "The 99th percentile of a request, over that of each workload's best: {}. Latest: {}.",
      list_of(by_model, Order::least_first), latest);
  const Comparisons comparisons = comparisons_of(by_model);
  result.certainty =
      fmt::format("geometric means of {}; told apart in {} of {}", counted(settings, "workload"),
                  comparisons.told_apart, counted(comparisons.all, "comparison"));
  return result;
}

std::optional<Conclusion> time_for_mutators(const Analysis& analysis) {
  std::map<std::string, Least> by_model;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    for (const Row& row : scenario.rows) {
      const std::vector<double> values = over_rounds(row, utilisation);
      if (values.empty()) continue;
      const double least = *std::min_element(values.begin(), values.end());
      Least& own = by_model[row.model];
      if (!own.where.empty() && least >= own.utilisation) continue;
      own = {least, setting.title, setting.anchor};
    }
  }
  if (by_model.empty()) return std::nullopt;
  std::vector<std::pair<std::string, Least>> sorted(by_model.begin(), by_model.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.utilisation > b.second.utilisation;
  });
  std::vector<std::string> parts;
  for (const auto& [model, least] : sorted) {
    parts.push_back(fmt::format("{} {} ({})", model, percent(least.utilisation), least.where));
  }
  return Conclusion{
      Topic::utilisation,
      fmt::format("In its worst {} a run left to one of its threads: {}.", window, list_of(parts)),
      "least of all rounds; a minimum has no interval", false, sorted.back().second.anchor};
}

}  // namespace reclaim::report
