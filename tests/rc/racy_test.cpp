// rc-racy: counts go wrong as soon as two threads share an object, both ways; and nothing else
// does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
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

/// What two threads do at the same time: the other half each does alone.
enum class Together : unsigned char { taking, giving_up };

/// Two threads take `references` references each to one object, and give them up again. What is
/// lost meanwhile is lost in one direction only: increments, or decrements.
void hammer(M::Heap& heap, M::Global<Told<M>>& shared, std::size_t references, Together together) {
  using Array = M::Array<Told<M>>;
  SpinBarrier start{2};
  std::mutex alone;
  const auto half = [&](Mutator& m, bool at_once, auto&& work) {
    if (at_once) {
      m.blocking([&] { start.arrive_and_wait(); });
      work();
    } else {
      const std::lock_guard lock(alone);
      work();
    }
  };
  with_mutators<M>(heap, 2, [&](Mutator& m, int) {
    const LocalTold<M> object{m, m.load(shared)};
    M::Local<Array> kept{m, m.make_array<Told<M>>(references)};
    half(m, together == Together::taking, [&] {
      for (std::size_t i = 0; i < references; ++i) m.store(kept, i, object);
    });
    m.blocking([&] { start.arrive_and_wait(); });
    half(m, together == Together::giving_up, [&] {
      for (std::size_t i = 0; i < references; ++i) m.store(kept, i, nullptr);
    });
    EXPECT_EQ(object->key, 7) << "what is dead too early stays as it was";
  });
}

/// Hammers fresh objects until one of them has come out as `wanted` says, or for very long.
/// (Longer and longer: on a busy machine two threads may not run at the same time for a while.)
template <class Wanted>
bool comes_out(Together together, Wanted&& wanted) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    const auto references = std::size_t{20'000} << std::min(attempt / 8, 8);
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
      hammer(heap, shared, references, together);
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
  EXPECT_TRUE(comes_out(Together::giving_up, [](M::Heap& heap, const Census& census) {
    const bool leaked = census.leaked_objects == 1;
    if (leaked) {
      EXPECT_LT(extra_of(heap, "increments_lost_less_decrements_lost"), 0);
    }
    return leaked;
  })) << "no decrement was lost";
}

TEST(Racy, BreaksTheLawThatWhatIsReachableStays) {
  EXPECT_TRUE(comes_out(Together::taking, [](M::Heap& heap, const Census&) {
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
