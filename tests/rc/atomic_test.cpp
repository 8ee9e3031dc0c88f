// Counts without a lock over them (rc-atomic, rc-biased, rc-locked): cycles leak, exactly; counts
// and Globals hold under many threads. The races are for ThreadSanitizer and AddressSanitizer to
// see; everywhere the census must come out even.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>

#include "base/rng.h"
#include "base/spin_barrier.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

template <class M>
class FreeThreaded : public testing::Test {};
using FreeThreadedModels = testing::Types<RcAtomic<>, RcBiased<>, RcLocked<>>;
TYPED_TEST_SUITE(FreeThreaded, FreeThreadedModels);

constexpr int threads = 8;
constexpr int rounds = checked ? 10'000 : 200'000;

TEST(RcAtomic, HeadersTakeEightBytes) {
  using M = RcAtomic<>;
  struct Small : M::Object<Small> {
    std::int64_t value = 0;
  };
  EXPECT_EQ(sizeof(Small), checked ? 32u : 16u) << "checked builds add the audit's word";
}

TYPED_TEST(FreeThreaded, LeaksExactlyThePlantedCyclesAndWhatHangsOnThem) {
  using M = TypeParam;
  using Mutator = typename M::Mutator;
  const LeaksOnPurpose leaks;
  typename M::Heap heap;
  {
    Mutator m{heap};
    for (const std::int64_t size : {1, 2, 10, 1000}) make_ring<M>(m, size);
    LocalKnot<M> ring{m, make_ring<M>(m, 3)};
    m.store(ring, &Knot<M>::tail, make_list<M>(m, 7));
    make_list<M>(m, 100);
    m.collect();
  }
  const Census census = heap.census();
  EXPECT_EQ(census.leaked_objects, 1u + 2 + 10 + 1000 + 3 + 7);
  for (const TypeCensus& row : census.types) {
    EXPECT_EQ(row.leaked_objects, row.type == "Knot" ? 1016u : 7u) << row.type;
  }
}

TYPED_TEST(FreeThreaded, ACycleThatIsCutDiesAsAnythingElse) {
  using M = TypeParam;
  using Mutator = typename M::Mutator;
  typename M::Heap heap;
  {
    Mutator m{heap};
    LocalKnot<M> ring{m, make_ring<M>(m, 1000)};
    m.store(ring, &Knot<M>::next, nullptr);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(FreeThreaded, AGlobalMayBeRacedByAllOperations) {
  using M = TypeParam;
  using Mutator = typename M::Mutator;
  typename M::Heap heap;
  {
    typename M::template Global<Link<M>> global{heap};
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      Rng rng{static_cast<std::uint64_t>(thread)};
      for (int i = 0; i < rounds; ++i) {
        switch (rng.below(4)) {
          case 0: {
            LocalLink<M> made{m, m.template make<Link<M>>()};
            made->key = 42;
            m.store(global, made);
            break;
          }
          case 1:
            m.store(global, nullptr);
            break;
          case 2: {
            LocalLink<M> made{m, m.template make<Link<M>>()};
            made->key = 42;
            LocalLink<M> old{m, m.exchange(global, m.escape(made))};
            EXPECT_TRUE(!old || old->key == 42);
            break;
          }
          default: {
            const LocalLink<M> seen{m, m.load(global)};
            EXPECT_TRUE(!seen || seen->key == 42);
          }
        }
      }
    });
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(FreeThreaded, ManyThreadsCopyAndDropReferencesToOneObject) {
  using M = TypeParam;
  using Mutator = typename M::Mutator;
  typename M::Heap heap;
  Told<M>::ends = 0;
  {
    typename M::template Global<Told<M>> global{heap};
    {
      Mutator m{heap};
      m.store(global, LocalTold<M>{m, m.template make<Told<M>>()});
    }
    with_mutators<M>(heap, threads, [&](Mutator& m, int) {
      LocalTold<M> shared{m, m.load(global)};
      for (int i = 0; i < rounds; ++i) {
        LocalTold<M> copy{m, m.copy(shared)};
        LocalTold<M> again{m, m.copy(copy)};
      }
    });
    Mutator m{heap};
    LocalTold<M> shared{m, m.load(global)};
    m.store(global, nullptr);
    EXPECT_EQ(Told<M>::ends, 0) << "a reference was lost";
    shared = nullptr;
    EXPECT_EQ(Told<M>::ends, 1) << "a reference is left over";
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

/// Everybody writes to the object, then gives it up; the last one frees it. Without the release of
/// the decrement or the acquire of who finds zero (or one), the free races the others' writes.
TYPED_TEST(FreeThreaded, WhatOthersWroteHappensBeforeTheEndOfTheObject) {
  using M = TypeParam;
  using Mutator = typename M::Mutator;
  typename M::Heap heap;
  SpinBarrier barrier{threads};
  {
    typename M::template Global<typename M::Blob> global{heap};
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      for (int i = 0; i < rounds / 100; ++i) {
        if (thread == 0) m.store(global, LocalBlob<M>{m, m.make_blob(threads)});
        barrier.arrive_and_wait();
        LocalBlob<M> blob{m, m.load(global)};
        barrier.arrive_and_wait();
        if (thread == 0) m.store(global, nullptr);
        blob->data()[thread] = static_cast<std::byte>(i);
        blob = nullptr;
      }
    });
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(FreeThreaded, ASharedListDiesOnceWhoeverDropsItLast) {
  using M = TypeParam;
  using Mutator = typename M::Mutator;
  typename M::Heap heap;
  SpinBarrier barrier{threads};
  {
    typename M::template Global<Link<M>> global{heap};
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      for (int i = 0; i < rounds / 1000; ++i) {
        if (thread == 0) m.store(global, LocalLink<M>{m, make_list<M>(m, 100)});
        barrier.arrive_and_wait();
        LocalLink<M> head{m, m.load(global)};
        barrier.arrive_and_wait();
        if (thread == 0) m.store(global, nullptr);
        LocalLink<M> third{m, m.load(head, &Link<M>::next)};
        third = m.load(third, &Link<M>::next);
        head = nullptr;
        EXPECT_EQ(third->key, 97);
      }
    });
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

}  // namespace
}  // namespace reclaim::rc_tests
