// Two results files against each other.
#include "report/compare.h"

#include <gtest/gtest.h>

#include "report/compare_table.h"
#include "report/report.h"
#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

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

std::string of_model(const std::string& model, double factor) {
  CellLine line;
  line.model = model;
  return fixture::rounds(line, scaled(factor));
}

/// worse, better and the same, in one pair of sets.
ResultsComparison three_fates() {
  return compare(results_of(of_model("same", 1) + of_model("better", 1) + of_model("worse", 1) +
                            of_model("much-worse", 1)),
                 results_of(of_model("same", 1) + of_model("better", 0.4) + of_model("worse", 1.2) +
                            of_model("much-worse", 3)));
}

TEST(Compare, WhatGotWorseStandsFirstThenWhatChangedMost) {
  std::vector<std::string> order;
  for (const ComparedRow& row : three_fates().rows) order.push_back(row.model);
  EXPECT_EQ(order, (std::vector<std::string>{"much-worse", "worse", "better", "same"}));
  EXPECT_EQ(changes_table(three_fates(), Detail::full).rows.size(), 3u);
  EXPECT_EQ(unchanged_table(three_fates(), Detail::full).rows.size(), 1u);
}

TEST(Compare, SaysHowSureEachChangeIs) {
  const Table table = changes_table(three_fates(), Detail::full);
  std::string first;
  for (const TableCell& cell : table.rows.at(0)) first += cell.text + "|";
  EXPECT_NE(first.find("100 ms → 300 ms|3.00×|"), std::string::npos) << first;
  EXPECT_NE(first.find(" to "), std::string::npos) << first;
  EXPECT_NE(first.find("|0.002|+1.00|"), std::string::npos) << first;  // p, Cliff's delta
  EXPECT_TRUE(first.ends_with("|worse|")) << first;
}

TEST(Compare, MeansAreGeometricAndOnePerModel) {
  CellLine other;
  other.workload = "larson";
  const Results before = results_of(fixture::rounds({}, base) + fixture::rounds(other, base));
  const Results after =
      results_of(fixture::rounds({}, scaled(4)) + fixture::rounds(other, scaled(1)));
  const Table means = means_table(compare(before, after));
  ASSERT_EQ(means.rows.size(), 1u);
  EXPECT_EQ(means.rows[0].at(1).text, "2");
  EXPECT_EQ(means.rows[0].at(2).text, "2.00×");
  EXPECT_EQ(means.rows[0].at(3).text, "0 / 1");
  EXPECT_EQ(means.rows[0].at(4).text, "~1.00×");
}

TEST(Compare, ThePageIsWellFormedWithoutScriptAndSpeaksOfEachComparison) {
  const std::string page = compare_html({three_fates(), three_fates()});
  EXPECT_EQ(markup_error(page), "");
  EXPECT_NE(page.find("id=\"comparison-2\""), std::string::npos);
  EXPECT_NE(page.find("much-worse"), std::string::npos);
  for (const char* forbidden : {"<script", "http://", "https://", "url(", "src="}) {
    EXPECT_EQ(page.find(forbidden), std::string::npos) << forbidden;
  }
  EXPECT_EQ(markup_error(compare_html({compare(results_of(""), results_of(""))})), "");
}

TEST(Compare, NamesCannotInjectMarkup) {
  CellLine line;
  line.model = "<script>|";
  line.workload = "</table><b>";
  const Results results =
      load_text(EnvironmentLine{}.text() + fixture::rounds(line, base), "<i>.jsonl");
  CellLine failed = line;
  failed.status = "<script>";
  const std::string page = compare_html({compare(results, results_of(failed.text()))});
  EXPECT_EQ(markup_error(page), "");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<i>"), std::string::npos);
  EXPECT_EQ(compare_markdown({compare(results, results)}).find("<script"), std::string::npos);
}

}  // namespace
}  // namespace reclaim::report
