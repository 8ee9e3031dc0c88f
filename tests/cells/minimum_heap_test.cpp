// The search for the least heap, on a workload whose need is known.
#include "cells/minimum_heap.h"

#include <gtest/gtest.h>

namespace reclaim::cells {
namespace {

TEST(MinimumHeap, IsFoundToWithinASixteenthFromAboveAndBelow) {
  for (const std::uint64_t need : {5'000u, 99'999u, 1'234'567u, 80'000'000u}) {
    for (const std::uint64_t start : {4'096u, 1'000'000u, 500'000'000u}) {
      const auto found =
          minimum_heap([&](std::uint64_t bytes) { return bytes >= need; }, start, 4096, 1u << 30);
      ASSERT_TRUE(found);
      EXPECT_GE(*found, need);
      EXPECT_LE(*found - *found / 16, need) << "start " << start;
    }
  }
}

TEST(MinimumHeap, WantsEverySizeToPassThreeTimes) {
  // Between need and 2 * need one run in three fails: such a size is not enough.
  constexpr std::uint64_t need = 1'000'000;
  int runs = 0;
  const auto flaky = [&](std::uint64_t bytes) {
    return bytes >= 2 * need || (bytes >= need && ++runs % 3 != 0);
  };
  const auto found = minimum_heap(flaky, 16 * need, 4096, 1u << 30);
  ASSERT_TRUE(found);
  EXPECT_GE(*found, 2 * need);
}

TEST(MinimumHeap, IsNothingWhenEvenTheCeilingFails) {
  EXPECT_FALSE(minimum_heap([](std::uint64_t) { return false; }, 1000, 100, 10'000));
}

}  // namespace
}  // namespace reclaim::cells
