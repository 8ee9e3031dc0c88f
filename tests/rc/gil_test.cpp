// The GIL with real threads: who waits gets it, whoever holds it. What should not happen here is a
// hang, and a hang is a failure (the time-out of the test).
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

using M = RcGil<>;
using Heap = M::Heap;
using Mutator = M::Mutator;

HeapOptions switching_every_ns(std::int64_t interval) {
  HeapOptions options;
  options.gil_switch_interval_ns = interval;
  return options;
}

std::uint64_t switches(Heap& heap) { return heap.locking().gil.switch_number(); }

TEST(Gil, AWaiterGetsItFromAHolderThatOnlyPolls) {
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
  EXPECT_GE(heap.stops().of(StopCause::gil_wait).count(), 1u);
}

TEST(Gil, AWaiterGetsItFromAHolderThatOnlyAllocates) {
  Heap heap;
  std::atomic<bool> others_turn{false};
  std::thread other;
  {
    Mutator m{heap};
    other = std::thread([&] {
      Mutator waiter{heap};
      others_turn = true;
    });
    while (!others_turn) m.make<Leaf<M>>();
  }
  other.join();
}

TEST(Gil, IsGivenUpWhileBlocking) {
  Heap heap;
  std::atomic<bool> others_turn{false};
  Mutator m{heap};
  std::thread other([&] {
    Mutator waiter{heap};
    others_turn = true;
  });
  m.blocking([&] {
    while (!others_turn) std::this_thread::yield();
  });
  other.join();
}

TEST(Gil, BlockingPassesOnWhatTheCallReturns) {
  Heap heap;
  Mutator m{heap};
  EXPECT_EQ(m.blocking([] { return 42; }), 42);
}

TEST(Gil, IsTakenBackWhenABlockingCallThrows) {
  Heap heap;
  const void* other = &heap;
  Mutator m{heap};
  EXPECT_THROW(m.blocking([] { throw 1; }), int);
  EXPECT_FALSE(heap.locking().gil.try_acquire(other)) << "the lock is free";
}

TEST(Gil, IsGivenUpByAMutatorThatDetachesWithoutEverPolling) {
  Heap heap;
  constexpr int waiters = 8;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  {
    Mutator m{heap};
    for (int i = 0; i < waiters; ++i) {
      threads.emplace_back([&] {
        Mutator waiter{heap};
        ++ran;
      });
    }
    while (!heap.locking().gil.drop_requested()) std::this_thread::yield();  // somebody waits
    EXPECT_EQ(ran, 0) << "somebody ran beside the holder";
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ran, waiters);
}

TEST(Gil, AHolderThatIsAskedDoesNotRetakeItBeforeAnotherHasRun) {
  Heap heap{switching_every_ns(50'000)};
  constexpr int times = 30;
  std::atomic<bool> done{false};
  std::thread other;
  {
    Mutator m{heap};
    other = std::thread([&] {
      Mutator spinner{heap};
      while (!done) spinner.poll();
    });
    for (int handed_over = 0; handed_over < times;) {
      if (!heap.locking().gil.drop_requested()) continue;
      const std::uint64_t before = switches(heap);
      m.poll();
      ++handed_over;
      EXPECT_GE(switches(heap), before + 2) << "to another, and back";
    }
    done = true;
  }
  other.join();
}

TEST(Gil, TwoSpinnersAlternate) {
  Heap heap{switching_every_ns(100'000)};
  constexpr int turns = 40;
  int last = -1, alternations = 0;  // guarded by the GIL
  with_mutators<M>(heap, 2, [&](Mutator& m, int thread) {
    while (alternations < turns) {
      if (last != thread) {
        last = thread;
        ++alternations;
      }
      m.poll();
    }
  });
  EXPECT_GE(switches(heap), static_cast<std::uint64_t>(turns));
  EXPECT_GE(heap.stops().of(StopCause::gil_wait).count(), static_cast<std::uint64_t>(turns) - 1);
}

class GilThreads : public testing::TestWithParam<int> {};

TEST_P(GilThreads, EachGetsItsTurnsAndExcludesTheOthers) {
  const int threads = GetParam();
  Heap heap{switching_every_ns(20'000 * threads)};
  constexpr int turns_each = 3;
  std::vector<int> turns(static_cast<std::size_t>(threads), 0);  // all guarded by the GIL
  int running = 0, finished = 0, last = -1;
  with_mutators<M>(heap, threads, [&](Mutator& m, int thread) {
    int& own = turns[static_cast<std::size_t>(thread)];
    bool counted = false;
    while (finished < threads) {
      EXPECT_EQ(++running, 1);
      if (last != thread) {
        last = thread;
        ++own;
      }
      if (own >= turns_each && !counted) {
        counted = true;
        ++finished;
      }
      --running;
      if (own % 2 == 0) {
        m.poll();
      } else {
        m.blocking([] {});
      }
    }
  });
  for (const int own : turns) EXPECT_GE(own, turns_each);
}

INSTANTIATE_TEST_SUITE_P(From2To64, GilThreads, testing::Values(2, 3, 8, 64));

TEST(Gil, AThreadThatWouldWaitForItselfIsToldSo) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        Heap heap;
        Mutator first{heap};
        Mutator second{heap};
      },
      "a thread attaches to a heap once");
}

TEST(Gil, TwoHeapsHaveTwoLocks) {
  Heap one, two;
  Mutator first{one};
  Mutator second{two};
  SUCCEED();
}

TEST(Gil, NoWaitIsRecordedWhereNobodyWaited) {
  Heap heap;
  {
    Mutator m{heap};
    for (int i = 0; i < 1000; ++i) {
      m.poll();
      m.blocking([] {});
    }
  }
  EXPECT_EQ(heap.stops().of(StopCause::gil_wait).count(), 0u);
}

}  // namespace
}  // namespace reclaim::rc_tests
