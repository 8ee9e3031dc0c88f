// Deadlocks: whoever waits in a circle is found, and nobody else.
#include "models/parts/wait_graph.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>

namespace reclaim::parts {
namespace {

class WaitGraphTest : public testing::Test {
 protected:
  void waits(std::uint32_t thread, std::uint32_t monitor) { graph.begin(thread, monitor, &type); }
  auto owners() {
    return [this](std::uint32_t monitor) { return owner[monitor]; };
  }
  std::size_t circle_of(std::uint32_t thread) { return graph.find(thread, owners()).length; }

  TypeInfo type;
  WaitGraph graph;
  std::map<std::uint32_t, std::uint32_t> owner;  ///< of a monitor
};

TEST_F(WaitGraphTest, TwoThatWaitForEachOtherAreACircleForBoth) {
  owner = {{10, 1}, {20, 2}};
  waits(1, 20);
  EXPECT_EQ(circle_of(1), 0u) << "the other runs";
  waits(2, 10);
  const WaitGraph::Circle circle = graph.find(2, owners());
  ASSERT_EQ(circle.length, 2u);
  EXPECT_EQ(circle.steps[0].thread, 2u);
  EXPECT_EQ(circle.steps[1].thread, 1u);
  EXPECT_EQ(circle_of(1), 2u);
}

TEST_F(WaitGraphTest, AHundredInARingAreFoundByEach) {
  constexpr std::uint32_t n = 100;
  for (std::uint32_t i = 0; i < n; ++i) {
    owner[i] = i + 1;
    waits(i + 1, (i + 1) % n);
  }
  for (std::uint32_t i = 1; i <= n; ++i) EXPECT_EQ(circle_of(i), n);
}

TEST_F(WaitGraphTest, WhoWaitsForACircleIsInNone) {
  owner = {{10, 1}, {20, 2}, {30, 3}};
  waits(1, 20);
  waits(2, 10);
  waits(3, 10);
  EXPECT_EQ(circle_of(3), 0u);
}

TEST_F(WaitGraphTest, WhoWasJustHandedWhatItWaitsForIsInNone) {
  owner = {{10, 1}, {20, 2}};
  waits(1, 20);
  waits(2, 20);
  EXPECT_EQ(circle_of(1), 0u);
  EXPECT_EQ(circle_of(2), 0u);
}

TEST_F(WaitGraphTest, WhatChangesWhileOneLooksIsNoCircle) {
  owner = {{10, 1}, {20, 2}};
  waits(1, 20);
  waits(2, 10);
  int looks = 0;
  const auto circle = graph.find(1, [&](std::uint32_t monitor) {
    if (++looks == 2) {  // the other had it for a moment, and waits for it again
      graph.end(2);
      waits(2, 10);
    }
    return owner[monitor];
  });
  EXPECT_EQ(circle.length, 0u);
  EXPECT_EQ(circle_of(1), 2u);
  graph.end(2);
  EXPECT_EQ(circle_of(1), 0u);
}

}  // namespace
}  // namespace reclaim::parts
