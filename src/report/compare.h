// Two sets of results against each other: what changed, by how much, how sure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/analysis.h"

namespace reclaim::report {

struct CompareOptions {
  double threshold = 0.05;  ///< a median that grew by more than this share, for sure, has regressed
};

/// What became of one quantity.
struct Change {
  double before = 0, after = 0;             ///< medians, seconds or bytes
  double ratio = 1;                         ///< after over before
  std::optional<measure::Difference> test;  ///< none under six rounds on either side

  bool differs() const { return test && test->differs; }
};

/// One model in one scenario, in both sets or in one.
struct ComparedRow {
  std::string setting, model;
  int threads = 1;
  std::optional<Change> wall, peak_rss;  ///< none where one side has no samples
  std::string remark;                    ///< missing, failing, leaking, other work; empty: nothing
  bool regressed = false;

  /// Something of it differs for sure, or there is a remark.
  bool changed() const;
};

struct ResultsComparison {
  std::string before, after;      ///< names of the files
  std::vector<ComparedRow> rows;  ///< what got worse first, then by how much it changed for sure
  std::vector<std::string> notes;
  double threshold = 0;
  std::size_t only_before = 0, only_after = 0;  ///< rows that one side alone has

  bool regressed() const;  ///< exit code 1
};

/// Settings are matched by workload, size, parameters, heap and warm-up.
/// A row has regressed when wall time or peak memory grew past the threshold and the test is sure,
/// when rounds that ended well before now fail, or when it leaks more than is expected of it.
ResultsComparison compare(const Results& before, const Results& after, CompareOptions options = {});

}  // namespace reclaim::report
