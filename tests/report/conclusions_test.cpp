// Conclusions say what the numbers carry, and no more.
#include "report/conclusions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

CellLine cell_of(const std::string& model, int threads = 1) {
  CellLine line;
  line.model = model;
  line.threads = threads;
  return line;
}

const std::vector<double> around_100{0.100, 0.101, 0.099, 0.102, 0.098, 0.100};
const std::vector<double> also_100{0.101, 0.100, 0.099, 0.1015, 0.0985, 0.1002};
const std::vector<double> around_200{0.200, 0.201, 0.199, 0.202, 0.198, 0.200};

/// The sentences of one topic about the first setting, one a line.
std::string said(const std::string& cells, Topic topic) {
  const Results results = load_text(EnvironmentLine{}.text() + cells, "r.jsonl");
  const Analysis analysis = analyse(results);
  std::string result;
  for (const Conclusion& conclusion : conclude(analysis.settings.at(0))) {
    if (conclusion.topic == topic) result += conclusion.text + "\n";
  }
  return result;
}

TEST(Conclusions, NameTheFastestAndTheNextThatDiffers) {
  EXPECT_EQ(
      said(fixture::rounds(cell_of("a"), around_100) + fixture::rounds(cell_of("b"), around_200),
           Topic::time),
      "1 thread: a is fastest, 100 ms; next is b, 2.00× the time.\n");
}

TEST(Conclusions, DoNotTellApartWhatDoesNotDiffer) {
  EXPECT_EQ(
      said(fixture::rounds(cell_of("a"), around_100) + fixture::rounds(cell_of("b"), also_100) +
               fixture::rounds(cell_of("c"), around_200),
           Topic::time),
      "1 thread: a and b are fastest, about 100 ms, and are not told apart; next is c, 2.00× "
      "the time.\n");
}

TEST(Conclusions, ClaimNothingUnderSixRounds) {
  EXPECT_EQ(said(fixture::rounds(cell_of("a"), {0.1, 0.1, 0.1, 0.1, 0.1}) +
                     fixture::rounds(cell_of("b"), {9, 9, 9, 9, 9}),
                 Topic::time),
            "1 thread: too few rounds to say who is fastest.\n");
}

TEST(Conclusions, GiveThePriceOfTheFastestInMemory) {
  CellLine large = cell_of("large");
  large.peak_rss_bytes = 3e8;
  EXPECT_EQ(said(fixture::rounds(large, around_100) + fixture::rounds(cell_of("small"), around_200),
                 Topic::memory),
            "1 thread: small needs the least memory, 50.0 MB; next is large, 6.00× the memory. The "
            "fastest, large, needs 6.00×.\n");
}

TEST(Conclusions, NameTheLongestStopAndItsCause) {
  CellLine line = cell_of("gen");
  line.stops.push_back({"minor_gc", 50, 0.1, 0.001, std::nullopt, 0.004});
  line.stops.push_back({"major_gc", 2, 0.1, std::nullopt, std::nullopt, 0.011});
  EXPECT_EQ(said(line.text(), Topic::stops), "Longest: gen 11.0 ms (major_gc, 1 thread).\n");
}

TEST(Conclusions, TellAPlantedLeakFromARealOne) {
  CellLine planted = cell_of("counts");
  planted.leaked = 20;
  planted.expected_leaks = 20;
  EXPECT_EQ(said(planted.text(), Topic::leaks), "counts 20 objects (640 B), as planted.\n");
  CellLine real = cell_of("leaky");
  real.leaked = 3;
  real.expected_leaks = 0;
  EXPECT_EQ(said(real.text(), Topic::leaks), "leaky 3 objects (96 B), where 0 were expected.\n");
  CellLine none = cell_of("clean");
  EXPECT_EQ(said(none.text(), Topic::leaks), "Nothing.\n");
}

TEST(Conclusions, AnExpectedLeakThatDidNotHappenIsAlarming) {
  CellLine line = cell_of("counts");
  line.expected_leaks = 20;
  const Results results = load_text(EnvironmentLine{}.text() + line.text(), "r.jsonl");
  const Analysis analysis = analyse(results);
  const auto all = conclude(analysis.settings[0]);
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const Conclusion& conclusion) {
    return conclusion.topic == Topic::leaks && conclusion.alarming;
  }));
}

TEST(Conclusions, ScalingComparesWorkPerSecondHoweverTheWorkIsShared) {
  std::vector<double> half = around_100;
  for (double& seconds : half) seconds /= 2;
  const std::string shared =
      fixture::rounds(cell_of("m", 1), around_100) + fixture::rounds(cell_of("m", 2), half);
  EXPECT_EQ(said(shared, Topic::threads),
            "From 1 to 2 threads (ideal 2×) work per second becomes: m 2.00×.\n");
  CellLine one = cell_of("m", 1);
  CellLine two = cell_of("m", 2);
  one.per_thread = two.per_thread = true;
  EXPECT_EQ(
      said(fixture::rounds(one, around_100) + fixture::rounds(two, around_100), Topic::threads),
      "From 1 to 2 threads (ideal 2×) work per second becomes: m 2.00×.\n");
}

TEST(Conclusions, MarkOversubscriptionAndFailures) {
  CellLine four = cell_of("m", 4);
  four.status = "out_of_memory";
  four.message = "heap of 50 MB is full";
  const std::string cells = cell_of("m", 1).text() + four.text();
  EXPECT_EQ(
      said(cells, Topic::threads),
      "4 threads are more than the machine has cores: these times are the scheduler's as much "
      "as the model's.\n");
  EXPECT_EQ(said(cells, Topic::failures),
            "4 threads: 1 of 1 round of m ended as out_of_memory (heap of 50 MB is full).\n");
}

TEST(Conclusions, TheOverviewSpeaksOfEachTradeoffAndRanksNobodyOverAll) {
  const Results results = load_text(fixture::standard_run(), "r.jsonl");
  const Analysis analysis = analyse(results);
  std::string text;
  std::vector<Topic> topics;
  for (const Conclusion& conclusion : overview(results, analysis)) {
    text += conclusion.text + "\n";
    topics.push_back(conclusion.topic);
    EXPECT_FALSE(conclusion.certainty.empty()) << conclusion.text;
  }
  for (const Topic topic :
       {Topic::failures, Topic::time, Topic::memory, Topic::price, Topic::stops, Topic::threads,
        Topic::lock, Topic::counting, Topic::allocators, Topic::leaks}) {
    EXPECT_NE(std::find(topics.begin(), topics.end(), topic), topics.end()) << topic_name(topic);
  }
  EXPECT_NE(text.find("in 5 of 9 workloads"), std::string::npos) << text;
  EXPECT_NE(text.find("rc-atomic:mimalloc in cycles"), std::string::npos) << text;
}

}  // namespace
}  // namespace reclaim::report
