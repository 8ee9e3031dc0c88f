// rc-atomic+cycles: what trial deletion finds, what it leaves alone, and when it looks.
#include <gtest/gtest.h>

#include <cstdint>

#include "base/rng.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcAtomicCycles<>;
using Mutator = M::Mutator;
constexpr std::int64_t many = checked ? 20'000 : 1'000'000;

std::uint64_t left_in(M::Heap& heap) { return heap.census().leaked_objects; }
std::uint64_t stops_of(const M::Heap& heap, StopCause cause) {
  return heap.stops().of(cause).count();
}

TEST(TrialDeletion, FindsRingsOfEverySizeAndWhatHangsOnThem) {
  M::Heap heap;
  Mutator m{heap};
  for (const std::int64_t size : {std::int64_t{1}, std::int64_t{2}, std::int64_t{1000}, many}) {
    Told<M>::ends = 0;
    {
      const LocalKnot<M> ring{m, make_ring<M>(m, size)};
      m.store(ring, &Knot<M>::tail, make_list<M>(m, 7));
      const LocalTold<M> told{m, m.make<Told<M>>()};
      m.store(ring, &Knot<M>::told, told);
    }
    EXPECT_EQ(Told<M>::ends, 0);
    m.collect();
    EXPECT_EQ(Told<M>::ends, 1) << "a ring of " << size;
  }
}

TEST(TrialDeletion, KeepsWhatIsReachableFromOutside) {
  M::Heap heap;
  {
    Mutator m{heap};
    const LocalKnot<M> outside{m, m.make<Knot<M>>()};
    {
      const LocalKnot<M> ring{m, make_ring<M>(m, 100)};
      const LocalKnot<M> other{m, make_ring<M>(m, 10)};
      m.store(ring, &Knot<M>::other, other);  // reachable through the ring
      m.store(outside, &Knot<M>::other, ring);
    }
    m.collect();
    LocalKnot<M> ring{m, m.load(outside, &Knot<M>::other)};
    LocalKnot<M> at{m, m.copy(ring)};
    for (std::int64_t key = 0; key < 100; ++key) {
      ASSERT_EQ(at->key, key);
      at = m.load(at, &Knot<M>::next);
    }
    EXPECT_TRUE(at == ring);
    at = m.load(ring, &Knot<M>::other);
    for (std::int64_t key = 0; key < 10; ++key) {
      ASSERT_EQ(at->key, key);
      at = m.load(at, &Knot<M>::next);
    }
  }
  EXPECT_EQ(left_in(heap), 0u);
}

TEST(TrialDeletion, AnArrayMayBePartOfACycle) {
  M::Heap heap;
  {
    Mutator m{heap};
    const M::Local<M::Array<Knot<M>>> knots{m, m.make_array<Knot<M>>(3)};
    const LocalKnot<M> knot{m, m.make<Knot<M>>()};
    m.store(knots, 1, knot);
    m.store(knot, &Knot<M>::knots, knots);
  }
  EXPECT_EQ(left_in(heap), 0u);
}

TEST(TrialDeletion, LooksByItselfWhenThereAreManyPossibleRoots) {
  M::Heap heap;
  {
    Mutator m{heap};
    for (std::size_t i = 0; i < 3 * rc::TrialDeletion::roots_least; ++i) make_ring<M>(m, 2);
  }
  EXPECT_GE(stops_of(heap, StopCause::cycle_gc), 2u);
  EXPECT_EQ(stops_of(heap, StopCause::cycle_gc), stops_of(heap, StopCause::time_to_safepoint));
  EXPECT_EQ(left_in(heap), 0u);
}

/// A large live graph whose nodes are possible roots again and again is not looked at for each few.
TEST(TrialDeletion, VisitsABoundedNumberForEachPossibleRoot) {
  M::Heap heap;
  {
    Mutator m{heap};
    const std::int64_t size = 4 * static_cast<std::int64_t>(rc::TrialDeletion::roots_least);
    const LocalKnot<M> ring{m, make_ring<M>(m, size)};
    const std::int64_t rounds = 4 * size;
    LocalKnot<M> at{m, m.copy(ring)};
    for (std::int64_t i = 0; i < rounds; ++i) {
      at = m.load(at, &Knot<M>::next);
      const LocalKnot<M> made{m, m.make<Knot<M>>()};
    }
  }
  EXPECT_LE(stops_of(heap, StopCause::cycle_gc), 8u);
  EXPECT_EQ(left_in(heap), 0u);
}

TEST(TrialDeletion, ManyThreadsTieAndDropRingsWhileOthersCollect) {
  constexpr int threads = 8;
  constexpr int rounds = checked ? 300 : 3'000;
  M::Heap heap;
  {
    M::Global<Knot<M>> global{heap};
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      Rng rng{static_cast<std::uint64_t>(thread)};
      for (int i = 0; i < rounds; ++i) {
        const LocalKnot<M> ring{m, make_ring<M>(m, 1 + static_cast<std::int64_t>(rng.below(20)))};
        const LocalKnot<M> shared{m, m.load(global)};
        if (shared) m.store(ring, &Knot<M>::other, shared);
        m.store(global, ring);
        if (rng.below(64) == 0) m.collect();
        m.poll();
      }
    });
  }
  EXPECT_EQ(left_in(heap), 0u);
}

TEST(TrialDeletion, ThatIsOffRunsOnlyByHand) {
  M::Heap heap{{.cycle_collector = false}};
  {
    Mutator m{heap};
    for (int i = 0; i < 20'000; ++i) const LocalKnot<M> ring{m, make_ring<M>(m, 2)};
    m.collect();
    for (int i = 0; i < 17; ++i) const LocalKnot<M> ring{m, make_ring<M>(m, 2)};
  }
  EXPECT_EQ(left_in(heap), 34u);
  EXPECT_EQ(stops_of(heap, StopCause::cycle_gc), 1u);
}

TEST(TrialDeletion, IsDueWhenMutatorsThatHaveGoneLeftEnoughToLookAt) {
  M::Heap heap;
  for (int thread = 0; thread < 40; ++thread) {
    Mutator m{heap};
    for (int i = 0; i < 500; ++i) const LocalKnot<M> ring{m, make_ring<M>(m, 2)};
  }
  EXPECT_GT(stops_of(heap, StopCause::cycle_gc), 0u);
}

TEST(TrialDeletion, CollectsWhatHangsOnTheDeadThatWaitToBeTakenApart) {
  HeapOptions options;
  options.free_at_most = 1;
  M::Heap heap{options};
  Mutator m{heap};
  Told<M>::ends = 0;
  {
    const LocalKnot<M> ring{m, make_ring<M>(m, 3)};
    m.store(ring, &Knot<M>::told, m.make<Told<M>>());
    LocalKnot<M> chain{m, m.make<Knot<M>>()};
    m.store(chain, &Knot<M>::other, ring);
    for (int i = 0; i < 10; ++i) {
      LocalKnot<M> link{m, m.make<Knot<M>>()};
      m.store(link, &Knot<M>::next, chain);
      chain = m.escape(link);
    }
  }  // the chain dies from its head on, one at a time, and holds the ring
  m.collect();
  EXPECT_EQ(Told<M>::ends, 1);
}

TEST(TrialDeletion, LeavesTheDeadAloneThatWaitToBeTakenApart) {
  HeapOptions options;
  options.free_at_most = 3;
  M::Heap heap{options};
  {
    Mutator m{heap};
    for (int i = 0; i < 50; ++i) {
      const LocalKnot<M> ring{m, make_ring<M>(m, 40)};
      LocalKnot<M> cut{m, make_ring<M>(m, 40)};
      m.store(cut, &Knot<M>::next, nullptr);
      cut = nullptr;
      if (i % 5 == 0) m.collect();
    }
  }
  EXPECT_EQ(left_in(heap), 0u);
}

}  // namespace
}  // namespace reclaim::rc_tests
