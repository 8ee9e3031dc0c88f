// rc-gil-ticks: the lock is let go by ticks, not by request, and may be retaken at once.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcGilTicks<>;
using Heap = M::Heap;
using Mutator = M::Mutator;

TEST(TickGil, YieldsAtTheLastTickOfEachInterval) {
  rc::BasicTickGil<> gil{3};
  int yields = 0;
  for (int tick = 1; tick <= 9; ++tick) {
    const bool yields_now = gil.yields_now();
    EXPECT_EQ(yields_now, tick % 3 == 0) << tick;
    yields += yields_now ? 1 : 0;
  }
  EXPECT_EQ(yields, 3);
}

TEST(TickGil, MayBeRetakenAtOnceAlthoughAnotherHasBeenRefused) {
  rc::BasicTickGil<> gil{100};
  const int me = 0, other = 0;
  ASSERT_TRUE(gil.try_acquire(&me));
  EXPECT_FALSE(gil.try_acquire(&other));
  EXPECT_FALSE(gil.release(&me)) << "it waited for a hand-over";
  EXPECT_TRUE(gil.try_acquire(&me));
  EXPECT_FALSE(gil.try_acquire(&other));
}

TEST(TickGil, AHundredSafepointsAreAnIntervalUnlessTheHeapIsToldOtherwise) {
  EXPECT_EQ(rc::BasicTickGil<>::interval(HeapOptions{}), 100);
  HeapOptions options;
  options.gil_switch_ticks = 7;
  EXPECT_EQ(rc::BasicTickGil<>::interval(options), 7);
}

TEST(TickGil, LettingGoWithoutAnybodyWaitingIsNoStop) {
  Heap heap;
  {
    Mutator m{heap};
    for (int i = 0; i < 1000; ++i) m.poll();
  }
  EXPECT_EQ(heap.stops().of(StopCause::gil_wait).count(), 0u);
}

TEST(TickGil, AWaiterGetsItInTheEndFromAHolderThatOnlyPolls) {
  Heap heap;
  std::atomic<bool> others_turn{false};
  std::thread other;
  {
    Mutator m{heap};
    other = std::thread([&] {
      Mutator waiter{heap};
      others_turn = true;
    });
    while (!others_turn) m.poll();
  }
  other.join();
}

TEST(TickGil, ExcludesTheOthers) {
  Heap heap;
  constexpr int rounds = 20'000;
  std::int64_t turns = 0;  // guarded by the GIL
  with_mutators<M>(heap, 4, [&](Mutator& m, int) {
    for (int i = 0; i < rounds; ++i) {
      ++turns;
      m.poll();
    }
  });
  EXPECT_EQ(turns, 4 * rounds);
}

}  // namespace
}  // namespace reclaim::rc_tests
