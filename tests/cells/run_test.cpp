// Every way for a cell to end has its status, and none of them ends the run.
#include "cells/run.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <set>
#include <string>

#include "cells/build_info.h"
#include "cells/record.h"

namespace reclaim::cells {
namespace {

struct Silence : Progress {
  void begin(const Cell&, std::size_t, std::size_t) override {}
  void end(const Cell&, const Json&, std::size_t, std::size_t) override {}
  void searching(const Cell&, std::uint64_t) override {}
};

std::vector<Json> run(PlanRequest request, double timeout_s = 30) {
  if (request.models.empty()) request.models = {"plain"};
  request.size = "tiny";
  const InterruptGuard guard;
  Silence progress;
  RunOutcome outcome = run_plan(make_plan(request), Json::object(), {}, nullptr,
                                {RECLAIM_FAKES, timeout_s}, guard, progress);
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_TRUE(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD) << "a child is left";
  return outcome.records;
}

Json only(PlanRequest request, double timeout_s = 30) {
  std::vector<Json> records = run(std::move(request), timeout_s);
  EXPECT_EQ(records.size(), 1u);
  return records.at(0);
}

Json only(const std::string& workload, double timeout_s = 30) {
  PlanRequest request;
  request.workloads = {workload};
  return only(request, timeout_s);
}

std::string text(const Json& record, const char* name) {
  return record.at(name).get<std::string>();
}

TEST(Cell, SaysWhatTheAllocatorHeldWhereTheModelLivesOnIt) {
  PlanRequest request;
  request.models = {"plain"};
  if (build_info().sanitizer.empty()) {  // which brings its own malloc
    for (const char* allocator : {"glibc", "mimalloc", "jemalloc"}) {
      request.models.push_back(std::string("mallocs:") + allocator);
    }
  }
  request.workloads = {"fine"};
  for (const Json& record : run(request)) {
    const Json& memory = record.at("memory");
    if (text(record, "model") == "plain") {
      EXPECT_TRUE(memory.at("held_bytes").is_null()) << record;
    } else {
      EXPECT_GT(memory.at("held_bytes").get<std::uint64_t>(), 0u) << record;
    }
  }
}

TEST(Cell, ThatEndsWellIsOkAndHasEveryField) {
  const Json record = only("fine");
  EXPECT_EQ(text(record, "status"), "ok") << record;
  std::vector<std::string> names;
  for (const auto& [name, value] : record.items()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"kind",
                                             "schema",
                                             "model",
                                             "allocator",
                                             "workload",
                                             "size",
                                             "params",
                                             "threads",
                                             "heap_limit_bytes",
                                             "heap",
                                             "round",
                                             "warmup",
                                             "seed",
                                             "counted",
                                             "collectors",
                                             "gil_interval_us",
                                             "gil_ticks",
                                             "free_at_most",
                                             "cycle_collector",
                                             "by_site",
                                             "planted",
                                             "mistake",
                                             "meters",
                                             "arrivals",
                                             "stress",
                                             "status",
                                             "message",
                                             "wall_s",
                                             "user_s",
                                             "sys_s",
                                             "ops",
                                             "checksum",
                                             "peak_rss_bytes",
                                             "baseline_rss_bytes",
                                             "minor_faults",
                                             "major_faults",
                                             "voluntary_switches",
                                             "involuntary_switches",
                                             "work_scaling",
                                             "census",
                                             "types",
                                             "leaked_at",
                                             "sites",
                                             "why",
                                             "stops",
                                             "mmu",
                                             "latency",
                                             "hiccups",
                                             "memory",
                                             "rss_series",
                                             "arrival_rate",
                                             "planted_leaks",
                                             "expected_leaks",
                                             "extra"}));
  EXPECT_EQ(record.at("allocator"), Json());
  EXPECT_EQ(record.at("census").at("allocated_objects"), 10);
  EXPECT_EQ(record.at("census").at("leaked_objects"), 0);
  EXPECT_EQ(text(record, "checksum").size(), 18u);
  EXPECT_GT(record.at("peak_rss_bytes").get<std::uint64_t>(), 0u);
}

TEST(Cell, SaysOfItsObjectsWhatWasAskedAndItsModelCanTell) {
  EXPECT_TRUE(only("fine").at("why").is_null());
  EXPECT_EQ(only("fine").at("sites"), Json::array());
  PlanRequest request;
  request.models = {"plain", "other"};
  request.workloads = {"fine"};
  request.why = request.sites = true;
  for (const Json& record : run(request)) {
    const bool other = record.at("model") == "other";
    EXPECT_EQ(record.at("why"), !other ? Json() : Json::parse(R"([
      {"type": "Fake", "kept_by": "root", "objects": 3, "bytes": 24, "distance": 2,
       "path": "Global → Array[7] → Fake"},
      {"type": "Twin", "kept_by": "ring", "objects": 4, "bytes": 32, "distance": 0,
       "path": "ring of 2: Twin.0 → Twin.0 → Twin"}])"));
    EXPECT_EQ(record.at("by_site"), other ? Json() : Json(true));
    EXPECT_EQ(record.at("sites"), other ? Json::array() : Json::parse(R"([
      {"type": "Fake", "file": "cells/fakes.cpp", "line": 7, "allocated_objects": 10,
       "allocated_bytes": 80, "leaked_objects": 0, "leaked_bytes": 0}])"));
  }
}

TEST(Cell, HasPercentilesOnlyWhereThereAreSamples) {
  const Json record = only("fine");
  const Json& stop = record.at("stops").at("minor_gc");  // of 50 stops
  EXPECT_EQ(stop.at("count"), 50);
  EXPECT_NEAR(stop.at("p90_s").get<double>(), 45e-6, 0.5e-6);
  EXPECT_TRUE(stop.at("p99_s").is_null());
  EXPECT_DOUBLE_EQ(stop.at("max_s").get<double>(), 50e-6);
}

TEST(Cell, HasTheBucketsOfItsStops) {
  const Json record = only("fine");
  const Json& buckets = record.at("stops").at("minor_gc").at("histogram");
  std::uint64_t counted = 0, before = 0;
  for (const Json& bucket : buckets) {
    EXPECT_GT(bucket.at(0).get<std::uint64_t>(), before);
    before = bucket.at(0);
    counted += bucket.at(1).get<std::uint64_t>();
  }
  EXPECT_EQ(counted, 50u);
  EXPECT_NEAR(static_cast<double>(before), 50e3, 50e3 / 256);
}

TEST(Cell, IsSeenFromOutsideUnlessTheMetersAreOff) {
  PlanRequest request;
  request.workloads = {"serve"};
  request.meters = "both";
  const std::vector<Json> records = run(request);
  ASSERT_EQ(records.size(), 2u);
  for (const Json& record : records) {
    const bool on = record.at("meters");
    EXPECT_EQ(record.at("hiccups").is_null(), !on);
    EXPECT_EQ(record.at("rss_series").is_null(), !on);
    EXPECT_EQ(record.at("latency").is_null(), !on);
  }
  EXPECT_NE(records[0].at("meters"), records[1].at("meters"));
}

Json asked_why(const std::string& workload) {
  PlanRequest request;
  request.models = {"other"};
  request.workloads = {workload};
  request.why = true;
  return only(request);
}

TEST(Cell, ThatIsAskedWhyHasNoFiguresOfItsMemoryFromOutside) {
  const Json record = asked_why("fine");
  EXPECT_FALSE(record.at("why").is_null()) << record;
  EXPECT_TRUE(record.at("rss_series").is_null());
  EXPECT_TRUE(record.at("memory").at("held_bytes").is_null());
}

TEST(Cell, ThatCannotBeAskedWhyIsMeasuredAllTheSame) {
  const Json record = asked_why("unasked");
  EXPECT_EQ(text(record, "status"), "ok") << record;
  EXPECT_TRUE(record.at("why").is_null());
  EXPECT_TRUE(record.at("wall_s").is_number());
  EXPECT_TRUE(text(record, "message").starts_with("no answer to --why: out of memory")) << record;
}

TEST(Cell, ThatServesHasItsLatencyAndAScheduleWhereOneIsAskedFor) {
  PlanRequest request;
  request.workloads = {"serve"};
  const Json closed = only(request);
  EXPECT_EQ(closed.at("latency").at("count"), 1000);
  EXPECT_TRUE(closed.at("latency").at("open_loop").is_null());
  EXPECT_TRUE(closed.at("arrivals").is_null());
  const double reached = closed.at("latency").at("served_per_s");
  EXPECT_NEAR(reached, 256 / 2e-6, 1);
  request.rate = "50%";
  const Json open = only(request);
  EXPECT_EQ(open.at("arrivals"), "50%");
  EXPECT_DOUBLE_EQ(open.at("arrival_rate").get<double>(), reached / 2);
  const Json& loop = open.at("latency").at("open_loop");
  EXPECT_EQ(loop.at("load"), 0.5);
  EXPECT_NEAR(loop.at("p50_s").get<double>(), 1e-6, 1e-8);
  request.rate = "1000000";
  EXPECT_DOUBLE_EQ(only(request).at("arrival_rate").get<double>(), 1e6);
  request.workloads = {"fine"};
  EXPECT_TRUE(only(request).at("arrivals").is_null()) << "it serves nothing";
}

TEST(Cell, ThatDiesByASignalHasCrashed) {
  const Json record = only("crash");
  EXPECT_EQ(text(record, "status"), "crashed");
  EXPECT_NE(text(record, "message").find("signal 11"), std::string::npos) << record;
  EXPECT_TRUE(record.at("wall_s").is_null());
}

TEST(Cell, ThatHangsTimesOut) {
  const Json record = only("hang", 0.3);
  EXPECT_EQ(text(record, "status"), "timeout");
  EXPECT_TRUE(record.at("checksum").is_null());
}

TEST(Cell, ThatExhaustsItsHeapSaysWhatItWanted) {
  PlanRequest request;
  request.models = {"limited"};
  request.workloads = {"exhaust"};
  request.heaps = {"1MB"};
  const Json record = only(request);
  EXPECT_EQ(text(record, "status"), "out_of_memory");
  EXPECT_EQ(text(record, "message"),
            "out of memory: fake make asked for 64 bytes within a heap limit of 1000000 bytes");
  EXPECT_EQ(record.at("heap_limit_bytes"), 1'000'000);
}

TEST(Cell, TellsItsHeapTheSettingsOfTheGilThatWereGiven) {
  Json extra = only("gil").at("extra");
  EXPECT_EQ(extra.at("interval_ns"), HeapOptions{}.gil_switch_interval_ns);
  EXPECT_EQ(extra.at("ticks"), HeapOptions{}.gil_switch_ticks);
  PlanRequest request;
  request.workloads = {"gil"};
  request.gil_interval_us = 250;
  request.gil_ticks = 7;
  extra = only(request).at("extra");
  EXPECT_EQ(extra.at("interval_ns"), 250'000);
  EXPECT_EQ(extra.at("ticks"), 7);
}

TEST(Cell, ThatMeetsALimitOfTheSystemIsSkippedByItsName) {
  const Json record = only("threadless");
  EXPECT_EQ(text(record, "status"), "skipped");
  EXPECT_TRUE(text(record, "message").starts_with("pids: ")) << record;
}

TEST(Cell, ThatWantsMoreMemoryThanThereIsIsSkipped) {
  PlanRequest request;
  request.models = {"limited"};
  request.workloads = {"fine"};
  request.heaps = {"900000GB"};
  const Json record = only(request);
  EXPECT_EQ(text(record, "status"), "skipped");
  EXPECT_TRUE(text(record, "message").starts_with("memory: ")) << record;
}

TEST(Cell, ThatThrowsOrSaysNothingHasFailed) {
  EXPECT_EQ(text(only("broken"), "status"), "failed");
  EXPECT_EQ(text(only("broken"), "message"), "exit code 1: the fake is broken");
  EXPECT_EQ(text(only("silent"), "status"), "failed");
  EXPECT_EQ(text(only("silent"), "message"), "the worker gave no result");
}

TEST(Cell, ThatLeaksWhatWasNotPlantedHasFailed) {
  const Json record = only("leak");
  EXPECT_EQ(text(record, "status"), "failed");
  EXPECT_EQ(text(record, "message"), "leaked 3 objects, expected 0");
  EXPECT_TRUE(record.at("wall_s").is_null());
  EXPECT_EQ(record.at("census").at("leaked_objects"), 3);
}

TEST(Cell, MustLeakExactlyWhatWasPlantedUnlessTheModelCollectsCycles) {
  PlanRequest request;
  request.models = {"plain", "other"};
  request.workloads = {"cycle"};
  for (const Json& record : run(request)) {
    EXPECT_EQ(text(record, "status"), "ok") << record;
    EXPECT_EQ(record.at("planted_leaks"), 1);
    EXPECT_EQ(record.at("expected_leaks"), record.at("model") == "plain" ? 1 : 0);
  }
}

TEST(Cell, OfAModelThatNeverReclaimsHasUnreclaimedObjectsAndNoLeaks) {
  PlanRequest request;
  request.models = {"never"};
  request.workloads = {"fine"};
  const Json record = only(request);
  EXPECT_EQ(text(record, "status"), "ok") << record;
  EXPECT_TRUE(record.at("census").at("leaked_objects").is_null());
  EXPECT_EQ(record.at("census").at("unreclaimed_objects"), 10);
  EXPECT_EQ(record.at("census").at("unreclaimed_bytes"), 80);
}

TEST(Cell, WithAnotherChecksumHasFailedWhenevrItRan) {
  PlanRequest request;
  request.models = {"plain", "other", "never"};
  request.workloads = {"wrong"};
  std::set<std::size_t> places;  // of the wrong one, over the orders
  for (request.seed = 1; request.seed <= 8; ++request.seed) {
    const std::vector<Json> records = run(request);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const bool wrong = records[i].at("model") == "other";
      if (wrong) places.insert(i);
      EXPECT_EQ(text(records[i], "status"), wrong ? "failed" : "ok") << records[i];
      if (wrong) {
        EXPECT_EQ(text(records[i], "message"), "checksum differs from 2 other cells");
      }
    }
  }
  EXPECT_TRUE(places.contains(0)) << "no order began with the wrong one: choose other seeds";
}

TEST(Cell, OfAProgramThatErrsHasTheEndThatTheMistakeHad) {
  PlanRequest request;
  request.models = {"plain"};
  request.workloads = {"fine"};
  request.mistakes = {"none", "forget-free=0.5", "double-free=0.5", "use-after-free=0.5",
                      "missing-lock=1"};
  std::map<std::string, Json> by_mistake;
  const std::vector<Json> records = run(request);
  for (const Json& record : records) {
    const Json mistake = record.at("mistake");
    by_mistake[mistake.is_null() ? "none" : mistake.get<std::string>()] = record;
  }
  ASSERT_EQ(by_mistake.size(), 5u);
  EXPECT_EQ(text(by_mistake["none"], "status"), "ok");
  EXPECT_EQ(text(by_mistake["forget-free=0.5"], "status"), "ok") << "a leak is the result";
  EXPECT_EQ(by_mistake["forget-free=0.5"].at("census").at("leaked_objects"), 5);
  const Json site = {{"type", "Fake"}, {"file", "cells/fakes.cpp"}, {"line", 7}, {"objects", 5}};
  EXPECT_EQ(by_mistake["forget-free=0.5"].at("leaked_at"), Json::array({site}));
  EXPECT_EQ(text(by_mistake["double-free=0.5"], "status"), "failed");
  EXPECT_EQ(text(by_mistake["double-free=0.5"], "message"), "double free: Fake of 8 bytes");
  EXPECT_EQ(text(by_mistake["use-after-free=0.5"], "message"),
            "checksum differs from 1 other cell");
  EXPECT_EQ(text(by_mistake["missing-lock=1"], "status"), "crashed");
  EXPECT_TRUE(all_fine(records)) << "what was asked for is no failure of the run";
}

TEST(Cell, LeavesNothingRunningBehindIt) {
  const Json record = only("litter");
  EXPECT_EQ(text(record, "status"), "ok") << record;
  const auto child = static_cast<pid_t>(record.at("extra").at("child").get<double>());
  // It was killed with its group; whoever adopted it may take a moment to reap it.
  for (std::int64_t tries = 0; ::kill(child, 0) == 0; ++tries) {
    std::string state;
    if (FILE* file = ::fopen(("/proc/" + std::to_string(child) + "/stat").c_str(), "r")) {
      char line[256] = "";
      if (::fgets(line, sizeof line, file) != nullptr) state = line;
      ::fclose(file);
    }
    if (state.find(") Z ") != std::string::npos) break;
    ASSERT_LT(tries, 1'000'000) << state;
  }
}

TEST(Cell, HasItsAllocatorPreloadedAndNoOther) {
  if (!build_info().sanitizer.empty()) GTEST_SKIP() << "a sanitizer brings its own malloc";
  PlanRequest request;
  request.models = {"mallocs:mimalloc", "mallocs:glibc", "plain"};
  request.workloads = {"owner"};
  for (const Json& record : run(request)) {
    EXPECT_EQ(text(record, "status"), "ok") << record;
    EXPECT_EQ(record.at("extra").at("has_mimalloc"), record.at("allocator") == "mimalloc" ? 1 : 0);
  }
}

TEST(Cell, OfASanitizerBuildRunsWithNoOtherAllocator) {
  if (build_info().sanitizer.empty()) GTEST_SKIP() << "no sanitizer in this build";
  PlanRequest request;
  request.models = {"mallocs:mimalloc"};
  request.workloads = {"fine"};
  EXPECT_EQ(text(only(request), "status"), "skipped");
}

TEST(Cell, AtTheLeastHeapHasFoundIt) {
  PlanRequest request;
  request.models = {"limited"};
  request.workloads = {"needs-heap"};
  request.heaps = {"min"};
  request.rounds = 2;
  const std::vector<Json> records = run(request);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(text(records[0], "status"), "ok") << records[0];
  const auto bytes = records[0].at("heap_limit_bytes").get<std::uint64_t>();
  EXPECT_GE(bytes, 123'456u);
  EXPECT_LE(bytes - bytes / 16, 123'456u);
  EXPECT_EQ(records[1].at("heap_limit_bytes"), bytes) << "searched once, not once a round";
}

TEST(Cell, HandsItsOptionsToTheWorker) {
  PlanRequest request;
  request.workloads = {"fine"};
  request.warmup = 3;
  request.seed = 99;
  request.parameters = {"objects=42"};
  const Json record = only(request);
  EXPECT_EQ(record.at("extra").at("warmup"), 3);
  EXPECT_EQ(record.at("ops"), 42);
  const std::string with_99 = text(record, "checksum");
  request.seed = 1;
  EXPECT_NE(text(only(request), "checksum"), with_99);
}

}  // namespace
}  // namespace reclaim::cells
