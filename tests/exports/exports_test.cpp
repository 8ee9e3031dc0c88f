// Each export says what the results say, to the tool it is for; a malformed one is refused.
#include "report/export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "measure/histogram.h"
#include "tests/exports/formats.h"
#include "tests/exports/tools.h"
#include "tests/report/fixture.h"

namespace reclaim::exports {
namespace {

using report::fixture::CellLine;
using report::fixture::EnvironmentLine;
using Json = nlohmann::json;

/// Nanoseconds and how often; in buckets of one value, of a few, and of many.
const report::Buckets stops = {{5, 2}, {200, 1}, {1000, 3}, {123'456'789, 4}, {17'000'000'000, 1}};

/// A cell's line with that histogram, in the middles of its buckets as workers write it.
std::string with_histogram(const CellLine& cell, const char* cause) {
  Json line = Json::parse(cell.text());
  Json buckets = Json::array();
  std::uint64_t count = 0;
  for (const auto& [ns, times] : stops) {
    buckets.push_back({Histogram::middle_of(Histogram::bucket_of(ns)), times});
    count += times;
  }
  line["stops"][cause] = {
      {"count", count}, {"total_s", 17.5}, {"max_s", 17.0}, {"histogram", buckets}};
  return line.dump() + "\n";
}

/// Six rounds of two models; of one of them the stops are known. A third always fails.
std::string results_text(double factor = 1) {
  std::string text = EnvironmentLine{}.text();
  for (int round = 0; round < 6; ++round) {
    CellLine cell;
    cell.round = round;
    cell.workload = "a, \"quoted\" name=1";
    cell.wall_s = factor * (0.1 + 0.001 * round);
    text += with_histogram(cell, "minor_gc");
    cell.model = "manual";
    cell.allocator = "mimalloc";
    cell.wall_s = 0.2 + 0.001 * round;
    text += cell.text();
    cell.model = "null";
    cell.allocator = "";
    cell.status = "out_of_memory";
    text += cell.text();
  }
  return text;
}

constexpr const char* events_text =
    "[\n"
    R"({"name":"process_name","ph":"M","pid":7,"args":{"name":"gcbench on gen, 2 threads","dropped_events":3}},)"
    "\n"
    R"({"name":"minor_gc","ph":"X","pid":7,"tid":0,"ts":1000.5,"dur":250.25},)"
    "\n"
    R"({"name":"gil_wait","ph":"X","pid":7,"tid":2,"ts":900,"dur":20},)"
    "\n"
    R"({"name":"holds the lock","ph":"X","pid":7,"tid":1,"ts":0,"dur":900,"args":{"let_go":"asked"}},)"
    "\n"
    R"({"name":"major_gc","ph":"X","pid":7,"tid":0,"ts":3000,"dur":1500},)"
    "\n"
    R"({"name":"cycle_gc","ph":"X","pid":7,"tid":1,"ts":2000,"dur":10},)"
    "\n";

/// The one file of a format.
std::string exported(const std::string& format, const std::string& text = results_text()) {
  const report::Results results = report::load_text(text, "r.jsonl");
  const report::Analysis analysis = report::analyse(results);
  const auto runs = report::load_timeline(events_text, "e.json");
  const std::vector<std::string> names = {format};
  const auto files = report::export_files(names, {results, analysis, runs});
  EXPECT_EQ(files.size(), 1u) << format;
  return files.at(0).content;
}

/// `text` with the first `part` replaced. The part must be there.
std::string replaced(std::string text, const std::string& part, const std::string& by) {
  const auto at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  if (at != std::string::npos) text.replace(at, part.size(), by);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Gbench, IsComparedByGoogleBenchmarksOwnTool) {
  const std::string before = exported("gbench"), after = exported("gbench", results_text(1.5));
  const ToolEnd end = compare_benchmarks(before, after);
  EXPECT_EQ(end.code, 0) << end.out;
  // Six rounds each: times that grew by half, and by nothing; a rank test of each.
  EXPECT_NE(end.out.find("/gen/threads:1"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("+0.5000"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("/manual:mimalloc/threads:1_pvalue"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("Repetitions: 6 vs 6"), std::string::npos) << end.out;
  EXPECT_EQ(end.out.find("/null/"), std::string::npos) << "a time of a cell that failed";
}

TEST(Gbench, IsRefusedWithoutATime) {
  const std::string good = exported("gbench");
  EXPECT_NE(compare_benchmarks(good, replaced(good, "\"cpu_time\"", "\"cpu\"")).code, 0);
}

TEST(Hlog, IsReadByHdrHistogramsOwnToolBucketForBucket) {
  const std::string log = exported("hlog");
  const ToolEnd tags = histogram_tags(log);
  const auto lines = lines_of(tags.out);
  ASSERT_EQ(lines.size(), 2u) << tags.out;
  EXPECT_EQ(lines[1], "a__\"quoted\"_name=1/1/gen/minor_gc");

  const ToolEnd percentiles = histogram_percentiles(log, lines[1]);
  EXPECT_EQ(percentiles.code, 0) << percentiles.out;
  std::set<std::uint64_t> values;
  double count = 0;
  for (const std::string& line : lines_of(percentiles.out)) {
    double value = 0, percentile = 0;
    if (std::sscanf(line.c_str(), "%lf,%lf,%lf", &value, &percentile, &count) != 3) continue;
    values.insert(Histogram::bucket_of(static_cast<std::uint64_t>(value)));
  }
  std::set<std::uint64_t> expected;
  for (const auto& [ns, times] : stops) expected.insert(Histogram::bucket_of(ns));
  EXPECT_EQ(values, expected) << percentiles.out;
  EXPECT_EQ(count, 6 * 11) << "all rounds of the tag\n" << percentiles.out;
}

TEST(Hlog, IsRefusedWithADamagedHistogram) {
  const std::string log = exported("hlog");
  const std::size_t payload = log.rfind(",H") + 1;
  std::string damaged = log;
  damaged[payload + 1] = damaged[payload + 1] == 'A' ? 'B' : 'A';  // the cookie
  const std::string tag = "a__\"quoted\"_name=1/1/gen/minor_gc";
  const ToolEnd good = histogram_percentiles(log, tag), bad = histogram_percentiles(damaged, tag);
  EXPECT_NE(bad.out, good.out);
  EXPECT_NE(bad.out.find("malformed"), std::string::npos) << bad.out;
}

TEST(Hlog, OfResultsWithoutHistogramsSaysWhatIsMissing) {
  CellLine cell;
  cell.stops.push_back({"minor_gc", 10, 0.1, 0.01, std::nullopt, 0.02});
  try {
    exported("hlog", EnvironmentLine{}.text() + cell.text());
    FAIL();
  } catch (const report::BadResults& error) {
    EXPECT_EQ(std::string(error.what()),
              "r.jsonl: no histograms of stops, which the export hlog is made of: measured by an "
              "older reclaim");
  }
}

TEST(OpenMetrics, IsParsedByPrometheusOwnParser) {
  const ToolEnd end = parse_open_metrics(exported("openmetrics"));
  EXPECT_EQ(end.code, 0) << end.out;
  const auto lines = lines_of(end.out);
  const auto count = [&](std::string_view name) {
    return std::count_if(lines.begin(), lines.end(),
                         [&](const std::string& line) { return line.starts_with(name); });
  };
  EXPECT_EQ(count("reclaim_cell_ok{"), 18);
  EXPECT_EQ(count("reclaim_wall_seconds{"), 12);
  EXPECT_EQ(count("reclaim_stops_total{cause=minor_gc,"), 6);
  EXPECT_NE(end.out.find("model=gen,params=depth=16, seed=4141,round=3,size=standard,threads=1,"
                         "warmup=0,workload=a, \"quoted\" name=1} 0.103\n"),
            std::string::npos)
      << end.out;
}

TEST(OpenMetrics, IsRefusedWithoutItsEndWithAForeignUnitOrABrokenLabel) {
  const std::string good = exported("openmetrics");
  EXPECT_NE(parse_open_metrics(replaced(good, "# EOF\n", "")).code, 0);
  EXPECT_NE(parse_open_metrics(replaced(good, "_seconds seconds\n", "_seconds bytes\n")).code, 0);
  EXPECT_NE(parse_open_metrics(replaced(good, R"(\"quoted)", R"("quoted)")).code, 0);
}

TEST(Csv, IsReadByPythonsModuleWithAllRowsAlike) {
  const ToolEnd end = parse_csv(exported("csv"));
  EXPECT_EQ(end.code, 0) << end.out;
  const auto lines = lines_of(end.out);
  ASSERT_EQ(lines.size(), 1u + 3) << end.out;
  const std::string fields = lines[0].substr(0, lines[0].find(' '));
  EXPECT_EQ(lines[0], fields + " workload");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i], fields + " a, \"quoted\" name=1");
  }
  EXPECT_NE(parse_csv("a,b\r\n\"open,1\r\n").code, 0);
}

TEST(Json, HoldsEveryRecordUnderTheSchema) {
  const std::string text = exported("json");
  const ToolEnd end = validate_records(text);
  EXPECT_EQ(end.code, 0) << end.out;
  EXPECT_EQ(end.out, "19\n");
  EXPECT_NE(validate_records(replaced(text, R"("status":"ok")", R"("status":"fine")")).code, 0);
  EXPECT_NE(validate_records(replaced(text, "]", "")).code, 0);
}

TEST(Json, IsAsciiWhateverNamesAre) {
  CellLine cell;
  cell.workload = "\u202Eevil\u00e9\U0001F4A3";
  const std::string text = exported("json", EnvironmentLine{}.text() + cell.text());
  EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                          [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(Json::parse(text)[1]["workload"], cell.workload);
}

TEST(Benchstat, HasALineForEachRoundThatEndedWell) {
  const std::string text = exported("benchstat");
  EXPECT_EQ(benchmark_format_error(text), "") << text;
  const auto lines = lines_of(text);
  EXPECT_EQ(lines.size(), 4u + 12) << text;
  EXPECT_NE(text.find("BenchmarkA,_\"quoted\"_name_1/size=standard/params=depth_16,_seed_4141/"
                      "model=gen/threads=1 1 100000000 ns/op "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(" 17000000000 longest-stop-ns\n"), std::string::npos) << text;
}

TEST(Benchstat, IsRefusedWhereItIsMalformed) {
  const std::string good = exported("benchstat");
  EXPECT_NE(benchmark_format_error(replaced(good, " ns/op", "")), "");
  EXPECT_NE(benchmark_format_error(replaced(good, "name_1", "name 1")), "");
  EXPECT_NE(benchmark_format_error(replaced(good, "BenchmarkA", "Benchmarka")), "");
  EXPECT_NE(benchmark_format_error(replaced(good, "cpu: ", "cpu ")), "");
  EXPECT_NE(benchmark_format_error(good.substr(0, good.size() - 1)), "");
}

TEST(Gclog, HasThePausesOfARunInOrder) {
  const std::string text = exported("gclog");
  EXPECT_EQ(collection_log_error(text), "") << text;
  EXPECT_EQ(text.substr(text.find('\n') + 1),
            "[0.001s][info][gc] GC(0) Pause Young (Allocation Failure) 0K->0K(0K) 0.250ms\n"
            "[0.002s][info][gc] GC(1) Pause Full (Cycles) 0K->0K(0K) 0.010ms\n"
            "[0.004s][info][gc] GC(2) Pause Full (Allocation Failure) 0K->0K(0K) 1.500ms\n");
}

TEST(Gclog, IsRefusedWhereItIsMalformed) {
  const std::string good = exported("gclog");
  EXPECT_NE(collection_log_error(replaced(good, " 0K->0K(0K)", "")), "");
  EXPECT_NE(collection_log_error(replaced(good, "[0.004s]", "[0.000s]")), "");
  EXPECT_NE(collection_log_error(replaced(good, "GC(1)", "GC(7)")), "");
  EXPECT_NE(collection_log_error(replaced(good, "0.250ms", "0.250")), "");
}

TEST(Gclog, HasAFileForEachRun) {
  const report::Results results = report::load_text(results_text(), "r.jsonl");
  const report::Analysis analysis = report::analyse(results);
  auto runs = report::load_timeline(events_text, "e.json");
  runs.push_back(runs.front());
  const std::vector<std::string> names = {"gclog"};
  const auto files = report::export_files(names, {results, analysis, runs});
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].name, "gc-gcbench-on-gen-2-threads.log");
  EXPECT_EQ(files[1].name, "gc-gcbench-on-gen-2-threads-2.log");
}

TEST(Trace, IsOneClosedObjectWithNamedThreadsAndACounter) {
  const std::string text = exported("trace");
  EXPECT_EQ(trace_error(text), "") << text;
  EXPECT_NE(
      text.find(R"("name":"waiting threads","ph":"C","pid":1,"ts":900.000,"args":{"waiting":1})"),
      std::string::npos)
      << text;
}

TEST(Trace, IsRefusedWhereItIsMalformed) {
  const std::string good = exported("trace");
  EXPECT_NE(trace_error(replaced(good, "]}", "")), "");
  EXPECT_NE(trace_error(replaced(good, "\"dur\"", "\"length\"")), "");
  EXPECT_NE(trace_error(replaced(good, "\"thread_name\"", "\"name\"")), "");
  EXPECT_NE(trace_error(replaced(good, "\"ph\":\"X\"", "\"ph\":\"Z\"")), "");
}

TEST(Exports, AreMadeOnceEachInTheOrderOfTheList) {
  const report::Results results = report::load_text(results_text(), "r.jsonl");
  const report::Analysis analysis = report::analyse(results);
  const std::vector<std::string> names = {"json", "csv", "json", "gbench"};
  std::vector<std::string> files;
  for (const auto& file : report::export_files(names, {results, analysis, {}})) {
    files.push_back(file.name);
  }
  EXPECT_EQ(files, (std::vector<std::string>{"gbench.json", "report.csv", "results.json"}));
  EXPECT_EQ(report::find_export("xml"), nullptr);
}

}  // namespace
}  // namespace reclaim::exports
