// Each rule of the overview speaks where it has something to say, and is silent elsewhere.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "report/conclusions.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

const std::vector<double> around_100{0.100, 0.101, 0.099, 0.102, 0.098, 0.100};
const std::vector<double> around_200{0.200, 0.201, 0.199, 0.202, 0.198, 0.200};

CellLine cell_of(const std::string& model, const std::string& allocator = "", int threads = 1) {
  CellLine line;
  line.model = model;
  line.allocator = allocator;
  line.threads = threads;
  return line;
}

std::string fast(const CellLine& line) { return fixture::rounds(line, around_100); }
std::string slow(const CellLine& line) { return fixture::rounds(line, around_200); }

/// The overview's sentence on a topic; empty where it has none.
std::string said(const std::string& cells, Topic topic, const EnvironmentLine& environment = {}) {
  const Results results = load_text(environment.text() + cells, "r.jsonl");
  const Analysis analysis = analyse(results);
  std::string result;
  for (const Conclusion& conclusion : overview(results, analysis)) {
    if (conclusion.topic != topic) continue;
    EXPECT_EQ(result, "") << "two sentences on one topic";
    EXPECT_NE(conclusion.certainty, "");
    result = conclusion.text;
  }
  return result;
}

/// A lock and counts, counts alone, and freeing by hand, as models describe themselves.
EnvironmentLine described() {
  EnvironmentLine line;
  line.models = R"({"turns": {"traits": {"parallel": false, "reclaims": true, "counts": "plain"}},
                    "counter": {"traits": {"counts": "atomic", "uses_malloc": true}},
                    "hand": {"traits": {"wants_discard": true, "uses_malloc": true}}})";
  return line;
}

TEST(Overview, NamesWhoIsFastestAndWhoLeanest) {
  CellLine small = cell_of("b");
  small.peak_rss_bytes = 1e7;
  const std::string cells = fast(cell_of("a")) + slow(small);
  EXPECT_EQ(said(cells, Topic::time),
            "Fastest on 1 thread, or not told apart from the fastest: a in 1 of 1 workload.");
  EXPECT_EQ(said(cells, Topic::memory),
            "Leanest on 1 thread, or not told apart from the leanest: b in 1 of 1 workload.");
  EXPECT_EQ(said(cell_of("a").text() + cell_of("b").text(), Topic::time),
            "Too few rounds to say who is fastest.");
}

TEST(Overview, SpeaksOfMemoryForTimeWhereNoModelIsBestInBoth) {
  CellLine large = cell_of("large");
  large.peak_rss_bytes = 3e8;
  const std::string choice = fast(large) + slow(cell_of("small"));
  EXPECT_EQ(
      said(choice, Topic::price),
      "In 1 of 1 workload no model is both fastest and leanest: there the fastest takes 6.00× "
      "the memory of the leanest, and the leanest 2.00× the time of the fastest. Dearest: "
      "large in gcbench, 6.00×.");
  EXPECT_EQ(said(fast(cell_of("small")) + slow(large), Topic::price),
            "No choice between them: in each of 1 workload some model is both fastest and leanest, "
            "or not told apart from either.");
  EXPECT_EQ(said(large.text() + cell_of("small").text(), Topic::price), "");
}

TEST(Overview, SpeaksOfStopsAndWhatDoingWithoutThemTakes) {
  CellLine stops = cell_of("stops");
  stops.stops.push_back({"minor_gc", 50, 0.1, 0.001, std::nullopt, 0.004});
  EXPECT_EQ(said(fast(stops) + slow(cell_of("calm")), Topic::stops),
            "In 1 of 1 workload the fastest was seen to stop a thread for over 1 ms; the fastest "
            "without such a stop takes 2.00× its time there. Longest stop: stops 4.00 ms (minor_gc "
            "in gcbench).");
  EXPECT_EQ(
      said(slow(stops) + fast(cell_of("calm")), Topic::stops),
      "Short stops cost no time here: in each of 1 workload a model that is fastest, or not "
      "told apart from it, was never seen to stop a thread for over 1 ms. Longest stop: stops "
      "4.00 ms (minor_gc in gcbench).");
  EXPECT_EQ(said(fast(cell_of("calm")), Topic::stops), "");
}

TEST(Overview, SpeaksOfThreadsWhereThereAreTwoCounts) {
  const std::string cells = slow(cell_of("m", "", 1)) + fast(cell_of("m", "", 2));
  EXPECT_EQ(said(cells, Topic::threads),
            "From 1 to 2 threads (ideal 2×) work per second becomes: m 2.00×.");
  EXPECT_EQ(said(slow(cell_of("m")), Topic::threads), "");
}

TEST(Overview, SpeaksOfTheLockOfModelsThatTakeTurns) {
  const std::string turns = fast(cell_of("turns", "", 1)) + fast(cell_of("turns", "", 2));
  const std::string hand = slow(cell_of("hand", "", 1)) + fast(cell_of("hand", "", 2));
  EXPECT_EQ(said(turns + hand, Topic::lock, described()),
            "From 1 to 2 threads, with one lock over all of them, work per second becomes: turns "
            "~1.00×; without such a lock 2.00×. Under it no workload gains from a second thread.");
  EXPECT_EQ(said(hand, Topic::lock, described()), "");
}

TEST(Overview, FindsTheLockOfModelsThatAreNotDescribed) {
  CellLine one = cell_of("m", "", 1), two = cell_of("m", "", 2);
  one.stops = two.stops = {{"gil_wait", 3, 0.1, 0.01, std::nullopt, 0.02}};
  EXPECT_NE(said(slow(one) + fast(two), Topic::lock).find("Under it only gcbench gains"),
            std::string::npos);
}

TEST(Overview, PricesCountingBesideFreeingByHandOnTheSameAllocator) {
  const std::string counter = slow(cell_of("counter", "x"));
  EXPECT_EQ(said(counter + fast(cell_of("hand", "x")), Topic::counting, described()),
            "On 1 thread, counting references takes, beside freeing by hand on the same allocator: "
            "counter:x 2.00× the time.");
  EXPECT_EQ(said(counter + fast(cell_of("hand", "y")), Topic::counting, described()), "");
}

TEST(Overview, ComparesAllocatorsWhereAModelRanOnSeveral) {
  CellLine lean = cell_of("hand", "lean");
  lean.peak_rss_bytes = 2.5e7;
  EXPECT_EQ(said(fast(cell_of("hand", "quick")) + slow(lean), Topic::allocators),
            "Behind hand, of each workload's best allocator: quick 1.00× and lean 2.00× the time; "
            "lean 1.00× and quick 2.00× the memory.");
  EXPECT_EQ(said(slow(lean), Topic::allocators), "");
}

TEST(Overview, TellsLeaksByDesignFromOthers) {
  CellLine planted = cell_of("counts");
  planted.leaked = 20;
  planted.expected_leaks = 20;
  EXPECT_EQ(said(planted.text(), Topic::leaks),
            "As its design has it: counts in gcbench. Nothing else.");
  planted.expected_leaks = 3;
  EXPECT_EQ(said(planted.text(), Topic::leaks), "Not as expected: counts in gcbench.");
  EXPECT_EQ(said(cell_of("clean").text(), Topic::leaks), "Nothing.");
  CellLine never = cell_of("never");
  never.reclaims = false;
  EXPECT_EQ(said(never.text(), Topic::leaks), "");
}

TEST(Overview, TellsOfUnequalWorkAndOfFailures) {
  CellLine other = cell_of("b");
  EXPECT_EQ(said(cell_of("a").text() + other.text(), Topic::work), "");
  other.checksum = "0x1";
  EXPECT_EQ(said(cell_of("a").text() + other.text(), Topic::work),
            "Checksums differ in gcbench: the models did not do the same work there.");
  EXPECT_EQ(said(cell_of("a").text(), Topic::failures), "");
  other.status = "crashed";
  EXPECT_EQ(said(cell_of("a").text() + other.text(), Topic::failures),
            "1 of 2 cells did not end well; each is named at its workload.");
}

TEST(Overview, PricesTheMetersWhereTheSameRunsWereMadeWithoutThem) {
  const auto without_meters = [](std::string cells) {
    const std::string begin = "{\"";
    for (std::size_t at = cells.find(begin); at != std::string::npos;
         at = cells.find('\n' + begin, at)) {
      at += cells[at] == '\n' ? 2 : 1;
      cells.insert(at, "\"meters\":false,");
    }
    return cells;
  };
  const std::string metered = slow(cell_of("m"));
  EXPECT_EQ(
      said(metered + without_meters(fast(cell_of("m"))), Topic::meters),
      "With the meters on a run takes 2.00× the time of one with them off. Most: m in gcbench, "
      "2.00×.");
  EXPECT_EQ(said(metered, Topic::meters), "");
}

/// Each line with further fields.
std::string with(const std::string& lines, const std::string& fields) {
  std::string result;
  for (const char c : lines) {
    if (c == '\n') result.insert(result.size() - 1, ", " + fields);
    result += c;
  }
  return result;
}

std::string answers(double p99_s) {
  return fmt::format(R"("latency": {{"count": 500, "simple": {{"p99_s": {}}}, "metered": []}})",
                     p99_s);
}

TEST(Overview, SpeaksOfHowLateAnswersAre) {
  const std::string prompt = with(fast(cell_of("prompt")), answers(0.001));
  const std::string late = with(slow(cell_of("late")), answers(0.004));
  EXPECT_EQ(said(prompt + late, Topic::latency),
            "The 99th percentile of a request, over that of each workload's best: prompt 1.00× and "
            "late 4.00×. Latest: late in gcbench, 4.00 ms.");
  EXPECT_EQ(said(fast(cell_of("prompt")) + slow(cell_of("late")), Topic::latency), "");
}

TEST(Overview, SpeaksOfTheWorstMomentsOfMutators) {
  const auto worst = [](const char* share) {
    return fmt::format(R"("mmu": [{{"window_s": 0.001, "utilisation": 0}},
                                  {{"window_s": 0.01, "utilisation": {}}}])",
                       share);
  };
  std::string stops = worst("0.25");
  std::erase(stops, '\n');
  std::string runs = worst("0.9");
  std::erase(runs, '\n');
  EXPECT_EQ(
      said(with(fast(cell_of("stops")), stops) + with(slow(cell_of("runs")), runs) +
               slow(cell_of("unseen")),
           Topic::utilisation),
      "In its worst 10 ms a run left to one of its threads: runs 90 % (gcbench) and stops 25 % "
      "(gcbench).");
  EXPECT_EQ(said(fast(cell_of("unseen")), Topic::utilisation), "");
}

TEST(Overview, SpeaksOfClaimsThatWerePutToTheTest) {
  const std::string line =
      R"({"schema": 1, "kind": "experiment", "number": 1, "id": "one", "claim": "c", "expected": "e", )"
      R"("measured": "m", "verdict": "confirmed"})"
      "\n";
  EXPECT_EQ(said(fast(cell_of("a")) + line, Topic::claims),
            "1 claim put to the test: 1 confirmed.");
  EXPECT_EQ(said(fast(cell_of("a")), Topic::claims), "");
}

}  // namespace
}  // namespace reclaim::report
