// rc-atomic: cycles leak, exactly; counts and Globals hold under many threads. The races are for
// ThreadSanitizer and AddressSanitizer to see; everywhere the census must come out even.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>

#include "base/rng.h"
#include "base/spin_barrier.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcAtomic<>;
using Heap = M::Heap;
using Mutator = M::Mutator;
constexpr int threads = 8;
constexpr int rounds = checked ? 10'000 : 200'000;

TEST(RcAtomic, HeadersTakeEightBytes) {
  struct Small : M::Object<Small> {
    std::int64_t value = 0;
  };
  EXPECT_EQ(sizeof(Small), checked ? 32u : 16u) << "checked builds add the audit's word";
}

TEST(RcAtomic, LeaksExactlyThePlantedCyclesAndWhatHangsOnThem) {
  const LeaksOnPurpose leaks;
  Heap heap;
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

TEST(RcAtomic, ACycleThatIsCutDiesAsAnythingElse) {
  Heap heap;
  {
    Mutator m{heap};
    LocalKnot<M> ring{m, make_ring<M>(m, 1000)};
    m.store(ring, &Knot<M>::next, nullptr);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TEST(RcAtomic, AGlobalMayBeRacedByAllOperations) {
  Heap heap;
  {
    M::Global<Link<M>> global{heap};
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      Rng rng{static_cast<std::uint64_t>(thread)};
      for (int i = 0; i < rounds; ++i) {
        switch (rng.below(4)) {
          case 0: {
            LocalLink<M> made{m, m.make<Link<M>>()};
            made->key = 42;
            m.store(global, made);
            break;
          }
          case 1:
            m.store(global, nullptr);
            break;
          case 2: {
            LocalLink<M> made{m, m.make<Link<M>>()};
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

TEST(RcAtomic, ManyThreadsCopyAndDropReferencesToOneObject) {
  Heap heap;
  {
    M::Global<Link<M>> global{heap};
    {
      Mutator m{heap};
      m.store(global, LocalLink<M>{m, m.make<Link<M>>()});
    }
    with_mutators<M>(heap, threads, [&](Mutator& m, int) {
      LocalLink<M> shared{m, m.load(global)};
      for (int i = 0; i < rounds; ++i) {
        LocalLink<M> copy{m, m.copy(shared)};
        LocalLink<M> again{m, m.copy(copy)};
      }
    });
    Mutator m{heap};
    LocalLink<M> shared{m, m.load(global)};
    EXPECT_EQ(shared.get()->count.value(), 2u);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

/// Everybody writes to the object, then gives it up; the last one frees it. Without the release of
/// the decrement or the acquire of who finds zero (or one), the free races the others' writes.
TEST(RcAtomic, WhatOthersWroteHappensBeforeTheEndOfTheObject) {
  Heap heap;
  SpinBarrier barrier{threads};
  {
    M::Global<M::Blob> global{heap};
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      for (int i = 0; i < rounds / 100; ++i) {
        if (thread == 0) m.store(global, M::Local<M::Blob>{m, m.make_blob(threads)});
        barrier.arrive_and_wait();
        M::Local<M::Blob> blob{m, m.load(global)};
        barrier.arrive_and_wait();
        if (thread == 0) m.store(global, nullptr);
        blob->data()[thread] = static_cast<std::byte>(i);
        blob = nullptr;
      }
    });
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TEST(RcAtomic, ASharedListDiesOnceWhoeverDropsItLast) {
  Heap heap;
  SpinBarrier barrier{threads};
  {
    M::Global<Link<M>> global{heap};
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
