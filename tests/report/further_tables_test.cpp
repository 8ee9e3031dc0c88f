// The tables beside the comparison, each on results made so that the right answer is known.
#include "report/further_tables.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "report/report.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

Results results_of(const std::string& cells) {
  return load_text(EnvironmentLine{}.text() + cells, "r.jsonl");
}

/// The text in a row whose first cells are `head`; "no such row".
std::string text_at(const Table& table, const std::vector<std::string>& head, std::size_t column) {
  for (const auto& row : table.rows) {
    bool alike = true;
    for (std::size_t i = 0; i < head.size(); ++i) alike = alike && row[i].text == head[i];
    if (alike) return row.at(column).text;
  }
  return "no such row";
}

/// A cell with one more field.
std::string with(const CellLine& line, const std::string& field) {
  std::string text = line.text();
  return text.insert(text.find('{') + 1, field + ",");
}

CellLine cell(const std::string& model, double wall_s, double rss, const std::string& heap = "") {
  CellLine line;
  line.model = model;
  line.wall_s = line.cpu_s = wall_s;
  line.peak_rss_bytes = rss;
  line.heap = heap;
  return line;
}

TEST(MemoryTable, GoesStepByStepFromWhatWasAskedForToWhatIsLeft) {
  const Results results = results_of(
      with(
          cell("m", 0.1, 4e7),
          R"("memory": {"asked_bytes": 1e7, "with_headers_bytes": 1.5e7, "held_bytes": null,)"
          R"("resident_bytes": 4e7, "after_s": [[0.1, 3e7], [5, 2e7]], "after_purge_bytes": 1e7})") +
      cell("unseen", 0.1, 4e7).text());
  const Analysis analysis = analyse(results);
  const Table table = memory_table(analysis.settings.at(0).main_scenario());
  ASSERT_EQ(table.rows.size(), 1u) << "a model without these steps has no row";
  std::vector<std::string> names, row;
  for (const Column& column : table.columns) names.push_back(column.heading);
  for (const TableCell& one : table.rows[0]) row.push_back(one.text);
  EXPECT_EQ(names,
            (std::vector<std::string>{"model", "asked for", "with headers", "held", "resident",
                                      "before", "100 ms after", "5.00 s after", "purged"}));
  EXPECT_EQ(row, (std::vector<std::string>{"m", "10.0 MB", "15.0 MB", "—", "40.0 MB", row[5],
                                           "30.0 MB", "20.0 MB", "10.0 MB"}));
}

TEST(OverheadTable, TakesTheTimeForWhichTheWorldStoodOffTheBaselineAndNothingElse) {
  CellLine gen = cell("gen", 0.1, 4e7);
  gen.stops.push_back({"minor_gc", 10, 0.02, 0.002, std::nullopt, 0.004});
  gen.stops.push_back({"time_to_safepoint", 10, 0.01, 0.001, std::nullopt, 0.002});
  gen.stops.push_back({"monitor_wait", 10, 0.05, 0.001, std::nullopt, 0.002});
  const Results results = results_of(gen.text() + cell("manual", 0.2, 1e7).text());
  const Table table = overhead_table(analyse(results));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(text_at(table, {"gen"}, 1), "1.25×");  // 100 ms over 100 - 20 ms
  EXPECT_EQ(text_at(table, {"manual"}, 1), "2.50×");
  EXPECT_EQ(text_at(table, {"gen"}, 5), "4.00×");
  EXPECT_EQ(text_at(table, {"manual"}, 5), "1.00×");
}

TEST(EqualMemoryTable, ReadsTheTimeOffBetweenTheLimitsThatWereRun) {
  const Results results =
      results_of(cell("gen", 0.4, 2e7, "2x").text() + cell("gen", 0.2, 4e7, "4x").text() +
                 cell("manual", 0.15, 3e7).text() + cell("rc", 0.1, 1e7).text());
  const Table table = equal_memory_table(analyse(results));
  EXPECT_EQ(text_at(table, {"gcbench", "1", "manual"}, 6), "300 ms");
  EXPECT_EQ(text_at(table, {"gcbench", "1", "manual"}, 7), "2.00×");
  EXPECT_EQ(text_at(table, {"gcbench", "1", "rc"}, 6), "not reached: 20.0 MB at least");
  const Results one_limit =
      results_of(cell("gen", 0.4, 2e7, "2x").text() + cell("manual", 0.15, 3e7).text());
  EXPECT_TRUE(equal_memory_table(analyse(one_limit)).rows.empty());
}

TEST(MeterPriceTable, ComparesCellsWithAndWithoutMetersAndSaysHowSureThatIs) {
  std::string cells;
  for (int round = 0; round < 6; ++round) {
    CellLine line = cell("gen", 0.1 + 0.0001 * round, 4e7);
    line.round = round;
    cells += with(line, R"("meters":true)");
    line.wall_s -= 0.01;
    cells += with(line, R"("meters":false)");
  }
  const Table table = meter_price_table(results_of(cells));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(text_at(table, {"gcbench", "1", "gen"}, 3), "+11.1 %");
  EXPECT_NE(text_at(table, {"gcbench", "1", "gen"}, 4), "—");
  EXPECT_EQ(text_at(table, {"gcbench", "1", "gen"}, 5), "~+0.0 %");
  EXPECT_TRUE(meter_price_table(results_of(cell("gen", 0.1, 4e7).text())).rows.empty());
}

TEST(LatencyTable, HasARowForEachModelThatServedAndTheOpenLoopWhereOneWasRun) {
  const std::string latency =
      R"("latency":{"count":9,"simple":{"p50_s":0.001,"p99_s":0.002,"max_s":0.1},)"
      R"("metered":[{"window_s":0.001,"p99_s":0.003},{"window_s":null,"p99_s":0.05}],)"
      R"("open_loop":{"rate_per_s":100,"load":0.8,"p50_s":0.004,"p99_s":0.07,"max_s":0.2}})";
  const Results results =
      results_of(with(cell("gen", 0.1, 4e7), latency) + cell("null", 0.1, 4e7).text());
  const Analysis analysis = analyse(results);
  const Table table = latency_table(analysis.settings.front().scenarios.front());
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(text_at(table, {"gen"}, 1), "1.00 ms");
  EXPECT_EQ(text_at(table, {"gen"}, 3), "—");
  EXPECT_EQ(text_at(table, {"gen"}, 7), "50.0 ms");
  EXPECT_EQ(text_at(table, {"gen"}, 9), "70.0 ms");
  EXPECT_NE(terminal_table(results).find("Latency of requests: gcbench, 1 thread"),
            std::string::npos);
  EXPECT_NE(markdown_report(results, analysis).find("## Latency of requests"), std::string::npos);
}

TEST(WhyTable, HasARowForEachTypeOfThoseThatWereAsked) {
  const std::string why =
      R"("why":[{"type":"Node","kept_by":"root","objects":20000,"bytes":480000,"distance":3,)"
      R"("path":"Global → Cache.1 → Array[7] → Node"},)"
      R"({"type":"Twin","kept_by":"ring","objects":2,"bytes":32,"distance":0,)"
      R"("path":"ring of 2: Twin.0 → Twin.0 → Twin"}])";
  const Results results =
      results_of(with(cell("gen", 0.1, 4e7), why) + with(cell("null", 0.1, 4e7), R"("why":null)"));
  const Analysis analysis = analyse(results);
  const Table table = why_table(analysis.settings.front().scenarios.front());
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(text_at(table, {"gen", "Node"}, 2), "20,000");
  EXPECT_EQ(text_at(table, {"gen", "Node"}, 3), "480 kB");
  EXPECT_EQ(text_at(table, {"gen", "Node"}, 4), "3");
  EXPECT_EQ(text_at(table, {"gen", "Node"}, 5), "Global → Cache.1 → Array[7] → Node");
  EXPECT_EQ(text_at(table, {"gen", "Twin"}, 4), "0");
  for (const std::string& page : {markdown_report(results, analysis), html_page(results, analysis),
                                  terminal_table(results, {false, 200})}) {
    EXPECT_NE(page.find("Twin.0 → Twin.0 → Twin"), std::string::npos);
  }
}

TEST(SitesTable, TellsWhatIsLeftOfWhatWasMadeAtAPlace) {
  const std::string sites =
      R"("by_site":true,"sites":[{"type":"Node","file":"a/b.h","line":7,"allocated_objects":9,)"
      R"("allocated_bytes":72,"leaked_objects":3,"leaked_bytes":24},)"
      R"({"type":"Node","file":"a/b.h","line":8,"allocated_objects":9,"allocated_bytes":72,)"
      R"("leaked_objects":0,"leaked_bytes":0}])";
  const Results results =
      results_of(with(cell("manual", 0.1, 4e7), sites) + cell("manual", 0.1, 4e7).text());
  const Analysis analysis = analyse(results);
  ASSERT_EQ(analysis.settings.size(), 2u) << "what is slowed down is not compared with what is not";
  std::vector<Table> tables;
  for (const Setting& setting : analysis.settings) {
    tables.push_back(sites_table(setting.scenarios.front()));
  }
  if (tables[0].rows.empty()) std::swap(tables[0], tables[1]);
  EXPECT_TRUE(tables[1].rows.empty());
  EXPECT_EQ(text_at(tables[0], {"manual", "Node", "a/b.h:7"}, 3), "9");
  EXPECT_EQ(text_at(tables[0], {"manual", "Node", "a/b.h:7"}, 5), "3");
  EXPECT_EQ(text_at(tables[0], {"manual", "Node", "a/b.h:8"}, 5), "—");
}

}  // namespace
}  // namespace reclaim::report
