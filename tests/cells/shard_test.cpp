// Shards: together the plan, no cell twice, nothing that is compared apart.
#include "cells/shard.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "cells/names.h"

namespace reclaim::cells {
namespace {

PlanRequest request() {
  PlanRequest r;
  r.models = {"plain", "other", "limited", "never"};
  r.workloads = {"fine", "wrong", "cycle", "leak", "gil"};
  r.threads = {1, 2};
  r.heaps = {"2x", "50MB"};
  r.rounds = 3;
  return r;
}

std::vector<std::string> identities(const Plan& plan) {
  std::vector<std::string> all;
  for (const Cell& cell : plan.cells) all.push_back(identity(cell).dump());
  return all;
}

/// `part` with the cells of `whole` that are not in it taken out of `whole`.
std::vector<std::string> in_order_of(const std::vector<std::string>& whole,
                                     const std::vector<std::string>& part) {
  const std::set<std::string> kept(part.begin(), part.end());
  std::vector<std::string> result;
  for (const std::string& cell : whole) {
    if (kept.contains(cell)) result.push_back(cell);
  }
  return result;
}

TEST(Shards, AreDisjointTogetherThePlanAndInItsOrder) {
  const std::vector<std::string> whole = identities(make_plan(request()));
  for (int count = 1; count <= 5; ++count) {
    std::set<std::string> together;
    std::size_t cells = 0;
    for (int number = 1; number <= count; ++number) {
      PlanRequest r = request();
      r.shard = std::to_string(number) + "/" + std::to_string(count);
      const std::vector<std::string> part = identities(make_plan(r));
      EXPECT_EQ(part, in_order_of(whole, part)) << r.shard;
      together.insert(part.begin(), part.end());
      cells += part.size();
    }
    EXPECT_EQ(cells, whole.size()) << count << " shards: a cell is in two, or in none";
    EXPECT_EQ(together, std::set(whole.begin(), whole.end()));
  }
}

TEST(Shards, NeverDivideAWorkload) {
  std::map<std::string, std::set<int>> shards_of;
  for (int number = 1; number <= 3; ++number) {
    PlanRequest r = request();
    r.shard = std::to_string(number) + "/3";
    for (const Cell& cell : make_plan(r).cells) shards_of[cell.workload].insert(number);
  }
  EXPECT_EQ(shards_of.size(), 5u);
  for (const auto& [workload, shards] : shards_of) EXPECT_EQ(shards.size(), 1u) << workload;
}

TEST(Shards, SayWhatTheyAre) {
  PlanRequest r = request();
  r.shard = "2/3";
  EXPECT_EQ(make_plan(r).notes.back(), "shard 2 of 3: fine, wrong");
}

TEST(Shards, AreRefusedWhereThereIsNoSuchPart) {
  for (const char* bad : {"0/2", "3/2", "2", "/", "1/", "/2", "a/b", "1/0", "-1/2", "1/2/3", "1 /2",
                          "99999999999999999999/2"}) {
    EXPECT_THROW(parse_shard(bad), UsageError) << bad;
  }
  PlanRequest r = request();
  r.shard = "6/6";
  EXPECT_THROW(make_plan(r), UsageError) << "five workloads for six shards";
}

}  // namespace
}  // namespace reclaim::cells
