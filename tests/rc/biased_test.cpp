// rc-biased: who finds the end of an object whose references were counted by one and given up by
// another, and when.
#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "base/spin_barrier.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcBiased<>;
using Mutator = M::Mutator;
using GlobalTold = M::Global<Told<M>>;

class Biased : public testing::Test {
 protected:
  Biased() { Told<M>::ends = 0; }
  ~Biased() override { EXPECT_EQ(heap.census().leaked_objects, 0u); }

  /// Hands an object of `maker` over.
  void hand_over(Mutator& maker) { maker.exchange(global, maker.make<Told<M>>()); }
  /// Takes it, and gives it up, in a thread of its own.
  void give_up_elsewhere() {
    std::thread{[this] {
      Mutator m{heap};
      const LocalTold<M> taken{m, m.exchange(global, M::Fresh<Told<M>>{})};
      EXPECT_TRUE(taken);
    }}.join();
  }

  M::Heap heap;
  GlobalTold global{heap};
};

TEST_F(Biased, HeadersTakeSixteenBytes) {
  struct Small : M::Object<Small> {
    std::int64_t value = 0;
  };
  EXPECT_EQ(sizeof(Small), checked ? 40u : 24u) << "checked builds add the audit's word";
}

TEST_F(Biased, WhatItsMakerGivesUpDiesAtOnce) {
  Mutator m{heap};
  LocalTold<M> one{m, m.make<Told<M>>()};
  {
    const LocalTold<M> again{m, m.copy(one)};
    one = nullptr;
    EXPECT_EQ(Told<M>::ends, 0);
  }
  EXPECT_EQ(Told<M>::ends, 1);
}

TEST_F(Biased, WhatAnotherGivesUpLastDiesAtItsMakersNextSafepoint) {
  Mutator m{heap};
  hand_over(m);
  give_up_elsewhere();
  EXPECT_EQ(Told<M>::ends, 0);
  m.poll();
  EXPECT_EQ(Told<M>::ends, 1);
}

TEST_F(Biased, AMakerThatHasGoneIsNotWaitedFor) {
  {
    Mutator m{heap};
    hand_over(m);
  }
  give_up_elsewhere();
  EXPECT_EQ(Told<M>::ends, 1);
}

TEST_F(Biased, AMakerThatGoesTakesWhatIsInItsMailAlong) {
  {
    Mutator m{heap};
    hand_over(m);
    give_up_elsewhere();
    EXPECT_EQ(Told<M>::ends, 0);
  }
  EXPECT_EQ(Told<M>::ends, 1);
}

TEST_F(Biased, AMakerThatReadsItsMailKeepsWhatItStillRefersTo) {
  Mutator m{heap};
  hand_over(m);
  {
    const LocalTold<M> mine{m, m.load(global)};
    give_up_elsewhere();
    m.poll();
    EXPECT_EQ(Told<M>::ends, 0) << "the maker holds a reference";
    EXPECT_EQ(mine->key, 0);
  }
  EXPECT_EQ(Told<M>::ends, 1);
}

TEST_F(Biased, AWeakReferenceToWhatIsInTheMailIsNullOnceItHasDied) {
  Mutator m{heap};
  M::Local<M::Weak<Told<M>>> weak{m};
  {
    const LocalTold<M> one{m, m.make<Told<M>>()};
    weak = m.make_weak(one);
    m.store(global, one);
  }
  give_up_elsewhere();
  m.poll();
  EXPECT_EQ(Told<M>::ends, 1);
  EXPECT_FALSE(m.load(weak));
}

/// Its address is in the mail: what is there afterwards must be what was posted.
TEST_F(Biased, ABlobInTheMailIsNotResizedInPlace) {
  M::Global<M::Blob> shared{heap};
  Mutator m{heap};
  {
    const LocalBlob<M> blob{m, m.make_blob(64)};
    blob->data()[63] = std::byte{7};
    const LocalBlob<M> again{m, m.copy(blob)};
    m.store(shared, blob);
  }
  std::thread{[&] {
    Mutator other{heap};
    LocalBlob<M> blob{other, other.load(shared)};
    other.store(shared, nullptr);
    blob = other.resize(blob, 100'000);
    EXPECT_EQ(blob->data()[63], std::byte{7});
  }}.join();
  m.poll();
}

/// Objects wander among many mutators, which come and go: each is made by one, counted and given up
/// by others, and dies once.
TEST_F(Biased, ObjectsThatWanderDieOnceEach) {
  constexpr int threads = 8, places = 16;
  constexpr int rounds = checked ? 2'000 : 50'000;
  std::vector<std::unique_ptr<GlobalTold>> wandering;
  for (int i = 0; i < places; ++i) wandering.push_back(std::make_unique<GlobalTold>(heap));
  std::atomic<int> made = 0;
  for (int generation = 0; generation < 3; ++generation) {
    with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
      Rng rng{static_cast<std::uint64_t>(generation * threads + thread)};
      for (int i = 0; i < rounds; ++i) {
        GlobalTold& place = *wandering[rng.below(places)];
        LocalTold<M> one{m};
        switch (rng.below(4)) {
          case 0:
            one = m.make<Told<M>>();
            ++made;
            m.exchange(place, m.escape(one));
            break;
          case 1:
            one = m.load(place);
            m.store(*wandering[rng.below(places)], one);
            break;
          case 2:
            one = m.exchange(place, M::Fresh<Told<M>>{});
            break;
          default: {
            one = m.load(place);
            const LocalTold<M> again{m, m.copy(one)};
            one = nullptr;
          }
        }
        if (rng.below(8) == 0) m.poll();
      }
    });
  }
  wandering.clear();
  EXPECT_EQ(heap.census().leaked_objects, 0u);
  EXPECT_EQ(Told<M>::ends, made);
}

}  // namespace
}  // namespace reclaim::rc_tests
