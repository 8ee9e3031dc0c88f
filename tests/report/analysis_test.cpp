// Grouping: who is compared with whom, and what may be said of it.
#include "report/analysis.h"

#include <gtest/gtest.h>

#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

CellLine cell_of(const std::string& model, const std::string& heap = "") {
  CellLine line;
  line.model = model;
  line.heap = heap;
  return line;
}

Results results_of(const std::string& cells) {
  return load_text(EnvironmentLine{}.text() + cells, "r.jsonl");
}

TEST(Analysis, TheFastestIsTheLeastMedianAndOthersStandRelativeToIt) {
  const Results results =
      results_of(fixture::rounds(cell_of("slow"), {0.30, 0.31, 0.29, 0.30, 0.32, 0.28}) +
                 fixture::rounds(cell_of("fast"), {0.10, 0.11, 0.09, 0.10, 0.12, 0.10}));
  const Analysis analysis = analyse(results);
  ASSERT_EQ(analysis.settings.size(), 1u);
  const Scenario& scenario = analysis.settings[0].scenarios.at(0);
  ASSERT_TRUE(scenario.fastest);
  EXPECT_EQ(scenario.rows[*scenario.fastest].model, "fast");
  const Row* slow = scenario.find("slow");
  EXPECT_NEAR(*slow->wall_ratio, 3, 1e-9);
  ASSERT_TRUE(slow->wall_test);
  EXPECT_TRUE(slow->wall_test->differs);
  EXPECT_TRUE(slow->wall.interval);
}

TEST(Analysis, UnderSixRoundsThereIsNoIntervalAndNoTest) {
  const Results results = results_of(fixture::rounds(cell_of("a"), {1, 2, 3, 4, 5}) +
                                     fixture::rounds(cell_of("b"), {6, 7, 8, 9, 10}));
  const Analysis analysis = analyse(results);
  const Row* b = analysis.settings[0].scenarios[0].find("b");
  EXPECT_FALSE(b->wall.interval);
  EXPECT_FALSE(b->wall_test);
  EXPECT_EQ(standing(b->wall_ratio, b->wall_test, false), Standing::untested);
}

TEST(Analysis, AModelThatNeverFreesIsShownButDoesNotCompete) {
  CellLine never = cell_of("never");
  never.reclaims = false;
  never.leaked = 5;
  const Results results =
      results_of(fixture::rounds(never, {0.01, 0.01}) + fixture::rounds(cell_of("frees"), {1, 1}));
  const Analysis analysis = analyse(results);
  const Scenario& scenario = analysis.settings[0].scenarios[0];
  EXPECT_EQ(scenario.rows[*scenario.fastest].model, "frees");
  EXPECT_DOUBLE_EQ(*scenario.find("never")->wall_ratio, 0.01);
  EXPECT_EQ(analysis.models.back(), "never");
  EXPECT_FALSE(scenario.find("never")->leak.unexpected());
}

TEST(Analysis, SettingsDifferByHeapAndAModelWithoutALimitStandsUnderEach) {
  const Results results = results_of(cell_of("gen", "2x").text() + cell_of("gen", "3x").text() +
                                     cell_of("manual").text());
  const Analysis analysis = analyse(results);
  ASSERT_EQ(analysis.settings.size(), 2u);
  for (const Setting& setting : analysis.settings) {
    EXPECT_EQ(setting.scenarios[0].rows.size(), 2u) << setting.title;
  }
  EXPECT_EQ(analysis.settings[0].title, "gcbench, heap 2x");
  EXPECT_NE(analysis.settings[0].anchor, analysis.settings[1].anchor);
}

TEST(Analysis, AModelWithAndWithoutALimitHasASettingForEach) {
  const Results results =
      results_of(cell_of("gen", "2x").text() + cell_of("gen").text() + cell_of("manual").text());
  const Analysis analysis = analyse(results);
  ASSERT_EQ(analysis.settings.size(), 2u);
  EXPECT_EQ(analysis.settings[0].scenarios[0].rows.size(), 2u);
  EXPECT_EQ(analysis.settings[1].scenarios[0].rows.size(), 2u);
}

TEST(Analysis, FailedRoundsAreCountedByStatusAndLeaveTheMediansAlone) {
  CellLine failed = cell_of("gen");
  failed.status = "timeout";
  failed.message = "no result after 60 s";
  failed.round = 7;
  const Results results = results_of(fixture::rounds(cell_of("gen"), {1, 2, 3}) + failed.text());
  const Analysis analysis = analyse(results);
  const Row& row = analysis.settings[0].scenarios[0].rows[0];
  EXPECT_EQ(row.ok, 3);
  EXPECT_DOUBLE_EQ(row.wall.median, 2);
  ASSERT_EQ(row.failures.size(), 1u);
  EXPECT_EQ(row.failures[0].status, "timeout");
}

TEST(Analysis, DifferentChecksumsAreNotTheSameWork) {
  CellLine odd = cell_of("odd");
  odd.checksum = "0x00000000000000ff";
  const Results same = results_of(cell_of("a").text() + cell_of("b").text());
  const Results differ = results_of(cell_of("a").text() + odd.text());
  EXPECT_TRUE(analyse(same).settings[0].scenarios[0].same_work);
  EXPECT_FALSE(analyse(differ).settings[0].scenarios[0].same_work);
}

TEST(Analysis, MoreThreadsThanCoresAreOversubscribed) {
  CellLine four = cell_of("gen");
  four.threads = 4;
  const Results results = results_of(cell_of("gen").text() + four.text());
  const Analysis analysis = analyse(results);
  EXPECT_FALSE(analysis.settings[0].scenarios[0].oversubscribed);
  EXPECT_TRUE(analysis.settings[0].scenarios[1].oversubscribed);
  EXPECT_EQ(analysis.settings[0].main_scenario().threads, 1);
}

TEST(Analysis, TimeToSafepointIsNeverTheLongestStop) {
  CellLine line = cell_of("gen");
  line.stops.push_back({"time_to_safepoint", 9, 0.1, 0.01, std::nullopt, 0.9});
  line.stops.push_back({"minor_gc", 9, 0.1, 0.01, std::nullopt, 0.2});
  const Results results = results_of(line.text());
  const Analysis analysis = analyse(results);
  const Row& row = analysis.settings[0].scenarios[0].rows[0];
  ASSERT_NE(row.longest_stop(), nullptr);
  EXPECT_EQ(row.longest_stop()->cause, "minor_gc");
  EXPECT_FALSE(row.longest_stop()->p99_s);
}

}  // namespace
}  // namespace reclaim::report
