// A replay on every registered model: the same checksum as arithmetic alone gives, exact totals,
// nothing left.
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cells/registry.h"
#include "random_trace.h"
#include "temporary_folder.h"
#include "tests/test_name.h"
#include "trace/program.h"
#include "trace/reader.h"

namespace reclaim {
namespace {

struct Case {
  const cells::Entry* entry;
  int threads;
  bool lockstep;

  bool loses_updates() const { return entry->model->loses_updates && threads > 1; }
};

std::string name_of(const Case& c) {
  return test_name(c.entry->model->id) + "_with_" + std::to_string(c.threads) + "_threads" +
         (c.lockstep ? "_in_order" : "");
}
void PrintTo(const Case& c, std::ostream* out) { *out << name_of(c); }

/// On every model, with each of these numbers of threads and orders.
std::vector<Case> cases(const std::vector<std::pair<int, bool>>& threads_and_orders) {
  std::vector<Case> all;
  for (const cells::Entry& entry : cells::entries()) {
    if (entry.workload->id != "replay") continue;
    for (const auto& [threads, lockstep] : threads_and_orders) {
      all.push_back({&entry, threads, lockstep});
    }
  }
  return all;
}

cells::RunResult replay(const Case& c, const std::string& path, int repeat) {
  cells::RunRequest request;
  request.context.argument = path;
  request.context.threads = c.threads;
  request.context.seed = 77;
  request.context.parameters.set("lockstep", c.lockstep ? 1 : 0);
  request.context.parameters.set("repeat", repeat);
  return c.entry->run(request);
}

void expect_exact(const Case& c, const std::string& path, int times) {
  const cells::RunResult result = replay(c, path, times);
  const auto repeat = static_cast<std::uint64_t>(times);
  const trace::Totals totals = trace::summarize(path).totals;
  EXPECT_EQ(result.outcome.checksum, repeat * trace::expected_checksum(path, 77));
  EXPECT_EQ(result.outcome.operations, repeat * totals.events);
  ASSERT_TRUE(result.census);
  std::uint64_t blobs = 0, blob_bytes = 0;
  for (const TypeCensus& row : result.census->types) {
    if (row.type != "Blob") continue;
    blobs += row.allocated_objects;
    blob_bytes += row.allocated_bytes;
  }
  EXPECT_EQ(blobs, repeat * (totals.objects + totals.resizes));
  EXPECT_EQ(blob_bytes, repeat * (totals.made_bytes + totals.resized_bytes));
  if (c.entry->model->reclaims && !c.loses_updates()) {
    EXPECT_EQ(result.census->leaked_objects, 0u);
  }
  std::map<std::string, double> extra(result.extra.begin(), result.extra.end());
  EXPECT_EQ(extra["unfreed_in_recording_objects"], static_cast<double>(totals.live_objects));
  EXPECT_EQ(extra["unfreed_in_recording_bytes"], static_cast<double>(totals.live_bytes));
}

class ReplayOn : public testing::TestWithParam<Case> {};

TEST_P(ReplayOn, GivesTheChecksumAndTotalsOfTheTrace) {
  const Case& c = GetParam();
  const trace::TestFolder folder;
  for (const std::uint64_t seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    trace::write_threaded_trace(folder / std::to_string(seed), seed, c.lockstep ? 1500 : 6000);
    for (const int repeat : {1, 3}) expect_exact(c, folder / std::to_string(seed), repeat);
  }
}

class ReplayInOrder : public ReplayOn {};

TEST_P(ReplayInOrder, ReachesTheRecordedPeakToTheByte) {
  const trace::TestFolder folder;
  trace::write_threaded_trace(folder / "t", 3, 2000);
  const auto result = replay(GetParam(), folder / "t", 2);
  std::map<std::string, double> extra(result.extra.begin(), result.extra.end());
  EXPECT_EQ(extra["replayed_peak_live_bytes"], extra["recorded_peak_live_bytes"]);
  EXPECT_GT(extra["recorded_peak_live_bytes"], 0);
}

INSTANTIATE_TEST_SUITE_P(, ReplayOn,
                         testing::ValuesIn(cases({{1, false},
                                                  {2, false},
                                                  {4, false},
                                                  {8, false},
                                                  {1, true},
                                                  {2, true},
                                                  {4, true},
                                                  {8, true}})),
                         [](const auto& test) { return name_of(test.param); });

INSTANTIATE_TEST_SUITE_P(, ReplayInOrder,
                         testing::ValuesIn(cases({{1, false}, {2, true}, {4, true}, {8, true}})),
                         [](const auto& test) { return name_of(test.param); });

class ReplayOfWhatIsShipped : public ReplayOn {};

TEST_P(ReplayOfWhatIsShipped, PlaysAsManyThreadsAsItRecorded) {
  const std::string path = RECLAIM_SHIPPED_TRACE;
  expect_exact({GetParam().entry, trace::demand_of(path).mutators, false}, path, 1);
}

INSTANTIATE_TEST_SUITE_P(, ReplayOfWhatIsShipped, testing::ValuesIn(cases({{1, false}})),
                         [](const auto& test) { return name_of(test.param); });

}  // namespace
}  // namespace reclaim
