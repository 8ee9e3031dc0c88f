// 0, 1, 17 and 10 000 leaks and cycles planted beside every workload: the census of every model
// finds exactly those that its kind must leave, under their own names, and no others.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cells/planting.h"
#include "cells/registry.h"
#include "tests/test_name.h"

namespace reclaim::cells {
namespace {

RunRequest tiny(const Entry& entry, int threads, Planting planting) {
  RunRequest request;
  request.context.threads = threads;
  for (const ParameterInfo& p : entry.workload->parameters) {
    request.context.parameters.set(p.name, p.tiny);
  }
  request.planting = planting;
  return request;
}

RunResult run(const Entry& entry, int threads, Planting planting) {
  return entry.run(tiny(entry, threads, planting));
}

std::uint64_t left_of(const RunResult& result, std::string_view type) {
  for (const TypeCensus& row : result.census->types) {
    if (row.type == type) return row.leaked_objects;
  }
  return 0;
}

/// All that need no file and of which `wanted` is true.
template <class Wanted>
std::vector<const Entry*> every_entry(Wanted&& wanted) {
  std::vector<const Entry*> all;
  for (const Entry& entry : entries()) {
    if (entry.workload->argument_name.empty() && wanted(entry)) all.push_back(&entry);
  }
  return all;
}

class Planted : public testing::TestWithParam<const Entry*> {};
class PlantedByThreads : public Planted {};
class PlantedAtSites : public Planted {};
class PlantedRings : public Planted {};

TEST_P(Planted, IsFoundExactlyWhereItMustBeLeft) {
  const Entry& entry = *GetParam();
  const ModelTraits& model = *entry.model;
  // Alone: what loses updates is exact, then.
  const std::uint64_t own = run(entry, 1, {}).census->leaked_objects;
  for (const std::uint64_t number : {1u, 17u, 10'000u}) {
    for (const Planting planting : {Planting{number, 0}, Planting{0, number}}) {
      SCOPED_TRACE(format_planting(planting));
      const RunResult result = run(entry, 1, planting);
      const std::uint64_t expected =
          model.reclaims ? planting.expected_left(model) : planting.objects();
      const std::string_view type = planting.leaks != 0 ? "PlantedLeak" : "PlantedTwin";
      EXPECT_EQ(left_of(result, type), expected) << "missed, or found where none is";
      EXPECT_EQ(result.census->leaked_objects, own + expected) << "others";
    }
  }
}

TEST_P(PlantedByThreads, AreFoundAll) {
  const Entry& entry = *GetParam();
  const Planting planting{17, 17};
  const RunResult right = run(entry, 4, {});
  const RunResult result = run(entry, 4, planting);
  const std::uint64_t expected =
      entry.model->reclaims ? planting.expected_left(*entry.model) : planting.objects();
  EXPECT_EQ(result.census->leaked_objects - expected, right.census->leaked_objects);
  EXPECT_EQ(result.outcome.checksum, right.outcome.checksum) << "the work is the same";
}

/// Objects left of a type, by the line of plant.h that made them.
std::vector<std::uint64_t> left_at_lines(const RunResult& result, std::string_view type) {
  std::vector<std::uint64_t> left;
  for (const LeakSite& site : result.census->leaked_at) {
    if (site.type == type && site.file == "cells/plant.h") left.push_back(site.objects);
  }
  return left;
}

TEST_P(PlantedAtSites, AreFoundAtTheLineThatPlantedThem) {
  const Entry& entry = *GetParam();
  using Lines = std::vector<std::uint64_t>;
  RunRequest request = tiny(entry, 4, {17, 3});
  request.heap.cycle_collector = false;
  const RunResult result = entry.run_sited(request);
  // Who frees by hand has left all; under counting a single object is gone when nobody refers to
  // it.
  const bool by_hand = entry.model->wants_discard;
  EXPECT_EQ(left_at_lines(result, "PlantedLeak"), by_hand ? Lines{17} : Lines{});
  EXPECT_EQ(left_at_lines(result, "PlantedTwin"), (Lines{3, 3})) << "one line for each of the two";
  EXPECT_EQ(result.outcome.checksum, run(entry, 4, {}).outcome.checksum) << "the work is the same";
  std::uint64_t left = 0, made = 0;
  for (const SiteCensus& site : result.census->sites) {
    left += site.leaked_objects;
    made += site.allocated_objects;
  }
  EXPECT_EQ(left, result.census->leaked_objects);
  EXPECT_EQ(made, result.census->allocated_objects);
}

TEST_P(PlantedRings, AreShownAsWhatTheyAre) {
  const Entry& entry = *GetParam();
  RunRequest request = tiny(entry, 4, {17, 17});
  request.heap.cycle_collector = false;
  request.why = true;
  const RunResult result = entry.run(request);
  ASSERT_TRUE(result.why);
  std::uint64_t objects = 0;
  for (const WhyAlive& why : *result.why) {
    EXPECT_NE(why.type, "PlantedLeak");
    objects += why.objects;
    if (why.type != "PlantedTwin") continue;
    EXPECT_EQ(why.kept_by, KeptBy::ring);
    EXPECT_EQ(why.objects, 34u);
    EXPECT_EQ(why.bytes, 34u * 16);
    EXPECT_EQ(why.distance, 0u);
    EXPECT_EQ(why.path, "ring of 2: PlantedTwin.0 → PlantedTwin.0 → PlantedTwin");
  }
  if (entry.model->counts.empty()) {  // a tracing heap has reclaimed it all
    EXPECT_EQ(result.census->leaked_objects, 0u);
  } else {
    EXPECT_EQ(objects, result.census->leaked_objects) << "all that is left is accounted for";
  }
}

std::string name_of(const testing::TestParamInfo<const Entry*>& test) {
  return test_name(test.param->workload->id) + "_on_" + test_name(test.param->model->id);
}
bool is_any(const Entry&) { return true; }
/// Among threads the counts of others may come out wrong.
bool is_exact(const Entry& entry) { return !entry.model->loses_updates; }
bool has_sites(const Entry& entry) { return entry.run_sited != nullptr; }
bool tells_why(const Entry& entry) { return entry.model->tells_why; }
INSTANTIATE_TEST_SUITE_P(, Planted, testing::ValuesIn(every_entry(is_any)), name_of);
INSTANTIATE_TEST_SUITE_P(, PlantedByThreads, testing::ValuesIn(every_entry(is_exact)), name_of);
INSTANTIATE_TEST_SUITE_P(, PlantedAtSites, testing::ValuesIn(every_entry(has_sites)), name_of);
INSTANTIATE_TEST_SUITE_P(, PlantedRings, testing::ValuesIn(every_entry(tells_why)), name_of);

TEST(Planting, IsWrittenAsItIsRead) {
  for (const char* text : {"none", "leaks=17", "cycles=3", "leaks=1+cycles=10000"}) {
    EXPECT_EQ(format_planting(parse_planting(text)), text);
  }
}

}  // namespace
}  // namespace reclaim::cells
