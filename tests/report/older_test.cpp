// Results files of older versions are read. schema1.jsonl is a part of a file that version 0.1.0
// wrote under schema 1; it is never written anew.
#include <gtest/gtest.h>

#include <filesystem>

#include "report/report.h"

namespace reclaim::report {
namespace {

const Row* row_of(const Analysis& analysis, std::string_view model) {
  return analysis.settings.at(0).scenarios.at(0).find(model);
}

TEST(OlderResults, OfSchemaOneAreReadWithAllTheySay) {
  const std::vector<std::filesystem::path> files = {RECLAIM_SCHEMA1};
  const Results results = load(files);
  ASSERT_EQ(results.environments.size(), 1u);
  EXPECT_EQ(results.environments[0].version, "0.1.0");
  EXPECT_EQ(results.environments[0].cpu, "AMD EPYC");
  EXPECT_EQ(results.environments[0].allocators.size(), 3u);
  EXPECT_EQ(results.environments[0].host, "") << "not recorded then";
  ASSERT_EQ(results.cells.size(), 24u);

  const Analysis analysis = analyse(results);
  ASSERT_EQ(analysis.settings.size(), 1u);
  EXPECT_EQ(analysis.settings[0].workload, "cycles");
  EXPECT_EQ(analysis.never_reclaim, std::vector<std::string>{"null"});
  const Row* counting = row_of(analysis, "rc-atomic:mimalloc");
  ASSERT_NE(counting, nullptr);
  EXPECT_EQ(counting->ok, 6);
  EXPECT_EQ(counting->leak.left.objects, *counting->leak.expected);
  EXPECT_GT(counting->leak.left.objects, 0u);
  EXPECT_TRUE(counting->wall.interval.has_value());
  const Row* tracing = row_of(analysis, "gen");
  ASSERT_NE(tracing, nullptr);
  EXPECT_TRUE(tracing->stops_visible);
  EXPECT_FALSE(tracing->stops.empty());
  EXPECT_TRUE(tracing->cells[0]->stops.begin()->second.histogram.empty()) << "not recorded then";
}

}  // namespace
}  // namespace reclaim::report
