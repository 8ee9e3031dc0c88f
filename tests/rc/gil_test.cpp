// The GIL with real threads, over counted objects and over the tracing heap: who waits gets it,
// whoever holds it. What should not happen here is a hang, and a hang is a failure (the time-out of
// the test).
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"
#include "tests/test_name.h"

namespace reclaim::rc_tests {
namespace {

HeapOptions switching_every_ns(std::int64_t interval) {
  HeapOptions options;
  options.gil_switch_interval_ns = interval;
  return options;
}

template <class Heap>
std::uint64_t switches(Heap& heap) {
  return heap.locking().gil.switch_number();
}

template <class M>
class Gil : public testing::Test {};
struct ModelName {
  template <class M>
  static std::string GetName(int) {
    return test_name(M::traits.id);
  }
};
using Models = testing::Types<RcGil<>, RcGilGen<>>;
TYPED_TEST_SUITE(Gil, Models, ModelName);

TYPED_TEST(Gil, AWaiterGetsItFromAHolderThatOnlyPolls) {
  using M = TypeParam;
  typename M::Heap heap;
  std::atomic<bool> others_turn{false};
  std::thread other;
  {
    typename M::Mutator m{heap};
    other = std::thread([&] {
      typename M::Mutator waiter{heap};
      others_turn = true;
    });
    while (!others_turn) m.poll();
  }
  other.join();
  EXPECT_GE(heap.stops().of(StopCause::gil_wait).count(), 1u);
}

TYPED_TEST(Gil, AWaiterGetsItFromAHolderThatOnlyAllocates) {
  using M = TypeParam;
  typename M::Heap heap;
  std::atomic<bool> others_turn{false};
  std::thread other;
  {
    typename M::Mutator m{heap};
    other = std::thread([&] {
      typename M::Mutator waiter{heap};
      others_turn = true;
    });
    while (!others_turn) m.template make<Leaf<M>>();
  }
  other.join();
}

TYPED_TEST(Gil, IsGivenUpWhileBlocking) {
  using M = TypeParam;
  typename M::Heap heap;
  std::atomic<bool> others_turn{false};
  typename M::Mutator m{heap};
  std::thread other([&] {
    typename M::Mutator waiter{heap};
    others_turn = true;
  });
  m.blocking([&] {
    while (!others_turn) std::this_thread::yield();
  });
  other.join();
}

TYPED_TEST(Gil, BlockingPassesOnWhatTheCallReturns) {
  using M = TypeParam;
  typename M::Heap heap;
  typename M::Mutator m{heap};
  EXPECT_EQ(m.blocking([] { return 42; }), 42);
}

TYPED_TEST(Gil, IsTakenBackWhenABlockingCallThrows) {
  using M = TypeParam;
  typename M::Heap heap;
  const void* other = &heap;
  typename M::Mutator m{heap};
  EXPECT_THROW(m.blocking([] { throw 1; }), int);
  EXPECT_FALSE(heap.locking().gil.try_acquire(other)) << "the lock is free";
}

TYPED_TEST(Gil, IsGivenUpByAMutatorThatDetachesWithoutEverPolling) {
  using M = TypeParam;
  typename M::Heap heap;
  constexpr int waiters = 8;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  {
    typename M::Mutator m{heap};
    for (int i = 0; i < waiters; ++i) {
      threads.emplace_back([&] {
        typename M::Mutator waiter{heap};
        ++ran;
      });
    }
    while (!heap.locking().gil.drop_requested()) std::this_thread::yield();  // somebody waits
    EXPECT_EQ(ran, 0) << "somebody ran beside the holder";
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ran, waiters);
}

TYPED_TEST(Gil, AHolderThatIsAskedDoesNotRetakeItBeforeAnotherHasRun) {
  using M = TypeParam;
  typename M::Heap heap{switching_every_ns(50'000)};
  constexpr int times = 30;
  std::atomic<bool> done{false};
  std::thread other;
  {
    typename M::Mutator m{heap};
    other = std::thread([&] {
      typename M::Mutator spinner{heap};
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

TYPED_TEST(Gil, TwoSpinnersAlternate) {
  using M = TypeParam;
  typename M::Heap heap{switching_every_ns(100'000)};
  constexpr int turns = 40;
  int last = -1, alternations = 0;  // guarded by the GIL
  with_mutators<M>(heap, 2, [&](typename M::Mutator& m, int thread) {
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

TYPED_TEST(Gil, EachOfManyThreadsGetsItsTurnsAndExcludesTheOthers) {
  using M = TypeParam;
  for (const int threads : {2, 3, 8, 64}) {
    SCOPED_TRACE(threads);
    typename M::Heap heap{switching_every_ns(20'000 * threads)};
    constexpr int turns_each = 3;
    std::vector<int> turns(static_cast<std::size_t>(threads), 0);  // all guarded by the GIL
    int running = 0, finished = 0, last = -1;
    with_mutators<M>(heap, threads, [&](typename M::Mutator& m, int thread) {
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
}

TYPED_TEST(Gil, AThreadThatWouldWaitForItselfIsToldSo) {
  using M = TypeParam;
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        typename M::Heap heap;
        typename M::Mutator first{heap};
        typename M::Mutator second{heap};
      },
      "a thread attaches to a heap once");
}

TYPED_TEST(Gil, TwoHeapsHaveTwoLocks) {
  using M = TypeParam;
  typename M::Heap one, two;
  typename M::Mutator first{one};
  typename M::Mutator second{two};
  SUCCEED();
}

TYPED_TEST(Gil, NoWaitIsRecordedWhereNobodyWaited) {
  using M = TypeParam;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    for (int i = 0; i < 1000; ++i) {
      m.poll();
      m.blocking([] {});
    }
  }
  EXPECT_EQ(heap.stops().of(StopCause::gil_wait).count(), 0u);
}

/// The world stops for a collection; who waits for its turn stands already.
TEST(GilOverATracingHeap, AWaiterHoldsUpNoCollection) {
  using M = RcGilGen<>;
  M::Heap heap{switching_every_ns(20'000)};
  std::atomic<bool> done{false};
  std::thread other;
  {
    M::Mutator m{heap};
    other = std::thread([&] {
      M::Mutator waiter{heap};
      while (!done) waiter.poll();
    });
    for (int times = 0; times < 3; ++times) {
      while (!heap.locking().gil.drop_requested()) std::this_thread::yield();
      m.collect();  // hands over; has its turn again, and the other waits for the next
    }
    done = true;
  }
  other.join();
  EXPECT_GE(heap.totals().major, 3u);
}

}  // namespace
}  // namespace reclaim::rc_tests
