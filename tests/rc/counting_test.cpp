// What holds for every counted model: what dies dies at once and completely, however deep.
#include <gtest/gtest.h>

#include <cstdint>

#include "base/rng.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

template <class M>
class Counting : public testing::Test {};
using Models = testing::Types<RcGil<>, RcGilTicks<>, RcAtomic<>>;
TYPED_TEST_SUITE(Counting, Models);

/// A recursion of this depth would need a hundred times the stack that there is.
constexpr std::int64_t long_list = checked ? 1'000'000 : 10'000'000;

TYPED_TEST(Counting, AListOfTenMillionNodesDiesWithoutRecursion) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    LocalLink<M> head{m, make_list<M>(m, long_list)};
    EXPECT_EQ(head->key, long_list - 1);
    head = nullptr;
  }
  const Census census = heap.census();
  EXPECT_EQ(census.allocated_objects, static_cast<std::uint64_t>(long_list));
  EXPECT_EQ(census.leaked_objects, 0u);
  EXPECT_EQ(heap.stops().of(StopCause::free_cascade).count(), 1u);
}

/// What the census says that the model adds to a Knot beyond what it adds to a Leaf.
template <class M>
std::uint64_t added_to_containers() {
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    LocalKnot<M> knot{m, m.template make<Knot<M>>()};
    m.store(knot, &Knot<M>::leaf, m.template make<Leaf<M>>());
  }
  std::uint64_t knot = 0, leaf = 0;
  for (const TypeCensus& row : heap.census().types) {
    if (row.type == "Knot") knot = row.added_bytes;
    if (row.type == "Leaf") leaf = row.added_bytes;
  }
  EXPECT_GE(leaf, 8u);
  return knot - leaf;
}

TEST(Census, CountsWhatACycleCollectorPutsInFrontOfItsContainers) {
  EXPECT_EQ(added_to_containers<RcGil<>>(), 16u);
  EXPECT_EQ(added_to_containers<RcAtomicCycles<>>(), 16u);
  EXPECT_EQ(added_to_containers<RcAtomic<>>(), 0u);
}

TYPED_TEST(Counting, AListOfAlternatingTypesDiesWithoutRecursion) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    typename M::template Local<Odd<M>> odd{m};
    for (int i = 0; i < 500'000; ++i) {
      typename M::template Local<Even<M>> even{m, m.template make<Even<M>>()};
      m.store(even, &Even<M>::next, m.escape(odd));
      odd = m.template make<Odd<M>>();
      m.store(odd, &Odd<M>::next, m.escape(even));
    }
  }
  EXPECT_EQ(heap.census().allocated_objects, 1'000'000u);
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(Counting, ATreeDiesWholeWhateverLiesNearWhat) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    Rng rng{1};
    using Knots = typename M::template Array<Knot<M>>;
    constexpr std::size_t n = 3000;
    typename M::template Local<Knots> knots{m, m.template make_array<Knot<M>>(n)};
    for (std::size_t i = 0; i < n; ++i) m.store(knots, i, m.template make<Knot<M>>());
    for (std::size_t i = 0; i < n; ++i) {  // edges to later ones: no cycles, many shared
      LocalKnot<M> knot{m, m.load(knots, i)};
      m.store(knot, &Knot<M>::next, m.load(knots, i + rng.below(n - i)));
      if (LocalKnot<M> next{m, m.load(knot, &Knot<M>::next)}; next == knot) {
        m.store(knot, &Knot<M>::next, nullptr);
      }
      if (i + 1 < n) m.store(knot, &Knot<M>::other, m.load(knots, i + 1 + rng.below(n - i - 1)));
    }
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(Counting, ACascadeIsAStopFromSixtyFourObjectsOn) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    LocalLink<M> list{m, make_list<M>(m, 63)};
    list = nullptr;
    EXPECT_EQ(m.stops().of(StopCause::free_cascade).count(), 0u);
    list = make_list<M>(m, 64);
    list = nullptr;
    EXPECT_EQ(m.stops().of(StopCause::free_cascade).count(), 1u);
    list = make_list<M>(m, 100'000);
    list = nullptr;
    EXPECT_EQ(m.stops().of(StopCause::free_cascade).count(), 2u);
    EXPECT_GT(m.stops().of(StopCause::free_cascade).max_ns(), 0u);
  }
  EXPECT_EQ(heap.stops().of(StopCause::free_cascade).count(), 2u);
}

TYPED_TEST(Counting, AnArrayDiesWithAllItsElementsOfAnyKind) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    using Knots = typename M::template Array<Knot<M>>;
    typename M::template Local<Knots> array{m, m.template make_array<Knot<M>>(1000)};
    for (std::size_t i = 0; i < array->length(); ++i) {
      LocalKnot<M> knot{m, m.template make<Knot<M>>()};
      m.store(knot, &Knot<M>::tail, make_list<M>(m, 3));
      m.store(knot, &Knot<M>::leaf, m.template make<Leaf<M>>());
      m.store(array, i, m.escape(knot));
    }
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
  EXPECT_EQ(heap.census().allocated_objects, 5001u);
}

TYPED_TEST(Counting, HandlesCountWhatTheyOwn) {
  using M = TypeParam;
  typename M::Heap heap;
  typename M::Mutator m{heap};
  LocalLink<M> link{m, m.template make<Link<M>>()};
  const auto count = [&] { return link.get()->count.value(); };
  EXPECT_EQ(count(), 1u) << "the Fresh has moved into the Local";
  {
    LocalLink<M> copy{m, m.copy(link)};
    EXPECT_EQ(count(), 2u);
    EXPECT_TRUE(copy == link);
  }
  EXPECT_EQ(count(), 1u);
  m.copy(link);  // an unused Fresh gives its reference up
  EXPECT_EQ(count(), 1u);
  LocalLink<M> owner{m, m.template make<Link<M>>()};
  m.store(owner, &Link<M>::next, link);
  EXPECT_EQ(count(), 2u);
  m.store(owner, &Link<M>::next, m.copy(link));
  EXPECT_EQ(count(), 2u) << "the Fresh's reference has moved, the old one is gone";
  m.store(owner, &Link<M>::next, link);
  EXPECT_EQ(count(), 2u) << "storing what is there already";
  {
    LocalLink<M> loaded{m, m.load(owner, &Link<M>::next)};
    EXPECT_EQ(count(), 3u);
    loaded = m.escape(loaded);
    EXPECT_EQ(count(), 3u) << "escape moves";
  }
  m.store(owner, &Link<M>::next, nullptr);
  EXPECT_EQ(count(), 1u);
  typename M::template Global<Link<M>> global{heap};
  m.store(global, link);
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(m.load(global)->key, 0);
  EXPECT_EQ(count(), 2u);
  {
    LocalLink<M> taken{m, m.exchange(global, m.escape(owner))};
    EXPECT_EQ(count(), 2u) << "from the Global to the Local";
  }
  EXPECT_EQ(count(), 1u);
}

TYPED_TEST(Counting, APinnedBlobMayNotBeResizedInCheckedBuilds) {
  using M = TypeParam;
  if constexpr (!checked) GTEST_SKIP() << "unchecked";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto resize_pinned = [] {
    typename M::Heap heap;
    typename M::Mutator m{heap};
    typename M::template Local<typename M::Blob> blob{m, m.make_blob(10)};
    m.pin(blob);
    blob = m.resize(blob, 20);
  };
  EXPECT_DEATH(resize_pinned(), "one reference");
}

TYPED_TEST(Counting, ADiscardedListMayBeWalkedChildrenFirst) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    LocalLink<M> head{m, make_list<M>(m, 2)};
    LocalLink<M> second{m, m.load(head, &Link<M>::next)};
    m.discard(second);  // still referenced by the head
    m.discard(head);
    m.poll();
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(Counting, ADiscardedObjectThatSomethingStillReachesIsFoundAtTheNextSafepoint) {
  using M = TypeParam;
  if constexpr (!checked) GTEST_SKIP() << "unchecked";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto break_promise = [] {
    typename M::Heap heap;
    typename M::Mutator m{heap};
    LocalLink<M> head{m, make_list<M>(m, 2)};
    m.discard(m.load(head, &Link<M>::next));
    m.poll();
  };
  EXPECT_DEATH(break_promise(), "still referenced at the next safepoint .*counting_test.cpp");
}

TYPED_TEST(Counting, WhatHangsOnADiscardedCycleIsExemptFromTheAudit) {
  using M = TypeParam;
  const LeaksOnPurpose leaks;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    LocalKnot<M> knot{m, make_ring<M>(m, 1)};
    m.store(knot, &Knot<M>::tail, make_list<M>(m, 2));
    LocalLink<M> tail{m, m.load(knot, &Knot<M>::tail)};
    m.discard(m.load(tail, &Link<M>::next));
    m.discard(tail);
    m.discard(knot);
    m.poll();
  }
  EXPECT_EQ(heap.census().leaked_objects, M::traits.collects_cycles ? 0u : 3u);
}

}  // namespace
}  // namespace reclaim::rc_tests
