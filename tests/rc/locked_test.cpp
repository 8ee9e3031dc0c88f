// rc-locked: what a lock per object allows that other counts do not, and what it must not do.
#include <gtest/gtest.h>

#include <cstdint>

#include "base/rng.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcLocked<>;
using Mutator = M::Mutator;
constexpr int threads = 8;
constexpr int rounds = checked ? 5'000 : 100'000;

TEST(RcLocked, FieldsMayBeRaced) {
  M::Heap heap;
  Told<M>::ends = 0;
  std::atomic<int> made = 0;
  {
    M::Global<Told<M>> global{heap};
    {
      Mutator m{heap};
      m.exchange(global, m.make<Told<M>>());
      ++made;
    }
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      Rng rng{static_cast<std::uint64_t>(thread)};
      const LocalTold<M> owner{m, m.load(global)};
      for (int i = 0; i < rounds; ++i) {
        if (rng.below(4) == 0) {
          m.store(owner, &Told<M>::next, m.make<Told<M>>());
          ++made;
        } else {
          const LocalTold<M> seen{m, m.load(owner, &Told<M>::next)};
          EXPECT_TRUE(!seen || seen->key == 0);
        }
      }
    });
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
  EXPECT_EQ(Told<M>::ends, made);
}

/// Reading a's field takes a's lock and then b's, reading b's the other way round.
TEST(RcLocked, ReadersOfObjectsThatReferToEachOtherComeToAnEnd) {
  M::Heap heap;
  {
    M::Global<Told<M>> global{heap};
    {
      Mutator m{heap};
      const LocalTold<M> a{m, m.make<Told<M>>()}, b{m, m.make<Told<M>>()};
      m.store(a, &Told<M>::next, b);
      m.store(b, &Told<M>::next, a);
      m.store(global, a);
    }
    with_mutators<M>(heap, threads, [&](Mutator& m, int) {
      LocalTold<M> at{m, m.load(global)};
      for (int i = 0; i < rounds; ++i) at = m.load(at, &Told<M>::next);
    });
    Mutator m{heap};
    const LocalTold<M> a{m, m.load(global)};
    m.store(a, &Told<M>::next, nullptr);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TEST(RcLocked, AnObjectMayReferToItself) {
  M::Heap heap;
  {
    Mutator m{heap};
    const LocalTold<M> a{m, m.make<Told<M>>()};
    m.store(a, &Told<M>::next, a);
    const LocalTold<M> again{m, m.load(a, &Told<M>::next)};
    EXPECT_TRUE(again == a);
    m.store(a, &Told<M>::next, nullptr);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

}  // namespace
}  // namespace reclaim::rc_tests
