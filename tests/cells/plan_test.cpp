// From names to cells, in which order.
#include "cells/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "cells/names.h"
#include "cells/worker.h"

namespace reclaim::cells {
namespace {

PlanRequest request(std::vector<std::string> models, std::vector<std::string> workloads) {
  PlanRequest r;
  r.models = std::move(models);
  r.workloads = std::move(workloads);
  r.size = "tiny";
  return r;
}

std::string complaint(const PlanRequest& r) {
  try {
    make_plan(r);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

std::vector<std::string> order(const Plan& plan) {
  std::vector<std::string> titles;
  for (const Cell& cell : plan.cells) titles.push_back(cell.title());
  return titles;
}

TEST(Plan, HasEveryCombinationOnceInEachRound) {
  PlanRequest r = request({"plain", "other", "never"}, {"fine", "wrong"});
  r.threads = {1, 2, 4};
  r.rounds = 5;
  const Plan plan = make_plan(r);
  ASSERT_EQ(plan.cells.size(), 3u * 2 * 3 * 5);
  std::set<std::string> seen;
  for (const Cell& cell : plan.cells) EXPECT_TRUE(seen.insert(identity(cell).dump()).second);
}

TEST(Plan, RunsRoundsOneAfterTheOther) {
  PlanRequest r = request({"plain", "other"}, {"fine", "wrong"});
  r.rounds = 4;
  const Plan plan = make_plan(r);
  EXPECT_TRUE(std::is_sorted(plan.cells.begin(), plan.cells.end(),
                             [](const Cell& a, const Cell& b) { return a.round < b.round; }));
}

TEST(Plan, InterleavesModelsWithinARoundByTheSeed) {
  PlanRequest r = request({"plain", "other", "never", "limited"}, {"fine"});
  r.rounds = 60;
  const Plan plan = make_plan(r);
  EXPECT_EQ(order(plan), order(make_plan(r)));
  r.seed = 2;
  EXPECT_NE(order(plan), order(make_plan(r)));
  // Every model comes first in some round: 4 * (3/4)^60 is one in eight million.
  std::map<std::string, int> first;
  for (std::size_t i = 0; i < plan.cells.size(); i += 4) ++first[plan.cells[i].model_name()];
  EXPECT_EQ(first.size(), 4u);
}

TEST(Plan, GivesHeapLimitsToTheModelsThatHaveOne) {
  PlanRequest r = request({"plain", "limited"}, {"fine"});
  r.heaps = {"2x", "50MB"};
  const Plan plan = make_plan(r);
  ASSERT_EQ(plan.cells.size(), 3u);
  std::set<std::uint64_t> limits;
  for (const Cell& cell : plan.cells) {
    EXPECT_EQ(cell.heap.has_value(), cell.model_name() == "limited");
    if (cell.heap_limit_bytes) limits.insert(*cell.heap_limit_bytes);
  }
  EXPECT_EQ(limits, (std::set<std::uint64_t>{2 * 10 * 1000, 50'000'000}));
}

TEST(Plan, LimitsHeapsByDefaultAndSaysSo) {
  PlanRequest r = request({"limited"}, {"fine"});
  r.parameters = {"objects=10000"};  // a live peak of 10 MB
  const Plan plan = make_plan(r);
  ASSERT_EQ(plan.cells.size(), 1u);
  EXPECT_EQ(plan.cells[0].heap->label, default_heap);
  EXPECT_EQ(plan.cells[0].heap_limit_bytes, 30'000'000u);
  ASSERT_EQ(plan.notes.size(), 1u);
  EXPECT_NE(plan.notes[0].find("3x"), std::string::npos);
}

TEST(Plan, GivesASmallLivePeakAHeapInWhichANurseryFits) {
  const Cell cell = make_plan(request({"limited"}, {"fine"})).cells.at(0);  // a live peak of 10 kB
  EXPECT_EQ(cell.heap->label, least_default_heap);
  EXPECT_EQ(cell.heap_limit_bytes, 4u << 20);
}

TEST(Plan, GivesAllThreadCountsOfAWorkloadTheSameKindOfLimit) {
  PlanRequest r = request({"limited"}, {"fine"});
  r.threads = {1, 2, 8};
  std::set<std::string> labels;
  for (const Cell& cell : make_plan(r).cells) labels.insert(cell.heap->label);
  EXPECT_EQ(labels.size(), 1u);
}

TEST(Plan, TakesParametersFromTheSizeAndFromTheUser) {
  PlanRequest r = request({"plain"}, {"fine"});
  r.size = "paper";
  r.parameters = {"objects=77"};
  const Cell cell = make_plan(r).cells.at(0);
  EXPECT_EQ(parameters_json(cell.context.parameters).dump(), R"({"fraction":0.75,"objects":77})");
}

TEST(Plan, RunsEveryCombinationOfSeveralValues) {
  PlanRequest r = request({"plain"}, {"fine"});
  r.parameters = {"objects=5,6,7", "fraction=0.1,0.2"};
  std::set<std::string> combinations;
  for (const Cell& cell : make_plan(r).cells) {
    combinations.insert(parameters_json(cell.context.parameters).dump());
  }
  EXPECT_EQ(combinations.size(), 6u);
  EXPECT_TRUE(combinations.contains(R"({"fraction":0.2,"objects":7})"));
}

TEST(Plan, ModelsThatMallocHaveAnAllocator) {
  EXPECT_EQ(make_plan(request({"mallocs"}, {"fine"})).cells.at(0).model_name(), "mallocs:glibc");
  EXPECT_EQ(make_plan(request({"mallocs:mimalloc"}, {"fine"})).cells.at(0).model_name(),
            "mallocs:mimalloc");
}

TEST(Plan, RunsNothingTwiceThatIsNamedTwice) {
  EXPECT_EQ(make_plan(request({"plain", "plain"}, {"fine", "fine"})).cells.size(), 1u);
}

TEST(Plan, AllMeansEachWorkloadThatNeedsNoFile) {
  std::set<std::string> names;
  for (const Cell& cell : make_plan(request({"plain"}, {"all"})).cells) names.insert(cell.workload);
  EXPECT_EQ(names.size(), workloads().size() - 1);
  EXPECT_FALSE(names.contains("replay"));
}

TEST(Plan, NamesAReplayByItsFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "sqlite.trace";
  std::ofstream(path) << 4711;
  PlanRequest r = request({"limited"}, {"replay:" + path.string()});
  r.heaps = {"2x"};
  const Cell cell = make_plan(r).cells.at(0);
  EXPECT_EQ(cell.workload, "replay:sqlite");
  EXPECT_EQ(cell.heap_limit_bytes, 2u * 4711);
}

TEST(Plan, RefusesWhatDoesNotExistWithTheNearestName) {
  EXPECT_EQ(complaint(request({"plian"}, {"fine"})),
            "unknown model 'plian': did you mean 'plain'?");
  EXPECT_EQ(complaint(request({"plain"}, {"fien"})),
            "unknown workload 'fien': did you mean 'fine'?");
  EXPECT_NE(complaint(request({"mallocs:mimaloc"}, {"fine"})).find("did you mean 'mimalloc'"),
            std::string::npos);
  PlanRequest r = request({"plain"}, {"fine"});
  r.parameters = {"object=3"};
  EXPECT_EQ(complaint(r), "unknown parameter 'object': did you mean 'objects'?");
  r.parameters = {};
  r.size = "papre";
  EXPECT_EQ(complaint(r), "unknown size 'papre': did you mean 'paper'?");
}

TEST(Plan, RefusesWhatMakesNoSense) {
  const std::vector<std::function<void(PlanRequest&)>> mistakes = {
      [](PlanRequest& r) { r.models = {"plain:mimalloc"}; },
      [](PlanRequest& r) { r.models = {"mallocs:/no/such/file.so"}; },
      [](PlanRequest& r) { r.models = {"mallocs:/with space.so"}; },
      [](PlanRequest& r) { r.models = {"mallocs:"}; },
      [](PlanRequest& r) { r.workloads = {"fine:x"}; },
      [](PlanRequest& r) { r.workloads = {"replay"}; },
      [](PlanRequest& r) { r.workloads = {"replay:/no/such.trace"}; },
      [](PlanRequest& r) { r.threads = {0}; },
      [](PlanRequest& r) { r.threads = {65}; },
      [](PlanRequest& r) { r.rounds = 0; },
      [](PlanRequest& r) { r.warmup = -1; },
      [](PlanRequest& r) { r.warmup = 1, r.why = true; },
      [](PlanRequest& r) { r.heaps = {"2y"}; },
      [](PlanRequest& r) { r.parameters = {"objects"}; },
      [](PlanRequest& r) { r.parameters = {"objects=many"}; },
      [](PlanRequest& r) { r.parameters = {"objects=0"}; },
      [](PlanRequest& r) { r.parameters = {"objects=nan"}; },
      [](PlanRequest& r) { r.parameters = {"objects=1,"}; },
      [](PlanRequest& r) { r.meters = "of"; },
      [](PlanRequest& r) { r.rate = "80 %"; },
      [](PlanRequest& r) { r.rate = "0"; },
      [](PlanRequest& r) { r.gil_interval_us = most_gil_setting + 1; },
      [](PlanRequest& r) { r.gil_ticks = most_gil_setting + 1; },
  };
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    PlanRequest r = request({"plain"}, {"fine"});
    ASSERT_EQ(complaint(r), "");
    mistakes[i](r);
    EXPECT_NE(complaint(r), "") << "mistake " << i;
  }
}

std::string worker_line(const Cell& cell) {
  std::string line;
  for (const std::string& argument : worker_arguments(cell, "")) line += argument + ' ';
  return line;
}

TEST(Plan, TheSettingsOfCountingReachTheCellItsIdentityAndItsWorker) {
  PlanRequest r = request({"plain"}, {"fine"});
  const Cell standard = make_plan(r).cells.at(0);
  EXPECT_TRUE(identity(standard).at("gil_interval_us").is_null());
  EXPECT_TRUE(identity(standard).at("gil_ticks").is_null());
  EXPECT_TRUE(identity(standard).at("cycle_collector").is_null());
  EXPECT_EQ(worker_line(standard).find("--gil-"), std::string::npos);
  r.gil_interval_us = 250;
  r.gil_ticks = 7;
  r.free_at_most = 100;
  r.cycle_collector = false;
  const Cell cell = make_plan(r).cells.at(0);
  EXPECT_EQ(identity(cell).at("gil_interval_us"), 250);
  EXPECT_EQ(identity(cell).at("gil_ticks"), 7);
  EXPECT_EQ(identity(cell).at("free_at_most"), 100);
  EXPECT_EQ(identity(cell).at("cycle_collector"), "off");
  EXPECT_NE(worker_line(cell).find(" --gil-interval 250 "), std::string::npos);
  EXPECT_NE(worker_line(cell).find(" --gil-ticks 7 "), std::string::npos);
  EXPECT_NE(worker_line(cell).find(" --free-at-most 100 "), std::string::npos);
}

TEST(Plan, AsksWhyOnlyThoseThatCanTellAndNamesThem) {
  PlanRequest r = request({"plain", "other", "procs:other"}, {"fine"});
  EXPECT_TRUE(make_plan(r).notes.empty());
  r.why = true;
  const Plan plan = make_plan(r);
  ASSERT_EQ(plan.cells.size(), 3u);
  for (const Cell& cell : plan.cells) {
    EXPECT_EQ(cell.why, cell.model_id() == "other") << cell.title();
    EXPECT_EQ(worker_line(cell).find(" --why ") != std::string::npos, cell.why);
  }
  EXPECT_EQ(plan.notes, (std::vector<std::string>{
                            "--why: plain cannot tell what keeps objects alive; other can",
                            "--why: procs:other cannot tell what keeps objects alive; other can"}));
}

TEST(Plan, CountsBySiteWhereThatIsCompiledAndSaysSoInTheIdentity) {
  PlanRequest r = request({"plain", "other"}, {"fine"});
  for (const Cell& cell : make_plan(r).cells) EXPECT_TRUE(identity(cell).at("by_site").is_null());
  r.sites = true;
  const Plan plan = make_plan(r);
  ASSERT_EQ(plan.cells.size(), 2u);
  for (const Cell& cell : plan.cells) {
    const bool counts = cell.model_id() == "plain";
    EXPECT_EQ(identity(cell).at("by_site"), counts ? Json(true) : Json());
    EXPECT_EQ(worker_line(cell).find(" --sites ") != std::string::npos, counts);
  }
  EXPECT_EQ(plan.notes, (std::vector<std::string>{
                            "--sites: fine on other is not compiled with them: it runs without"}));
  r.census = false;
  EXPECT_NE(complaint(r), "");
}

TEST(Plan, MistakesAreADimensionOfTheirOwn) {
  PlanRequest r = request({"plain"}, {"fine"});
  r.mistakes = {"none", "double-free=0.25", "missing-lock=1"};
  const Plan plan = make_plan(r);
  ASSERT_EQ(plan.cells.size(), 3u);
  std::set<std::string> seen;
  for (const Cell& cell : plan.cells) {
    const Json mistake = identity(cell).at("mistake");
    const std::string text = mistake.is_null() ? "none" : mistake.get<std::string>();
    seen.insert(text);
    EXPECT_EQ(worker_line(cell).find(" --mistake " + text + " ") != std::string::npos,
              text != "none");
  }
  EXPECT_EQ(seen, std::set<std::string>(r.mistakes.begin(), r.mistakes.end()));
}

TEST(Plan, AProgramThatWasNotCompiledWithMistakesIsLeftOutAndSaidToBe) {
  PlanRequest r = request({"plain"}, {"fine", "crash"});
  r.mistakes = {"none", "forget-free=0.5"};
  const Plan plan = make_plan(r);
  EXPECT_EQ(plan.cells.size(), 3u);
  ASSERT_EQ(plan.notes.size(), 1u);
  EXPECT_EQ(plan.notes[0], "crash is not compiled with mistakes: left out");
}

TEST(Plan, AMistakeThatIsNoneIsRefusedWithTheNearestName) {
  PlanRequest r = request({"plain"}, {"fine"});
  r.mistakes = {"dubble-free=0.5"};
  EXPECT_EQ(complaint(r), "unknown mistake 'dubble-free': did you mean 'double-free'?");
  for (const char* text : {"double-free", "double-free=", "double-free=0", "double-free=2",
                           "double-free=-1", "double-free=0.5x", "double-free=nan"}) {
    r.mistakes = {text};
    EXPECT_NE(complaint(r), "") << text;
  }
}

TEST(Plan, PlantedLeaksReachTheCellItsIdentityItsWorkerAndWhatIsExpected) {
  PlanRequest r = request({"plain"}, {"fine"});
  EXPECT_TRUE(identity(make_plan(r).cells.at(0)).at("planted").is_null());
  r.planted = "leaks=17+cycles=3";
  const Cell cell = make_plan(r).cells.at(0);
  EXPECT_EQ(identity(cell).at("planted"), "leaks=17+cycles=3");
  EXPECT_NE(worker_line(cell).find(" --plant leaks=17+cycles=3 "), std::string::npos);
  for (const char* text : {"leeks=1", "leaks", "leaks=x", "leaks=-1", "leaks=1+cycles", "3"}) {
    r.planted = text;
    EXPECT_NE(complaint(r), "") << text;
  }
}

TEST(Plan, AHeapThatGrowsHasNoLimitAndItsWorkerIsToldTheRatio) {
  PlanRequest r = request({"limited"}, {"fine"});
  r.heaps = {"grow:1.5x"};
  const Cell cell = make_plan(r).cells.at(0);
  EXPECT_EQ(identity(cell).at("heap"), "grow:1.5x");
  EXPECT_FALSE(cell.heap_limit_bytes);
  EXPECT_NE(worker_line(cell).find(" --growth 1.5 "), std::string::npos);
}

TEST(Plan, ExplainsTheModelsThatCanAndIsRefusedWhereNoneCan) {
  PlanRequest r = request({"limited", "plain"}, {"fine"});
  r.explain = "why.txt";
  for (const Cell& cell : make_plan(r).cells) {
    EXPECT_EQ(worker_line(cell).find(" --explain why.txt ") != std::string::npos,
              cell.model_name() == "limited");
  }
  r.models = {"plain"};
  EXPECT_THROW(make_plan(r), UsageError);
}

TEST(Plan, IdentityOfACellIsThatOfItsRecord) {
  PlanRequest r = request({"limited"}, {"fine"});
  r.stress.collect_at_each_poll = true;
  const Cell cell = make_plan(r).cells.at(0);
  const Json id = identity(cell);
  EXPECT_EQ(identity_of_record(Json::parse(id.dump())).dump(), id.dump());
}

}  // namespace
}  // namespace reclaim::cells
