// What stops come to for those who wait: how late requests are answered, and how much of the time
// mutators have.
#include <algorithm>
#include <map>

#include "report/experiments.h"
#include "report/format.h"
#include "report/overview_parts.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// As long as a server's request may take, or a picture of a game.
constexpr double window_s = 0.010;
constexpr std::string_view window = "10 ms";

/// One in a hundred requests of a round took longer; a value a round.
std::vector<double> late_requests(const Row& row) {
  std::vector<double> values;
  for (const Cell* cell : row.cells) {
    if (!cell->ok() || !cell->latency) continue;
    if (const auto p99 = cell->latency->simple.p99_s) values.push_back(*p99);
  }
  return values;
}

/// The least over the rounds. Empty: not known.
std::optional<double> least_utilisation(const Row& row) {
  std::optional<double> least;
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    for (const Utilisation& at : cell->mmu) {
      if (at.window_s == window_s) least = std::min(least.value_or(1), at.utilisation);
    }
  }
  return least;
}

struct Least {
  double utilisation = 1;
  std::string where, anchor;
};

}  // namespace

std::optional<Conclusion> late_answers(const Analysis& analysis) {
  std::map<std::string, Ratios> by_model;
  double longest_s = 0;
  std::string longest, anchor;
  std::size_t settings = 0;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    if (!scenario.same_work) continue;
    std::vector<std::pair<const Row*, std::vector<double>>> rows;
    for (const Row& row : scenario.rows) {
      std::vector<double> values = late_requests(row);
      if (row.leak.reclaims && values.size() >= measure::least_runs) {
        rows.emplace_back(&row, std::move(values));
      }
    }
    if (rows.size() < 2) continue;
    ++settings;
    const auto median_of = [](const auto& row) { return measure::median(row.second); };
    const auto& best = *std::min_element(
        rows.begin(), rows.end(),
        [&](const auto& a, const auto& b) { return median_of(a) < median_of(b); });
    for (const auto& row : rows) {
      Ratios& own = by_model[row.first->model];
      const auto test = measure::difference(row.second, best.second);
      if (&row == &best) {
        own.add_reference();
      } else if (test) {
        own.add(test->ratio, test->differs);
      }
      if (median_of(row) <= longest_s) continue;
      longest_s = median_of(row);
      longest = fmt::format("{} in {}, {}", row.first->model, setting.title, duration(longest_s));
      anchor = setting.anchor;
    }
  }
  if (by_model.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::latency;
  result.anchor = anchor;
  result.text = fmt::format(
      "The 99th percentile of a request, over that of each workload's best: {}. Latest: {}.",
      list_of(by_model, Order::least_first), longest);
  std::size_t comparisons = 0, apart = 0;
  for (const auto& [model, ratios] : by_model) {
    comparisons += ratios.comparisons();
    apart += ratios.told_apart;
  }
  result.certainty =
      fmt::format("geometric means of {}; told apart in {} of {}", counted(settings, "workload"),
                  apart, counted(comparisons, "comparison"));
  return result;
}

std::optional<Conclusion> time_for_mutators(const Analysis& analysis) {
  std::map<std::string, Least> by_model;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    for (const Row& row : scenario.rows) {
      const auto least = least_utilisation(row);
      if (!least) continue;
      Least& own = by_model[row.model];
      if (!own.where.empty() && *least >= own.utilisation) continue;
      own = {*least, setting.title, setting.anchor};
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

std::optional<Conclusion> claims(const Results& results) {
  if (results.experiments.empty()) return std::nullopt;
  return Conclusion{Topic::claims, experiments_summary(results) + ".",
                    "each by a rule that was written down before", false, experiments_anchor};
}

}  // namespace reclaim::report
