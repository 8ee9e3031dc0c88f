// Results grouped for comparison: a setting (workload, parameters, size, heap) holds a scenario for
// each thread count, a scenario a row for each model, a row the samples over its rounds.
// All renderers and the conclusions read this, so that they cannot disagree.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/statistics.h"
#include "report/results.h"

namespace reclaim::report {

/// What stands before the colon: "manual" of "manual:mimalloc".
std::string_view id_of(std::string_view model);

/// This cause lies inside a collection's stop and is never added to it or ranked beside it.
inline constexpr std::string_view part_of_a_stop = "time_to_safepoint";

/// A quantity over the rounds that ended well, with what may be said of it.
struct Estimate {
  std::vector<double> samples;
  double median = 0;                          ///< 0 when there are no samples
  std::optional<measure::Interval> interval;  ///< none under six rounds
  double least = 0, most = 0;

  bool known() const { return !samples.empty(); }
  /// Half the width of the interval, or of the range where there is none, over the median.
  double relative_spread() const;
};

/// Stops of one cause in one row: medians over rounds, but the longest of all rounds for max_s.
struct StopSummary {
  std::string cause;
  double count = 0;
  double total_s = 0;
  std::optional<double> p50_s, p90_s, p99_s, max_s;
};

/// How often a status other than ok was met, and the first message that came with it.
struct Failure {
  std::string status;
  int count = 0;
  std::string message;
};

/// What is left after the end. Counts are the largest over the rounds; they ought to be equal.
struct Leak {
  bool counted = false;  ///< there was a census
  bool reclaims = true;  ///< false: the model never frees, objects are merely unreclaimed
  ObjectCount left;      ///< leaked, or unreclaimed
  std::optional<std::uint64_t> expected;  ///< objects this model cannot free here

  /// More was left than the model's design explains.
  bool unexpected() const { return counted && reclaims && left.objects > expected.value_or(0); }
  /// Less was left than was planted beyond this model's reach: the check itself is in doubt.
  bool missing() const { return counted && reclaims && left.objects < expected.value_or(0); }
  /// Something was left that ought to be told of, or was not left that ought to have been.
  bool worth_telling() const { return counted && reclaims && (left.objects != 0 || missing()); }
};

/// One model in one scenario.
struct Row {
  std::string model;
  std::string anchor;              ///< of its model's page in the report
  std::vector<const Cell*> cells;  ///< by environment and round; they live in Results
  int ok = 0;
  std::vector<Failure> failures;
  Estimate wall, cpu, peak_rss;
  std::vector<StopSummary> stops;  ///< causes met; empty when none
  bool stops_visible = false;      ///< false: the model's stops cannot be seen from outside
  Leak leak;
  std::string checksum;  ///< of the first round that ended well

  /// Against the best row that reclaims; 1 for that row itself, empty without samples.
  std::optional<double> wall_ratio, rss_ratio;
  /// Tests behind them; none for the best row itself or under six rounds.
  std::optional<measure::Difference> wall_test, rss_test;

  /// The cause with the longest single stop; nullptr when there was none.
  const StopSummary* longest_stop() const;
};

/// One thread count of a setting.
struct Scenario {
  int threads = 1;
  bool oversubscribed = false;                  ///< more threads than the machine has cores
  bool same_work = true;                        ///< all rows that ended well have one checksum
  std::vector<Row> rows;                        ///< fastest first, rows without samples last
  std::optional<std::size_t> fastest, leanest;  ///< among rows that reclaim, where there are any

  const Row* find(std::string_view model) const;
};

/// One workload with one set of parameters under one heap limit.
struct Setting {
  std::string workload, size, parameters, heap;
  int warmup = 0;
  std::string title;   ///< the workload, and what tells it from another setting of that workload
  std::string anchor;  ///< unique in the report
  bool work_per_thread = false;
  std::vector<Scenario> scenarios;  ///< by threads, ascending; never empty

  /// The one to show where there is room for one: the greatest thread count with a core each.
  const Scenario& main_scenario() const;
};

struct Analysis {
  std::vector<Setting> settings;                  ///< by title
  std::vector<std::string> models;                ///< alphabetically, those that never reclaim last
  std::vector<std::string> never_reclaim;         ///< the latter
  std::map<std::string, std::string> pages;       ///< anchor of a model's page, by the model's id
  std::vector<int> threads;                       ///< ascending
  std::size_t least_rounds = 0, most_rounds = 0;  ///< that ended well, over rows with any
  std::size_t cells = 0, cells_ok = 0;

  bool reclaims(std::string_view model) const;
};

/// Groups and summarises. The result refers to cells of `results`, which must outlive it.
Analysis analyse(const Results& results);

/// How the ratio of a row to the best is to be read.
enum class Standing : unsigned char { best, differs, indistinct, untested };
Standing standing(const std::optional<double>& ratio,
                  const std::optional<measure::Difference>& test, bool is_best);

}  // namespace reclaim::report
