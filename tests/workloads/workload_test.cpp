// Every registered workload on every registered model with 1, 2, 4 and 8 threads (in checked builds
// 1 and 8) at its tiny size:
// the same checksum and the same allocations as on every other model and under every schedule, and
// a census that is exact to the object.
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cells/registry.h"
#include "tests/test_name.h"

/// Counting alone leaks the rings that `cycles` plants: that is what the workload shows, and the
/// census below knows the number. Every other leak is LeakSanitizer's to report.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:reclaim::Cycles\n"; }

namespace reclaim::cells {
namespace {

/// A workload with some of its parameters set, on a model, with a number of threads.
struct Case {
  const Entry* entry;
  int threads;
  std::string variant;  ///< a parameter and its value as a word; empty: the defaults
  std::vector<std::pair<std::string_view, double>> parameters;

  RunRequest request() const {
    RunRequest wanted;
    wanted.context.threads = threads;
    for (const ParameterInfo& p : entry->workload->parameters) {
      wanted.context.parameters.set(p.name, p.tiny);
    }
    for (const auto& [name, value] : parameters) wanted.context.parameters.set(name, value);
    return wanted;
  }
};

std::string name_of(const Case& c) {
  return test_name(c.entry->workload->id) + c.variant + "_on_" + test_name(c.entry->model->id) +
         "_with_" + std::to_string(c.threads) + "_threads";
}
void PrintTo(const Case& c, std::ostream* out) { *out << name_of(c); }

/// All but the workloads that need a file.
std::vector<Case> cases(const std::vector<int>& thread_counts) {
  std::vector<Case> all;
  for (const Entry& entry : entries()) {
    if (!entry.workload->argument_name.empty()) continue;
    for (const int threads : thread_counts) {
      all.push_back({&entry, threads, "", {}});
      if (entry.workload->id == "lru-cache") {
        all.push_back({&entry, threads, "_shared", {{"shared", 1}}});
      }
      if (entry.workload->id == "cycles") {
        all.push_back({&entry, threads, "_none", {{"fraction", 0}}});
        all.push_back({&entry, threads, "_all", {{"fraction", 1}}});
      }
    }
  }
  return all;
}

/// What must be left over at the end: nothing, or what counting alone cannot free.
std::uint64_t leftover_objects(const Case& c, const Census& census) {
  const ModelInfo& model = *c.entry->model;
  if (!model.reclaims) return census.allocated_objects;
  const auto planted = c.entry->workload->planted_cyclic_objects;
  if (planted == nullptr || model.collects_cycles || model.wants_discard) return 0;
  return planted(c.request().context);
}

/// Whether counts may come out wrong: then an object may be gone, or stay, or be made once more.
bool loses_updates(const Case& c) { return c.entry->model->loses_updates && c.threads > 1; }

class EveryWorkload : public ::testing::TestWithParam<Case> {};

TEST_P(EveryWorkload, DoesTheSameWorkAndLeavesExactlyWhatItMust) {
  const Case& c = GetParam();
  const RunResult result = c.entry->run(c.request());
  ASSERT_TRUE(result.census.has_value());
  if (loses_updates(c)) return;
  EXPECT_EQ(result.census->leaked_objects, leftover_objects(c, *result.census));
  EXPECT_EQ(result.census->leaked_bytes != 0, result.census->leaked_objects != 0);
  EXPECT_NE(result.outcome.checksum, 0u);
  EXPECT_NE(result.outcome.operations, 0u);

  // The same work on the reference, which does nothing but allocate.
  Case reference = c;
  reference.entry = find_entry("null", c.entry->workload->id);
  ASSERT_NE(reference.entry, nullptr);
  const RunResult expected = reference.entry->run(reference.request());
  EXPECT_EQ(result.outcome.checksum, expected.outcome.checksum);
  EXPECT_EQ(result.outcome.operations, expected.outcome.operations);
  EXPECT_EQ(result.census->allocated_objects, expected.census->allocated_objects);
  EXPECT_EQ(result.census->allocated_bytes, expected.census->allocated_bytes);
  if (c.threads == 1) {
    EXPECT_LE(result.census->allocated_objects, 2000u) << "tiny is tiny";
  }
}

TEST_P(EveryWorkload, DoesNotDependOnTheSchedule) {
  const Case& c = GetParam();
  const RunResult first = c.entry->run(c.request());
  RunRequest other = c.request();
  other.heap.gil_switch_interval_ns = 20'000;
  other.heap.free_at_most = 3;
  other.heap.stress.collect_every_nth_make = c.threads <= 2 ? 1 : 7;
  other.heap.stress.collect_at_each_poll = c.threads <= 2;
  const RunResult second = c.entry->run(other);
  if (loses_updates(c)) return;
  EXPECT_EQ(first.outcome.checksum, second.outcome.checksum);
  EXPECT_EQ(first.outcome.operations, second.outcome.operations);
  EXPECT_EQ(first.census->allocated_objects, second.census->allocated_objects);
  EXPECT_EQ(first.census->allocated_bytes, second.census->allocated_bytes);
  EXPECT_EQ(first.census->leaked_objects, second.census->leaked_objects);
}

INSTANTIATE_TEST_SUITE_P(, EveryWorkload,
                         ::testing::ValuesIn(cases(checked ? std::vector{1, 8}
                                                           : std::vector{1, 2, 4, 8})),
                         [](const auto& test) { return name_of(test.param); });

class ManyThreads : public ::testing::TestWithParam<Case> {};

TEST_P(ManyThreads, ComeToAnEnd) {
  const Case& c = GetParam();
  const RunResult result = c.entry->run(c.request());
  if (loses_updates(c)) return;
  EXPECT_EQ(result.census->leaked_objects, leftover_objects(c, *result.census));
}

INSTANTIATE_TEST_SUITE_P(, ManyThreads, ::testing::ValuesIn(cases({3, 64})),
                         [](const auto& test) { return name_of(test.param); });

TEST(Workloads, AnotherSeedIsAnotherChecksum) {
  for (const Case& c : cases({2})) {
    if (c.entry->model->id != "null") continue;
    RunRequest other = c.request();
    other.context.seed = 2;
    EXPECT_NE(c.entry->run(c.request()).outcome.checksum, c.entry->run(other).outcome.checksum)
        << name_of(c);
  }
}

TEST(Workloads, AreCountedAfterAWarmUpAsWithoutOne) {
  for (const Case& c : cases({2})) {
    if (c.entry->model->id != "manual" && c.entry->model->id != "gen") continue;
    SCOPED_TRACE(name_of(c));
    RunRequest warmed = c.request();
    warmed.warmup = 2;
    const Census cold = *c.entry->run(c.request()).census;
    const Census warm = *c.entry->run(warmed).census;
    EXPECT_EQ(warm.allocated_objects, cold.allocated_objects);
    EXPECT_EQ(warm.allocated_bytes, cold.allocated_bytes);
    EXPECT_EQ(warm.leaked_objects, cold.leaked_objects);
  }
}

TEST(Workloads, StopsAndCollectionsOfAWarmUpAreNotTheRuns) {
  const Entry* entry = find_entry("gen", "gcbench");
  const auto run = [&](int warmup) {
    RunRequest request = Case{entry, 1, "", {}}.request();
    request.warmup = warmup;
    request.heap.stress.collect_every_nth_make = 20;
    return entry->run(request);
  };
  const auto stops = [](const RunResult& result) {
    double n = 0;
    for (const auto& [cause, log] : result.stops) {
      if (cause == StopCause::minor_gc) n += static_cast<double>(log.count());
    }
    return n;
  };
  const auto collections = [](const RunResult& result) {
    double n = 0;
    for (const auto& [name, value] : result.extra) {
      if (name == "minor_collections") n += value;
    }
    return n;
  };
  const RunResult cold = run(0), warm = run(3);
  EXPECT_GT(stops(cold), 5);
  EXPECT_NEAR(stops(warm), stops(cold), 1);
  EXPECT_NEAR(collections(warm), collections(cold), 1);
}

TEST(Workloads, StandardAndPaperLieWithinTheParametersBounds) {
  for (const WorkloadInfo* workload : workloads()) {
    for (const ParameterInfo& p : workload->parameters) {
      for (const double value : {p.tiny, p.standard, p.paper}) {
        EXPECT_GE(value, p.least) << workload->id << " " << p.name;
        EXPECT_LE(value, p.most) << workload->id << " " << p.name;
      }
    }
  }
}

TEST(Workloads, CyclesPlantsWhatItDeclares) {
  const Entry* entry = find_entry("null", "cycles");
  ASSERT_NE(entry, nullptr);
  for (const double fraction : {0.0, 0.1, 1.0 / 3, 0.5, 0.999, 1.0}) {
    Case c{entry, 3, "", {{"fraction", fraction}, {"groups", 30}, {"size", 7}}};
    const std::uint64_t planted = entry->workload->planted_cyclic_objects(c.request().context);
    EXPECT_NEAR(static_cast<double>(planted), fraction * 30 * 7 * 3, 7 * 3) << fraction;
    EXPECT_EQ(planted % (7 * 3), 0u);
  }
}

}  // namespace
}  // namespace reclaim::cells
