// rc-racy: counts go wrong as soon as two threads share an object, both ways; and nothing else
// does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcRacy<>;
using Mutator = M::Mutator;

double extra_of(const M::Heap& heap, std::string_view name) {
  for (const auto& [key, value] : heap.extra()) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no extra is called " << name;
  return 0;
}

/// Two threads that take a reference to one object and give it up, `turns` times each. None holds
/// one in between: the first update that is lost for good shows.
void hammer(M::Heap& heap, M::Global<Told<M>>& shared, int turns) {
  with_mutators<M>(heap, 2, [&](Mutator& m, int) {
    for (int turn = 0; turn < turns; ++turn) {
      const LocalTold<M> again{m, m.load(shared)};
      EXPECT_EQ(again->key, 7) << "what is dead too early stays as it was";
    }
  });
}

/// Hammers fresh objects until one of them has come out as `wanted` says, or for very long.
/// (Longer and longer: on a busy machine two threads may not run at the same time for a while.)
template <class Wanted>
bool comes_out(Wanted&& wanted) {
  for (int attempt = 0; attempt < 400; ++attempt) {
    const int turns = 20'000 << std::min(attempt / 10, 7);
    Told<M>::ends = 0;
    M::Heap heap;
    {
      M::Global<Told<M>> shared{heap};
      {
        Mutator m{heap};
        LocalTold<M> object{m, m.make<Told<M>>()};
        object->key = 7;
        m.store(shared, object);
      }
      hammer(heap, shared, turns);
    }
    const Census census = heap.census();
    EXPECT_LE(Told<M>::ends, 1) << "an object dies once, whatever its count says";
    EXPECT_EQ(census.leaked_objects, Told<M>::ends == 0 ? 1u : 0u);
    if (wanted(heap, census)) return true;
  }
  return false;
}

TEST(Racy, AloneItCountsAsTheOthersDo) {
  M::Heap heap;
  {
    Mutator m{heap};
    const LocalLink<M> list{m, make_list<M>(m, 1000)};
    for (int i = 0; i < 100; ++i) const LocalLink<M> again{m, m.copy(list)};
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
  EXPECT_EQ(extra_of(heap, "increments_lost_less_decrements_lost"), 0);
  EXPECT_EQ(extra_of(heap, "updates_of_the_dead"), 0);
  EXPECT_EQ(extra_of(heap, "second_deaths"), 0);
}

TEST(Racy, BreaksTheLawThatWhatIsUnreachableIsReclaimed) {
  EXPECT_TRUE(comes_out([](M::Heap& heap, const Census& census) {
    const bool leaked = census.leaked_objects == 1;
    if (leaked) {
      EXPECT_LT(extra_of(heap, "increments_lost_less_decrements_lost"), 0);
    }
    return leaked;
  })) << "no decrement was lost";
}

TEST(Racy, BreaksTheLawThatWhatIsReachableStays) {
  EXPECT_TRUE(comes_out([](M::Heap& heap, const Census&) {
    return extra_of(heap, "updates_of_the_dead") != 0;
  })) << "nothing was used after its death";
}

TEST(Racy, WhatDiesTwiceIsReclaimedOnce) {
  Told<M>::ends = 0;
  M::Heap heap;
  {
    Mutator m{heap};
    // What a lost increment leads to, step by step: two references, and a count of one.
    LocalTold<M> one{m, m.make<Told<M>>()};
    one->key = 7;
    auto* object = one.get();
    LocalTold<M> two{m, m.fresh(object, Site::here())};
    one = nullptr;
    EXPECT_EQ(Told<M>::ends, 1);
    {
      const LocalTold<M> three{m, m.copy(two)};
      EXPECT_EQ(three->key, 7);
    }
    EXPECT_EQ(Told<M>::ends, 1);
  }
  EXPECT_EQ(Told<M>::ends, 1);
  EXPECT_EQ(heap.census().reclaimed_objects, 1u);
  EXPECT_GT(extra_of(heap, "updates_of_the_dead"), 0);
}

TEST(Racy, AnEphemeronThatDiedTooEarlyIsUsedOnWithoutHarm) {
  using Entry = M::Ephemeron<Told<M>, Told<M>>;
  M::Heap heap;
  Mutator m{heap};
  const LocalTold<M> key{m, m.make<Told<M>>()};
  const LocalTold<M> value{m, m.make<Told<M>>()};
  M::Local<Entry> one{m, m.make_ephemeron(key, value)};
  const M::Local<Entry> two{m, m.fresh(one.get(), Site::here())};  // and no count for it
  one = nullptr;
  EXPECT_FALSE(m.load_value(two));
  EXPECT_TRUE(m.load_key(two));
}

TEST(Racy, NoMemoryIsGivenToAnotherObjectWhileTheHeapLives) {
  M::Heap heap;
  Mutator m{heap};
  const void* first = nullptr;
  {
    const LocalLink<M> link{m, m.make<Link<M>>()};
    first = link.get();
  }
  for (int i = 0; i < 1000; ++i) {
    const LocalLink<M> link{m, m.make<Link<M>>()};
    ASSERT_NE(link.get(), first);
  }
}

}  // namespace
}  // namespace reclaim::rc_tests
