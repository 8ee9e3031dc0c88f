// A replay on one model: the same checksum as arithmetic alone gives, exact totals, nothing left.
#include "workloads/replay.h"

#include <gtest/gtest.h>

#include <map>

#include "cells/drive.h"
#include "model_under_test.h"
#include "random_trace.h"
#include "temporary_folder.h"

namespace reclaim {
namespace {

using M = ReplayedModel;

cells::RunResult replay_on_model(const std::string& path, int threads, bool lockstep, int repeat) {
  cells::RunRequest request;
  request.context.argument = path;
  request.context.threads = threads;
  request.context.seed = 77;
  request.context.parameters.set("lockstep", lockstep ? 1 : 0);
  request.context.parameters.set("repeat", repeat);
  return cells::drive<M, Replay<M>>(request);
}

void expect_exact(const std::string& path, const cells::RunResult& result, std::uint64_t repeat) {
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
  if (M::traits.reclaims) {
    EXPECT_EQ(result.census->leaked_objects, 0u);
  }
  std::map<std::string, double> extra(result.extra.begin(), result.extra.end());
  EXPECT_EQ(extra["unfreed_in_recording_objects"], static_cast<double>(totals.live_objects));
  EXPECT_EQ(extra["unfreed_in_recording_bytes"], static_cast<double>(totals.live_bytes));
}

class ReplayOn : public testing::TestWithParam<std::tuple<int, bool>> {};

TEST_P(ReplayOn, GivesTheChecksumAndTotalsOfTheTrace) {
  const auto [threads, lockstep] = GetParam();
  const trace::TestFolder folder;
  for (const std::uint64_t seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    trace::write_threaded_trace(folder / std::to_string(seed), seed, lockstep ? 1500 : 6000);
    for (const int repeat : {1, 3}) {
      expect_exact(folder / std::to_string(seed),
                   replay_on_model(folder / std::to_string(seed), threads, lockstep, repeat),
                   static_cast<std::uint64_t>(repeat));
    }
  }
}

class ReplayInOrder : public ReplayOn {};

TEST_P(ReplayInOrder, ReachesTheRecordedPeakToTheByte) {
  const auto [threads, lockstep] = GetParam();
  const trace::TestFolder folder;
  trace::write_threaded_trace(folder / "t", 3, 2000);
  const auto result = replay_on_model(folder / "t", threads, lockstep, 2);
  std::map<std::string, double> extra(result.extra.begin(), result.extra.end());
  EXPECT_EQ(extra["replayed_peak_live_bytes"], extra["recorded_peak_live_bytes"]);
  EXPECT_GT(extra["recorded_peak_live_bytes"], 0);
}

INSTANTIATE_TEST_SUITE_P(ThreadsAndOrder, ReplayOn,
                         testing::Combine(testing::Values(1, 2, 4, 8), testing::Bool()));

INSTANTIATE_TEST_SUITE_P(ThreadsAndOrder, ReplayInOrder,
                         testing::Values(std::tuple(1, false), std::tuple(2, true),
                                         std::tuple(4, true), std::tuple(8, true)));

TEST(Replay, PlaysTheTraceThatComesWithTheProgram) {
  const std::string path = RECLAIM_SHIPPED_TRACE;
  expect_exact(path, replay_on_model(path, trace::demand_of(path).mutators, false, 1), 1);
}

}  // namespace
}  // namespace reclaim
