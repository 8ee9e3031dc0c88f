// Two results files against each other.
#include "report/compare.h"

#include <gtest/gtest.h>

#include "report/report.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

const std::vector<double> base{0.100, 0.101, 0.099, 0.102, 0.098, 0.100};

std::vector<double> scaled(double factor) {
  std::vector<double> result = base;
  for (double& seconds : result) seconds *= factor;
  return result;
}

Results results_of(const std::string& cells) {
  return load_text(EnvironmentLine{}.text() + cells, "r.jsonl");
}

TEST(Compare, ASetAgainstItselfHasNotRegressed) {
  const Results results = results_of(fixture::rounds({}, base));
  const ResultsComparison comparison = compare(results, results);
  ASSERT_EQ(comparison.rows.size(), 1u);
  EXPECT_FALSE(comparison.regressed());
  EXPECT_NE(compare_text(comparison).find("~1.00×"), std::string::npos);
}

TEST(Compare, ASlowdownPastTheThresholdIsARegressionAndOneBelowIsNot) {
  const Results before = results_of(fixture::rounds({}, base));
  const Results after = results_of(fixture::rounds({}, scaled(1.2)));
  EXPECT_TRUE(compare(before, after, {.threshold = 0.05}).regressed());
  EXPECT_FALSE(compare(before, after, {.threshold = 0.30}).regressed());
  EXPECT_FALSE(compare(after, before).regressed());
  EXPECT_NE(compare_text(compare(before, after)).find("worse"), std::string::npos);
}

TEST(Compare, UnderSixRoundsNothingHasRegressed) {
  const Results before = results_of(fixture::rounds({}, {0.1, 0.1, 0.1}));
  const Results after = results_of(fixture::rounds({}, {0.9, 0.9, 0.9}));
  EXPECT_FALSE(compare(before, after).regressed());
  EXPECT_NE(compare_text(compare(before, after)).find("?9.00×"), std::string::npos);
}

TEST(Compare, MoreMemoryNewFailuresAndNewLeaksAreRegressions) {
  const Results before = results_of(fixture::rounds({}, base));
  CellLine larger;
  larger.peak_rss_bytes = 9e7;
  EXPECT_TRUE(compare(before, results_of(fixture::rounds(larger, base))).regressed());
  CellLine leaky;
  leaky.leaked = 1;
  EXPECT_TRUE(compare(before, results_of(fixture::rounds(leaky, base))).regressed());
  CellLine crashed;
  crashed.status = "crashed";
  crashed.round = 9;
  const Results failing = results_of(fixture::rounds({}, base) + crashed.text());
  EXPECT_TRUE(compare(before, failing).regressed());
  EXPECT_NE(compare_text(compare(before, failing)).find("now crashed"), std::string::npos);
}

TEST(Compare, RowsOfOneSideAloneAreCounted) {
  CellLine other;
  other.model = "other";
  const Results before = results_of(fixture::rounds({}, base));
  const Results after = results_of(fixture::rounds(other, base));
  const ResultsComparison comparison = compare(before, after);
  EXPECT_TRUE(comparison.rows.empty());
  EXPECT_EQ(comparison.only_before, 1u);
  EXPECT_EQ(comparison.only_after, 1u);
}

TEST(Compare, DifferentMachinesAreNoted) {
  EnvironmentLine elsewhere;
  elsewhere.cores = 64;
  const Results before = results_of(fixture::rounds({}, base));
  const Results after = load_text(elsewhere.text() + fixture::rounds({}, base), "b.jsonl");
  EXPECT_NE(compare_text(compare(before, after)).find("different machines"), std::string::npos);
}

}  // namespace
}  // namespace reclaim::report
