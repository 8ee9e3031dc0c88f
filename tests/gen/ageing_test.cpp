// Who is young, for how long, and what becomes of those that live on.
#include <gtest/gtest.h>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

TEST(Ageing, ASurvivorPassesTwoAgesInTheNurseryBeforeItIsPromoted) {
  Lab lab;
  Local<Node> node{lab.m, make_node(lab.m, 7)};
  EXPECT_TRUE(lab.heap.is_young(node.get()));
  minor(lab.m);
  EXPECT_TRUE(lab.heap.is_young(node.get()));
  minor(lab.m);
  EXPECT_TRUE(lab.heap.is_young(node.get()));
  minor(lab.m);
  EXPECT_FALSE(lab.heap.is_young(node.get()));
  EXPECT_EQ(node->value, 7);
}

TEST(Ageing, WhileSurvivorsAreManyOneAgeIsEnough) {
  Lab lab;
  constexpr std::int64_t length = 100'000;  // 4 MB: more than a quarter of eden
  Local<Node> list{lab.m, make_list(lab.m, length)};
  minor(lab.m);
  EXPECT_TRUE(lab.heap.is_young(list.get()));
  minor(lab.m);
  EXPECT_FALSE(lab.heap.is_young(list.get()));
  EXPECT_TRUE(list_is_intact(lab.m, list, length));
}

TEST(Ageing, SurvivorsBeyondTheirShareArePromotedAtOnce) {
  Lab lab{std::uint64_t{64} << 20};
  constexpr std::int64_t length = 180'000;  // 7.2 MB of an eden of 8 MB
  Local<Node> list{lab.m, make_list(lab.m, length)};
  minor(lab.m);
  EXPECT_GT(lab.heap.old_space().used_blocks(), 0u);
  EXPECT_TRUE(list_is_intact(lab.m, list, length));
}

TEST(Ageing, GarbageCostsTheNurseryNothing) {
  Lab lab;
  make_garbage(lab.m, 2'000'000);
  minor(lab.m);
  EXPECT_EQ(lab.heap.nursery().used_blocks(), 0u);
  EXPECT_EQ(lab.heap.old_space().used_blocks(), 0u);
  EXPECT_GT(lab.heap.totals().minor, 5u);
  EXPECT_EQ(lab.heap.totals().major, 0u);
}

TEST(Ageing, AMajorCollectionLeavesNothingYoung) {
  Lab lab;
  Local<Node> node{lab.m, make_node(lab.m, 1)};
  major(lab.m);
  EXPECT_FALSE(lab.heap.is_young(node.get()));
  EXPECT_EQ(lab.heap.nursery().used_blocks(), 0u);
}

TEST(Ageing, EveryShapeSurvivesEveryWay) {
  Lab lab;
  M::Mutator& m = lab.m;
  Local<Wide> wide{m, m.make<Wide>()};
  m.store(wide, &Wide::far, make_node(m, 11));
  Local<Nodes> array{m, m.make_array<Node>(100)};
  m.store(array, 99, make_node(m, 12));
  Local<M::Blob> blob{m, m.make_blob(100, 64)};
  blob->data()[99] = std::byte{13};
  Local<Node> empty{m};
  for (int round = 0; round < 6; ++round) {
    if (round == 4) {
      major(m);
    } else {
      minor(m);
    }
    ASSERT_EQ(m.load(wide, &Wide::far)->value, 11);
    ASSERT_EQ(m.load(array, 99)->value, 12);
    ASSERT_FALSE(m.load(array, 98));
    ASSERT_EQ(blob->data()[99], std::byte{13});
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blob->data()) % 64, 0u);
    ASSERT_FALSE(empty);
  }
}

TEST(Ageing, WhatTwoLocalsShareStaysOneObject) {
  Lab lab;
  Local<Node> a{lab.m, make_node(lab.m, 1)};
  Local<Node> b{lab.m, lab.m.copy(a)};
  lab.m.store(a, &Node::left, b);  // and refers to itself
  for (int i = 0; i < 4; ++i) minor(lab.m);
  EXPECT_TRUE(a == b);
  Local<Node> itself{lab.m, lab.m.load(a, &Node::left)};
  EXPECT_TRUE(itself == a);
}

}  // namespace
}  // namespace reclaim::gen_test
