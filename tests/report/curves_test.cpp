// What curves say, and that no picture hides a peak.
#include "report/curves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/chart_data.h"
#include "report/report.h"
#include "report/surface.h"
#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

/// `line` with further fields of its record.
std::string with(const CellLine& line, const std::string& fields) {
  nlohmann::json record = nlohmann::json::parse(line.text());
  record.merge_patch(nlohmann::json::parse(fields));
  return record.dump() + "\n";
}

TEST(Curves, ThinningKeepsBothEndsAndEachPeak) {
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 1000; ++i) points.emplace_back(i, i == 333 ? 100 : i == 666 ? -100 : 1);
  const auto few = thinned(points, 40);
  EXPECT_LE(few.size(), 40u);
  EXPECT_EQ(few.front(), points.front());
  EXPECT_EQ(few.back(), points.back());
  for (const int peak : {333, 666}) {
    EXPECT_NE(std::find(few.begin(), few.end(), points[static_cast<std::size_t>(peak)]), few.end());
  }
  EXPECT_TRUE(std::is_sorted(few.begin(), few.end()));
  EXPECT_EQ(thinned(few, 40), few);
}

TEST(Curves, ScalingIsWorkASecondAgainstTheFewestThreads) {
  for (const bool per_thread : {true, false}) {
    CellLine line;
    line.per_thread = per_thread;
    std::string text = EnvironmentLine{}.text();
    for (const int threads : {1, 2, 4}) {
      line.threads = threads;
      line.wall_s = 0.1 * (per_thread ? threads : 1) / std::sqrt(threads);
      text += line.text();
    }
    const Results results = load_text(text, "r.jsonl");
    const LineChart chart = scaling_curves(analyse(results).settings.front());
    ASSERT_EQ(chart.lines.size(), 1u);
    ASSERT_EQ(chart.lines[0].points.size(), 3u);
    EXPECT_NEAR(chart.lines[0].points[2].second, 2, 1e-9);
    EXPECT_EQ(chart.shaded_from, 2.0) << "the fixture's machine has two cores";
    EXPECT_EQ(chart.ideal.back(), (std::pair<double, double>{4, 2}));
  }
}

TEST(Curves, UtilisationIsTheMedianOverRoundsAndAbsentWhereNotMeasured) {
  CellLine line;
  std::string text = EnvironmentLine{}.text();
  for (const double share : {0.1, 0.5, 0.3}) {
    text +=
        with(line, R"({"mmu":[{"window_s":0.001,"utilisation":0},{"window_s":0.1,"utilisation":)" +
                       std::to_string(share) + "}]}");
    ++line.round;
  }
  line.model = "null";
  const Results results = load_text(text + line.text(), "r.jsonl");
  const LineChart chart = utilisation_curves(analyse(results).settings.front().scenarios.front());
  ASSERT_EQ(chart.lines.size(), 1u);
  EXPECT_EQ(chart.lines[0].points,
            (std::vector<std::pair<double, double>>{{0.001, 0}, {0.1, 0.3}}));
}

TEST(Curves, AHeapSweepHasALineOverItsLimits) {
  CellLine line;
  std::string text = EnvironmentLine{}.text();
  for (const char* heap : {"3x", "1.5x", "10x"}) {
    line.heap = heap;
    text += line.text();
  }
  const Results results = load_text(text, "r.jsonl");
  const auto sweeps = heap_sweeps(analyse(results));
  ASSERT_EQ(sweeps.size(), 1u);
  ASSERT_EQ(sweeps[0].time.lines.size(), 1u);
  EXPECT_EQ(sweeps[0].time.lines[0].points.front().first, 1.5);
  EXPECT_EQ(sweeps[0].time.lines[0].points.back().first, 10);
}

/// A stop of 10 ms at three rates and amounts of live data.
Results under_pressure() {
  CellLine line;
  line.workload = "pressure";
  line.stops.push_back({"minor_gc", 3, 0.03, std::nullopt, std::nullopt, 0.01});
  std::string text = EnvironmentLine{}.text();
  for (const char* point : {R"({"params":{"rate_mb_s":50,"live_mb":16}})",
                            R"({"params":{"rate_mb_s":50,"live_mb":64}})",
                            R"({"params":{"rate_mb_s":200,"live_mb":64}})"}) {
    text += with(line, point);
  }
  return load_text(text, "r.jsonl");
}

TEST(Surface, IsDrawnWhereRateAndLiveDataVary) {
  const Results results = under_pressure();
  const auto all = surfaces(analyse(results));
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].models.size(), 1u);
  EXPECT_EQ(all[0].models[0].longest_s[1][1], 0.01);
  EXPECT_FALSE(all[0].models[0].longest_s[1][0]) << "was not run";
  EXPECT_EQ(markup_error(surface_html(all[0])), "");
}

TEST(Surface, ItsPointsHaveNoSectionsOfTheirOwnAndAreFoundBelowIt) {
  const Results results = under_pressure();
  const std::string page = html_page(results, analyse(results));
  EXPECT_EQ(markup_error(page), "");
  EXPECT_EQ(page.find("<h2 id=\"pressure"), std::string::npos);
  const std::size_t surface = page.find("<h2 id=\"pauses-of-all\"");
  ASSERT_NE(surface, std::string::npos);
  std::size_t points = 0;
  for (auto at = page.find("<h3 id=\"pressure", surface); at != page.npos;
       at = page.find("<h3 id=\"pressure", at + 1)) {
    ++points;
  }
  EXPECT_EQ(points, 3u);
}

TEST(ChartData, NumbersHaveFourDigitsAndWholeOnesStayWhole) {
  EXPECT_EQ(rounded(0.0123456).dump(), "0.01235");
  EXPECT_EQ(rounded(12345678.0).dump(), "12350000");
  EXPECT_EQ(rounded(std::optional<double>{}).dump(), "null");
}

}  // namespace
}  // namespace reclaim::report
