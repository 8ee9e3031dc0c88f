// What the meters leave in a record is read whole; what is damaged is refused with its name.
#include <gtest/gtest.h>

#include <string>

#include "report/report.h"
#include "report/results.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

std::string with(const std::string& fields, const std::string& rest = "") {
  return fixture::EnvironmentLine{}.text() +
         R"({"kind":"cell","schema":1,"model":"gen","workload":"w","threads":1,"round":0,)"
         R"("status":"ok","wall_s":1,)" +
         fields + "}\n" + rest;
}

std::string complaint(const std::string& text) {
  try {
    load_text(text, "r.jsonl");
  } catch (const BadResults& bad) {
    return bad.what();
  }
  return {};
}

TEST(Measures, EveryFieldOfARecordIsRead) {
  const Results results = load_text(
      with(R"("mmu":[{"window_s":0.001,"utilisation":0},{"window_s":1,"utilisation":0.9}],)"
           R"("stops":{"minor_gc":{"count":3,"histogram":[[100,2],[250,1]]}},)"
           R"("latency":{"count":5,"simple":{"p50_s":0.1,"p90_s":null,"max_s":0.5},)"
           R"("metered":[{"window_s":0.01,"p50_s":0.2},{"window_s":null,"p50_s":0.3}],)"
           R"("open_loop":{"rate_per_s":100,"load":0.8,"p99_s":0.7}},)"
           R"("hiccups":{"count":9,"p50_s":1e-5,"p99_s":null,"max_s":1e-3,"total_s":2e-3},)"
           R"("memory":{"asked_bytes":10,"with_headers_bytes":16,"held_bytes":null,)"
           R"("resident_bytes":4096,"after_s":[[0.1,4000],[5,100]],"after_purge_bytes":50},)"
           R"("rss_series":[[0,4096],[0.01,8192]],"arrivals":"80%","arrival_rate":100)"),
      "r.jsonl");
  ASSERT_EQ(results.cells.size(), 1u);
  const Cell& cell = results.cells[0];
  ASSERT_EQ(cell.mmu.size(), 2u);
  EXPECT_EQ(cell.mmu[1].utilisation, 0.9);
  EXPECT_EQ(cell.stops.at("minor_gc").histogram, (Buckets{{100, 2}, {250, 1}}));
  ASSERT_TRUE(cell.latency);
  EXPECT_EQ(cell.latency->simple.p50_s, 0.1);
  EXPECT_FALSE(cell.latency->simple.p90_s);
  ASSERT_EQ(cell.latency->metered.size(), 2u);
  EXPECT_FALSE(cell.latency->metered[1].window_s);
  EXPECT_EQ(cell.latency->open_loop->load, 0.8);
  EXPECT_EQ(cell.hiccups->count, 9u);
  EXPECT_EQ(cell.memory->with_headers_bytes, 16);
  EXPECT_FALSE(cell.memory->held_bytes);
  EXPECT_EQ(cell.memory->after_s.size(), 2u);
  EXPECT_EQ(cell.rss_series.back().second, 8192);
  EXPECT_EQ(cell.arrival_rate, 100);
  EXPECT_EQ(cell.parameters, "arrivals 80%") << "paced cells are not of the unpaced ones' setting";
  EXPECT_TRUE(cell.meters);
}

TEST(Measures, NullAndAbsentMeanNotKnown) {
  for (const char* fields :
       {R"("mmu":null,"latency":null,"hiccups":null,"memory":null,"rss_series":null)",
        R"("meters":null)"}) {
    const Results results = load_text(with(fields), "r.jsonl");
    ASSERT_EQ(results.cells.size(), 1u);
    const Cell& cell = results.cells[0];
    EXPECT_TRUE(cell.mmu.empty() && !cell.latency && !cell.hiccups && !cell.memory);
    EXPECT_TRUE(cell.rss_series.empty() && cell.meters);
  }
}

TEST(Measures, DamagedFieldsAreNamed) {
  const auto said = [](const std::string& fields) {
    const std::string words = complaint(with(fields));
    return words.substr(std::min(words.size(), std::string("r.jsonl:2: ").size()));
  };
  EXPECT_EQ(said(R"("mmu":{})"), "\"mmu\" is not an array");
  EXPECT_EQ(said(R"("mmu":[{"window_s":1,"utilisation":1.5}])"),
            "\"utilisation\" is 1.5, more than 1");
  EXPECT_EQ(said(R"("mmu":[{"window_s":2,"utilisation":0},{"window_s":1,"utilisation":0}])"),
            "\"mmu\" is not in ascending order");
  EXPECT_EQ(said(R"("rss_series":[[0,1],[0,2]])"), "\"rss_series\" is not in ascending order");
  EXPECT_EQ(said(R"("rss_series":[[0,1,2]])"),
            "an entry of \"rss_series\" is not a pair of numbers");
  EXPECT_EQ(said(R"("rss_series":[[0,-1]])"), "\"rss_series\" is -1, not an amount");
  EXPECT_EQ(said(R"("stops":{"minor_gc":{"histogram":[[1,0.5]]}})"),
            "\"histogram\" is 0.5, not a count");
  EXPECT_EQ(said(R"("latency":[])"), "\"latency\" is not an object");
  EXPECT_EQ(said(R"("latency":{"metered":[3]})"), "an entry of \"metered\" is not an object");
  EXPECT_EQ(said(R"("memory":{"after_s":7})"), "\"after_s\" is not an array");
  EXPECT_EQ(said(R"("meters":"off")"), "\"meters\" is not true or false");
  std::string many = "[0,0]";
  for (int i = 1; i <= 10'000; ++i) many += ",[" + std::to_string(i) + ",0]";
  EXPECT_EQ(said("\"rss_series\":[" + many + "]"),
            "\"rss_series\" has 10001 entries, more than 10000");
}

TEST(Measures, CellsWithTheMetersOffStandApartUnlessTheyAreAll) {
  const std::string off = R"({"kind":"cell","model":"gen","workload":"w","threads":1,"round":0,)"
                          R"("status":"ok","wall_s":2,"meters":false})";
  const Results both = load_text(with(R"("meters":true)", off + "\n"), "r.jsonl");
  EXPECT_EQ(both.cells.size(), 1u);
  ASSERT_EQ(both.unmetered.size(), 1u);
  EXPECT_EQ(both.unmetered[0].wall_s, 2);
  const Results alone = load_text(with(R"("meters":false)"), "r.jsonl");
  EXPECT_EQ(alone.cells.size(), 1u);
  EXPECT_EQ(alone.notes.size(), 1u);
}

TEST(Measures, ModelsWorkloadsAndExperimentsSpeakForThemselves) {
  const std::string text =
      R"({"kind":"environment","models":{"gen":{"like":"Java","summary":"s",)"
      R"("traits":{"moves":true,"stops":"minor_gc"}}},)"
      R"("workloads":{"w":{"shows":"it","parameters":{"depth":"of a tree"}}}})"
      "\n"
      R"({"kind":"experiment","schema":1,"number":3,"id":"x","claim":"c","expected":"e",)"
      R"("measured":"m","verdict":"refuted","details":[{"title":"t","columns":["a","b"],)"
      R"("rows":[["1",2]]}]})"
      "\n";
  const Results results = load_text(text, "r.jsonl");
  const Environment& environment = results.environments[0];
  EXPECT_EQ(environment.models.at("gen").like, "Java");
  EXPECT_EQ(environment.models.at("gen").traits.at("moves"), "true");
  EXPECT_EQ(environment.workloads.at("w").parameters.at("depth"), "of a tree");
  ASSERT_EQ(results.experiments.size(), 1u);
  EXPECT_EQ(results.experiments[0].details[0].rows[0][1], "2");
  const auto said = [](const std::string& fields) {
    return complaint(fixture::EnvironmentLine{}.text() + R"({"kind":"experiment","id":"x",)" +
                     fields + "}\n");
  };
  EXPECT_EQ(said(R"("verdict":"perhaps")"),
            "r.jsonl:2: \"verdict\" is perhaps: not confirmed, refuted or undecidable");
  EXPECT_EQ(said(R"("verdict":"refuted","details":[{"columns":["a"],"rows":[[1,2]]}])"),
            "r.jsonl:2: a row in \"details\" has 2 cells under 1 columns");
}

}  // namespace
}  // namespace reclaim::report
