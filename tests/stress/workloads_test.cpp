// Every workload on every model while the heap is disturbed: a collection at each make, minor and
// major in turn, and at each poll. The outcome must be what it is on `manual` at rest, the census
// exact. Models that have nothing to disturb run along: the expectations are the same.
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cells/plan.h"
#include "cells/registry.h"

// The rings that `cycles` leaves behind under counting are what it is about; the census counts
// them.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:reclaim::Cycles\n"; }

namespace reclaim::cells {
namespace {

constexpr const char* reference_model = "manual";
// Each of n threads stops all n at each of its steps: the time is n squared, and the verifier's.
constexpr int most_threads = checked ? 4 : 8;

struct Stressed {
  const Entry* entry;
  int threads;

  std::string name() const {
    std::string text = std::string{entry->workload->id} + "_on_" + std::string{entry->model->id} +
                       "_" + std::to_string(threads);
    for (char& c : text) {
      if (c == '+') c = 'p';
      if (c == '-' || c == ':') c = '_';
    }
    return text;
  }
  friend std::ostream& operator<<(std::ostream& out, const Stressed& s) { return out << s.name(); }
};

std::vector<Stressed> everything() {
  std::vector<Stressed> all;
  for (const Entry& entry : entries()) {
    if (!entry.workload->argument_name.empty()) continue;  // needs a file
    for (const int threads : {1, 2, most_threads}) all.push_back({&entry, threads});
  }
  return all;
}

Cell cell_of(const std::string& model, const Stressed& stressed) {
  PlanRequest request;
  request.models = {model};
  request.workloads = {std::string{stressed.entry->workload->id}};
  request.threads = {stressed.threads};
  request.size = "tiny";
  request.heaps = {"64MB"};
  return make_plan(request).cells.front();
}

RunResult run(const Cell& cell, const StressOptions& stress) {
  RunRequest one;
  one.context = cell.context;
  one.heap.limit_bytes = cell.heap_limit_bytes.value_or(0);
  one.heap.stress = stress;
  return cell.entry->run(one);
}

std::uint64_t stops_of(const RunResult& result, StopCause cause) {
  for (const auto& [of, histogram] : result.stops) {
    if (of == cause) return histogram.count();
  }
  return 0;
}

class StressedWorkload : public testing::TestWithParam<Stressed> {};

TEST_P(StressedWorkload, ComesToTheSameOutcomeWithAnExactCensus) {
  const Stressed& stressed = GetParam();
  const ModelInfo& model = *stressed.entry->model;
  const StressOptions stress{.collect_every_nth_make = 1, .collect_at_each_poll = true};
  const Cell cell = cell_of(std::string{model.id}, stressed);
  const RunResult want = run(cell_of(reference_model, stressed), {});
  const RunResult got = run(cell, stress);

  if (model.loses_updates && cell.context.threads > 1) return;  // it came to an end: that is all
  EXPECT_EQ(got.outcome.checksum, want.outcome.checksum);
  EXPECT_EQ(got.outcome.operations, want.outcome.operations);
  ASSERT_TRUE(want.census && got.census);
  EXPECT_EQ(got.census->allocated_objects, want.census->allocated_objects);
  EXPECT_EQ(got.census->allocated_bytes, want.census->allocated_bytes);
  EXPECT_EQ(want.census->leaked_objects, 0u);

  const auto planted = stressed.entry->workload->planted_cyclic_objects;
  const bool counts_only = model.reclaims && !model.wants_discard && !model.collects_cycles;
  const std::uint64_t leaked = !model.reclaims                     ? got.census->allocated_objects
                               : counts_only && planted != nullptr ? planted(cell.context)
                                                                   : 0;
  EXPECT_EQ(got.census->leaked_objects, leaked);
  if (model.moves && got.census->allocated_objects > 64) {
    EXPECT_GT(stops_of(got, StopCause::minor_gc), 10u) << "nothing was disturbed";
    EXPECT_GT(stops_of(got, StopCause::major_gc), 10u) << "nothing was disturbed";
  }
}

INSTANTIATE_TEST_SUITE_P(All, StressedWorkload, testing::ValuesIn(everything()),
                         [](const auto& tested) { return tested.param.name(); });

}  // namespace
}  // namespace reclaim::cells
