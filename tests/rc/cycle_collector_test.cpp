// The cycle collector of rc-gil: when it runs, what it keeps, what it frees.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcGil<>;
using Heap = M::Heap;
using Mutator = M::Mutator;
using Knots = M::Array<Knot<M>>;

constexpr std::uint64_t threshold = rc::GenerationalCycles::thresholds[0];

/// Containers that the collector watches: all that live.
std::size_t watched(Heap& heap) {
  return heap.cycles().objects(0) + heap.cycles().objects(1) + heap.cycles().objects(2);
}

/// Pushes `count` new knots onto a list that starts at `head`, so that they live.
void grow(Mutator& m, LocalKnot<M>& head, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    LocalKnot<M> knot{m, m.make<Knot<M>>()};
    m.store(knot, &Knot<M>::next, m.escape(head));
    head = m.escape(knot);
  }
}

void make_garbage(Mutator& m, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) make_ring<M>(m, 1);
}

TEST(CycleCollector, ThatIsOffRunsOnlyByHandAndLeavesWhatIsLeftAtTheEnd) {
  Heap heap{{.cycle_collector = false}};
  {
    Mutator m{heap};
    make_garbage(m, 3 * threshold);
    EXPECT_EQ(heap.cycles().collections(0), 0u);
    EXPECT_EQ(watched(heap), 3 * threshold);
    m.collect();
    EXPECT_EQ(watched(heap), 0u);
    make_garbage(m, 17);
  }
  EXPECT_EQ(heap.census().leaked_objects, 17u);
}

TEST(CycleCollector, StartsAtTheSevenHundredAndFirstContainer) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> head{m};
  grow(m, head, threshold);
  EXPECT_EQ(heap.cycles().collections(0), 0u);
  grow(m, head, 1);
  EXPECT_EQ(heap.cycles().collections(0), 1u);
  EXPECT_EQ(m.stops().of(StopCause::cycle_gc).count(), 1u);
}

TEST(CycleCollector, CountsAllocationsMinusFrees) {
  Heap heap;
  Mutator m{heap};
  for (std::uint64_t i = 0; i < 10 * threshold; ++i) m.make<Knot<M>>();
  EXPECT_EQ(heap.cycles().collections(0), 0u);
}

TEST(CycleCollector, DoesNotCountWhatHasNoReferences) {
  Heap heap;
  Mutator m{heap};
  using Leaves = M::Array<Leaf<M>>;
  M::Local<Leaves> array{m, m.make_array<Leaf<M>>(2 * threshold)};
  for (std::size_t i = 0; i < array->length(); ++i) m.store(array, i, m.make<Leaf<M>>());
  EXPECT_EQ(heap.cycles().collections(0), 0u);
  EXPECT_EQ(watched(heap), 1u) << "the array";
}

TEST(CycleCollector, SurvivorsAgeByAGenerationAtATime) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> head{m};
  grow(m, head, threshold + 1);
  EXPECT_EQ(heap.cycles().objects(0), 1u) << "the one that started it is younger";
  EXPECT_EQ(heap.cycles().objects(1), threshold);
  EXPECT_EQ(heap.cycles().objects(2), 0u);
  // Each time one more is allocated than the threshold allows: ten more young collections, then one
  // of the middle generation.
  std::uint64_t made = threshold + 1;
  while (heap.cycles().collections(1) == 0) {
    grow(m, head, 1);
    ++made;
  }
  EXPECT_EQ(heap.cycles().collections(0), 11u);
  EXPECT_EQ(heap.cycles().objects(0), 1u);
  EXPECT_EQ(heap.cycles().objects(1), 0u);
  EXPECT_EQ(heap.cycles().objects(2), made - 1);
  EXPECT_EQ(heap.cycles().collections(2), 0u);
}

TEST(CycleCollector, AFullCollectionWaitsUntilAQuarterOfTheOldIsNew) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> head{m};
  constexpr std::uint64_t old = 40'000;
  grow(m, head, old);
  m.collect();
  const std::uint64_t full = heap.cycles().collections(2);
  ASSERT_EQ(heap.cycles().objects(2), old);
  make_garbage(m, 300'000);
  EXPECT_GT(heap.cycles().collections(1), 20u) << "the count of the oldest is over its threshold";
  EXPECT_EQ(heap.cycles().collections(2), full) << "nothing new has survived";
  grow(m, head, old / 8);
  make_garbage(m, 20'000);
  EXPECT_EQ(heap.cycles().collections(2), full) << "an eighth is not enough";
  grow(m, head, old / 4);
  make_garbage(m, 20'000);
  EXPECT_EQ(heap.cycles().collections(2), full + 1);
}

TEST(CycleCollector, KeepsUpWithGarbageInCyclesWithoutBeingTold) {
  Heap heap;
  Mutator m{heap};
  for (int i = 0; i < 100; ++i) {
    for (int ring = 0; ring < 1000; ++ring) make_ring<M>(m, 3);
    ASSERT_LE(watched(heap), 12 * threshold) << "garbage piles up";
  }
}

class Rings : public testing::TestWithParam<std::int64_t> {};

TEST_P(Rings, AreFreedWhenNothingReachesThem) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> ring{m, make_ring<M>(m, GetParam())};
  m.collect();
  EXPECT_EQ(watched(heap), static_cast<std::size_t>(GetParam())) << "reachable: must stay";
  ring = nullptr;
  EXPECT_EQ(watched(heap), static_cast<std::size_t>(GetParam())) << "counting alone cannot";
  m.collect();
  EXPECT_EQ(watched(heap), 0u);
}

TEST_P(Rings, SurviveWholeWhenOneOfThemIsReachable) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> ring{m, make_ring<M>(m, GetParam())};
  for (std::int64_t i = 0; i < GetParam() / 2; ++i) ring = m.load(ring, &Knot<M>::next);
  m.collect();
  m.collect();
  const std::int64_t first = ring->key;
  for (std::int64_t i = 0; i < GetParam(); ++i) {
    ASSERT_EQ(ring->key, (first + i) % GetParam());
    ring = m.load(ring, &Knot<M>::next);
  }
  EXPECT_EQ(watched(heap), static_cast<std::size_t>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Of, Rings, testing::Values(1, 2, 10, 1000, 100'000));

TEST(CycleCollector, TakesWhatHangsOnACycleWithIt) {
  Heap heap;
  {
    Mutator m{heap};
    LocalKnot<M> ring{m, make_ring<M>(m, 10)};
    m.store(ring, &Knot<M>::tail, make_list<M>(m, 100));
    m.store(ring, &Knot<M>::leaf, m.make<Leaf<M>>());
    ring = nullptr;
    m.collect();
    EXPECT_EQ(watched(heap), 0u);
    EXPECT_EQ(m.stops().of(StopCause::free_cascade).count(), 0u)
        << "its time is part of the collection's stop";
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u) << "the leaf too";
}

TEST(CycleCollector, KeepsWhatAGarbageCycleAndALiveObjectShare) {
  Heap heap;
  Mutator m{heap};
  LocalLink<M> shared{m, make_list<M>(m, 2)};
  {
    LocalKnot<M> ring{m, make_ring<M>(m, 2)};
    m.store(ring, &Knot<M>::tail, shared);
  }
  m.collect();
  EXPECT_EQ(watched(heap), 2u);
  EXPECT_EQ(shared->key, 1);
  EXPECT_EQ(shared.get()->count.value(), 1u);
  LocalLink<M> next{m, m.load(shared, &Link<M>::next)};
  EXPECT_EQ(next->key, 0);
}

TEST(CycleCollector, KeepsARingThatOnlyAnotherCycleThatIsReachableRefersTo) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> kept{m, make_ring<M>(m, 3)};
  {  // young -> old and old -> young, whichever the list has first
    LocalKnot<M> other{m, make_ring<M>(m, 3)};
    m.store(kept, &Knot<M>::other, other);
  }
  m.collect();
  EXPECT_EQ(watched(heap), 6u);
  m.store(kept, &Knot<M>::other, nullptr);
  m.collect();
  EXPECT_EQ(watched(heap), 3u);
}

TEST(CycleCollector, AYoungCollectionKeepsWhatOldGarbageRefersTo) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> old{m, make_ring<M>(m, 2)};
  m.collect();  // now old
  m.store(old, &Knot<M>::other, make_ring<M>(m, 2));
  old = nullptr;
  LocalKnot<M> head{m};
  grow(m, head, threshold + 1);
  ASSERT_EQ(heap.cycles().collections(0), 1u);
  EXPECT_EQ(watched(heap), 4u + threshold + 1);
  m.collect();
  EXPECT_EQ(watched(heap), threshold + 1);
}

TEST(CycleCollector, AYoungCollectionLeavesOldObjectsAlone) {
  Heap heap;
  Mutator m{heap};
  LocalKnot<M> old{m, make_ring<M>(m, 3)};
  m.collect();
  LocalKnot<M> head{m};
  for (std::uint64_t i = 0; i <= threshold; ++i) {
    grow(m, head, 1);
    m.store(head, &Knot<M>::other, old);
  }
  ASSERT_EQ(heap.cycles().collections(0), 1u);
  EXPECT_EQ(watched(heap), 3u + threshold + 1);
  head = nullptr;
  EXPECT_EQ(watched(heap), 3u);
  m.store(old, &Knot<M>::next, nullptr);
  old = nullptr;
  EXPECT_EQ(watched(heap), 0u) << "the old generation's list is intact";
}

TEST(CycleCollector, AnArrayMayBePartOfACycle) {
  Heap heap;
  Mutator m{heap};
  {
    M::Local<Knots> array{m, m.make_array<Knot<M>>(100)};
    LocalKnot<M> knot{m, make_ring<M>(m, 1)};
    for (std::size_t i = 0; i < array->length(); ++i) m.store(array, i, knot);
  }
  m.collect();
  EXPECT_EQ(watched(heap), 0u);
}

TEST(CycleCollector, KnowsTheRootsOfOtherThreadsAndGlobals) {
  Heap heap;
  auto global = std::make_unique<M::Global<Knot<M>>>(heap);
  std::atomic<bool> rooted{false}, collected{false};
  std::thread other([&] {
    Mutator m{heap};
    LocalKnot<M> ring{m, make_ring<M>(m, 10)};
    m.blocking([&] {
      rooted = true;
      while (!collected) std::this_thread::yield();
    });
    EXPECT_EQ(ring->key, 0);
  });
  {
    Mutator m{heap};
    m.store(*global, LocalKnot<M>{m, make_ring<M>(m, 20)});
    m.blocking([&] {
      while (!rooted) std::this_thread::yield();
    });
    m.collect();
    EXPECT_EQ(watched(heap), 30u);
    m.blocking([&] {
      collected = true;
      other.join();
    });
  }
  EXPECT_EQ(heap.census().leaked_objects, 20u) << "a Global is a root";
  global = nullptr;
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TEST(CycleCollector, TheCensusLeavesNothingThatIsUnreachable) {
  Heap heap;
  with_mutators<M>(heap, 4, [](Mutator& m, int thread) {
    for (std::int64_t size = 1; size < 40; ++size) {
      LocalKnot<M> ring{m, make_ring<M>(m, size + thread)};
      m.store(ring, &Knot<M>::tail, make_list<M>(m, size));
    }
  });
  const Census census = heap.census();
  EXPECT_GT(census.allocated_objects, 3000u);
  EXPECT_EQ(census.leaked_objects, 0u);
  for (const TypeCensus& row : census.types) EXPECT_EQ(row.leaked_bytes, 0u) << row.type;
}

TEST(CycleCollector, UnderStressRunsAtEachMakeAndPoll) {
  HeapOptions options;
  options.stress.collect_every_nth_make = 1;
  options.stress.collect_at_each_poll = true;
  Heap heap{options};
  Mutator m{heap};
  LocalKnot<M> ring{m, make_ring<M>(m, 50)};
  m.poll();
  EXPECT_EQ(heap.cycles().collections(2), 51u);
  EXPECT_EQ(watched(heap), 50u);
}

}  // namespace
}  // namespace reclaim::rc_tests
