// What keeps objects alive when every root is gone: rings, what hangs on them, and counts that
// nobody accounts for. Exact.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fixture.h"
#include "models/parts/why_walk.h"

namespace reclaim::rc_tests {
namespace {

template <class M>
class WhyLeft : public testing::Test {};
using ModelsWithAList = testing::Types<RcGil<>, RcGilTicks<>>;
TYPED_TEST_SUITE(WhyLeft, ModelsWithAList);

/// What is left of what `work` made, while the cycle collector did not run.
template <class M, class F>
std::vector<WhyAlive> left_by(F&& work) {
  const LeaksOnPurpose leaks;
  typename M::Heap heap{{.cycle_collector = false}};
  {
    typename M::Mutator m{heap};
    work(m);
  }
  heap.census();
  return heap.why_left();
}

void expect(const WhyAlive& row, std::string_view type, KeptBy by, std::uint64_t objects,
            std::uint64_t bytes, std::uint64_t distance, const char* path) {
  SCOPED_TRACE(type);
  EXPECT_EQ(row.type, type);
  EXPECT_EQ(row.kept_by, by);
  EXPECT_EQ(row.objects, objects);
  EXPECT_EQ(row.bytes, bytes);
  EXPECT_EQ(row.distance, distance);
  EXPECT_EQ(row.path, path);
}

TYPED_TEST(WhyLeft, IsNothingWhereNothingIs) {
  EXPECT_TRUE(left_by<TypeParam>([](auto& m) { make_list<TypeParam>(m, 10); }).empty());
}

TYPED_TEST(WhyLeft, NamesARingAndCountsAllThatRingsKeep) {
  const auto left = left_by<TypeParam>([](auto& m) {
    for (int i = 0; i < 17; ++i) make_ring<TypeParam>(m, 3);
    make_list<TypeParam>(m, 10);
  });
  ASSERT_EQ(left.size(), 1u);
  expect(left[0], "Knot", KeptBy::ring, 51, 51 * 56, 0,
         "ring of 3: Knot.0 → Knot.0 → Knot.0 → Knot");
}

TYPED_TEST(WhyLeft, NamesWhatHangsOnARingThoughItIsInNoList) {
  using M = TypeParam;
  const auto left = left_by<M>([](auto& m) {
    const LocalKnot<M> knot{m, make_ring<M>(m, 2)};
    const LocalLink<M> tail{m, make_list<M>(m, 5)};
    m.store(knot, &Knot<M>::tail, tail);
    m.store(knot, &Knot<M>::leaf, m.template make<Leaf<M>>());
  });
  ASSERT_EQ(left.size(), 3u);
  expect(left[0], "Knot", KeptBy::ring, 2, 112, 0, "ring of 2: Knot.0 → Knot.0 → Knot");
  const auto row = [&](std::string_view type) {
    return *std::find_if(left.begin(), left.end(),
                         [&](const WhyAlive& why) { return why.type == type; });
  };
  // The walk begins at either of the two.
  const std::uint64_t first = row("Leaf").distance == 1 ? 1 : 2;
  const std::string way = first == 1 ? "ring of 2: Knot." : "ring of 2: Knot.0 → Knot.";
  expect(row("Leaf"), "Leaf", KeptBy::ring, 1, 8, first, (way + "3 → Leaf").c_str());
  expect(row("Link"), "Link", KeptBy::ring, 5, 80, first, (way + "2 → Link").c_str());
}

TYPED_TEST(WhyLeft, FindsTheShortestRingThroughAnObjectOfMany) {
  using M = TypeParam;
  const auto left = left_by<M>([](auto& m) {
    const LocalKnot<M> knot{m, make_ring<M>(m, 1000)};
    LocalKnot<M> at{m, m.copy(knot)};
    do {  // each refers to itself, too
      m.store(at, &Knot<M>::other, at);
      at = m.load(at, &Knot<M>::next);
    } while (!(at == knot));
  });
  ASSERT_EQ(left.size(), 1u);
  expect(left[0], "Knot", KeptBy::ring, 1000, 56'000, 0, "ring of 1: Knot.1 → Knot");
}

TYPED_TEST(WhyLeft, TellsACountThatNobodyGaveUpFromARing) {
  using M = TypeParam;
  const auto left = left_by<M>([](auto& m) {
    make_ring<M>(m, 2);
    const LocalLink<M> list{m, make_list<M>(m, 4)};
    list->count.retain();  // and nobody releases it
  });
  ASSERT_EQ(left.size(), 2u);
  expect(left[0], "Knot", KeptBy::ring, 2, 112, 0, "ring of 2: Knot.0 → Knot.0 → Knot");
  expect(left[1], "Link", KeptBy::count, 4, 64, 0, "a count → Link");
}

TYPED_TEST(WhyLeft, IsNothingWhenTheCycleCollectorRuns) {
  typename TypeParam::Heap heap;
  {
    typename TypeParam::Mutator m{heap};
    for (int i = 0; i < 17; ++i) make_ring<TypeParam>(m, 3);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
  EXPECT_TRUE(heap.why_left().empty());
}

TEST(WhyLeft, IsOfferedByHeapsWithAListOnly) {
  const auto offers = []<class Heap>(const Heap*) {
    return requires(const Heap& heap) { heap.why_left(); };
  };
  EXPECT_TRUE(offers(static_cast<RcGil<>::Heap*>(nullptr)));
  EXPECT_FALSE(offers(static_cast<RcAtomic<>::Heap*>(nullptr)));
  EXPECT_FALSE(offers(static_cast<RcAtomicCycles<>::Heap*>(nullptr)));
}

TEST(ObjectNumbers, AreGivenInOrderAndOnce) {
  std::vector<std::uint64_t> objects(5000);
  parts::ObjectNumbers numbers;
  EXPECT_EQ(numbers.find(&objects[0]), parts::ObjectNumbers::none);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < objects.size(); ++i) {
      EXPECT_EQ(numbers.add(&objects[i]), std::pair(i, round == 0));
    }
  }
  for (std::uint32_t i = 0; i < objects.size(); ++i) EXPECT_EQ(numbers.find(&objects[i]), i);
  EXPECT_EQ(numbers.find(&numbers), parts::ObjectNumbers::none);
}

}  // namespace
}  // namespace reclaim::rc_tests
