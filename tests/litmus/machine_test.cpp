// The shipped protocols on the machine at hand: message passing and store buffering through
// counting, the interpreter lock, safepoints and thin locks. Bounded in rounds, not in time. On x86
// alone these loops would forgive much; under ThreadSanitizer, which knows no machine, they do not,
// and model_checked_test.cpp searches what neither happens to run.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <thread>
#include <tuple>

#include "base/spin_barrier.h"
#include "models/gen/gen.h"
#include "models/rc/model.h"
#include "models/rc/rc_atomic.h"
#include "models/rc/rc_gil.h"

namespace reclaim::litmus {
namespace {

/// f(thread) in two threads at once, `rounds` times; between(round) in one while the other waits.
template <class F, class Between>
void in_two_threads(int rounds, F&& f, Between&& between) {
  SpinBarrier start{2}, end{2};
  const auto run = [&](int thread) {
    for (int round = 0; round < rounds; ++round) {
      if (thread == 0) between(round);
      start.arrive_and_wait();
      f(thread);
      end.arrive_and_wait();
    }
  };
  std::thread other{run, 1};
  run(0);
  other.join();
}

TEST(MessagePassing, TheLastOwnerSeesWhatTheOtherWrote) {
  constexpr int rounds = 20000;
  std::optional<rc::AtomicCount> count;
  std::array<int, 2> written{};  // plain: only the count orders them
  std::array<int, 2> last{};
  in_two_threads(
      rounds,
      [&](int thread) {
        const auto me = static_cast<std::size_t>(thread);
        written[me] = 1;
        if (count->release()) last[me] += written[0] + written[1];
      },
      [&](int) {
        count.emplace();
        count->retain();
        written = {};
      });
  EXPECT_EQ(last[0] + last[1], 2 * rounds) << "each round has one last owner, and it sees both";
}

TEST(MessagePassing, WhoTakesTheGilSeesWhatItsLastHolderWrote) {
  constexpr int turns = 20000;
  rc::BasicGil<> gil{1000};
  std::array<int, 8> values{};  // plain: only the lock orders them
  int torn = 0;
  in_two_threads(
      1,
      [&](int thread) {
        const int* me = &values[static_cast<std::size_t>(thread)];
        gil.acquire(me);
        for (int turn = 0; turn < turns; ++turn) {
          for (const int value : values) torn += value != values[0];
          for (int& value : values) ++value;
          if (gil.drop_requested()) {
            gil.release(me);
            gil.acquire(me);
          }
        }
        gil.leave();
      },
      [](int) {});
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(values[7], 2 * turns);
}

template <class M>
struct Cell : M::template Object<Cell<M>, Monitored> {
  typename M::template Field<Cell> next;
  std::int64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Cell::next}; }
};

TEST(StoreBuffering, AThreadThatLeavesABlockingCallAndOneThatStopsTheWorldNeverMissEachOther) {
  // If both missed, the mutator would write into an object while it is being moved: a lost count.
  using M = Gen<>;
  constexpr std::int64_t turns = 200'000;
  M::Heap heap{HeapOptions{}};
  std::int64_t counted = 0;
  in_two_threads(
      1,
      [&](int thread) {
        M::Mutator m{heap};
        if (thread == 0) {
          M::Local<Cell<M>> cell{m, m.make<Cell<M>>()};
          m.store(cell, &Cell<M>::next, m.make<Cell<M>>());
          for (std::int64_t turn = 0; turn < turns; ++turn) {
            m.blocking([] {});
            ++cell->value;
            M::Local<Cell<M>> next{m, m.load(cell, &Cell<M>::next)};
            ++next->value;
          }
          counted = cell->value + m.load(cell, &Cell<M>::next)->value;
        } else {
          for (std::int64_t turn = 0; turn < turns / 20; ++turn) {
            M::Local<Cell<M>> garbage{m, m.make<Cell<M>>()};
            m.collect();
          }
        }
      },
      [](int) {});
  EXPECT_EQ(counted, 2 * turns);
}

template <class M>
class ThinLock : public testing::Test {};
using LockedModels = testing::Types<RcAtomic<>, RcGil<>, Gen<>>;
TYPED_TEST_SUITE(ThinLock, LockedModels);

TYPED_TEST(ThinLock, TheNextInsideSeesWhatTheLastOneWrote) {
  using M = TypeParam;
  using Node = Cell<M>;
  constexpr std::int64_t turns = 100'000;
  typename M::Heap heap{HeapOptions{}};
  typename M::template Global<Node> shared{heap};
  {
    typename M::Mutator m{heap};
    m.exchange(shared, m.template make<Node>());
  }
  std::int64_t plain = 0;  // ordered by the monitor alone
  std::thread others[2];
  for (std::thread& one : others) {
    one = std::thread{[&] {
      typename M::Mutator m{heap};
      typename M::template Local<Node> lock{m, m.load(shared)};
      for (std::int64_t turn = 0; turn < turns; ++turn) {
        m.synchronized(lock, [&] {
          ++plain;
          ++lock->value;
        });
        m.poll();
      }
    }};
  }
  for (std::thread& one : others) one.join();
  typename M::Mutator m{heap};
  EXPECT_EQ(plain, 2 * turns);
  EXPECT_EQ(m.load(shared)->value, 2 * turns);
  m.store(shared, nullptr);
}

// A mutant: rc-atomic with every order relaxed. Right on x86 more often than not; never unseen by
// ThreadSanitizer.

template <bool weakened>
struct WeakMachine : parts::Machine {
  template <class T>
  class Atomic {
   public:
    Atomic(T value) : value_(value) {}
    T load(std::memory_order order) const { return value_.load(weaker(order)); }
    void store(T value, std::memory_order order) { value_.store(value, weaker(order)); }
    T fetch_add(T n, std::memory_order order) { return value_.fetch_add(n, weaker(order)); }
    T fetch_sub(T n, std::memory_order order) { return value_.fetch_sub(n, weaker(order)); }

   private:
    static constexpr std::memory_order weaker(std::memory_order order) {
      return weakened ? std::memory_order_relaxed : order;
    }
    std::atomic<T> value_;
  };
};

template <bool weakened>
struct RcWithWeakCount : rc::Model<Counted, rc::BasicAtomicCount<WeakMachine<weakened>>,
                                   rc::FreeThreaded, rc::CyclesLeak> {
  static constexpr ModelTraits traits{.id = "mutant", .like = "", .summary = ""};
};

/// A word for each of two threads.
template <class M>
struct Pair : M::template Object<Pair<M>> {
  std::int64_t one = 0, other = 0;
};

/// Two threads write to an object of theirs and give it up; the last one frees it.
template <bool weakened>
void share_and_drop() {
  using M = RcWithWeakCount<weakened>;
  using Node = Pair<M>;
  typename M::Heap heap{HeapOptions{}};
  std::optional<typename M::template Global<Node>> shared[2];
  for (auto& one : shared) one.emplace(heap);
  SpinBarrier attached{2}, dropped{2};
  in_two_threads(
      50,
      [&](int thread) {
        typename M::Mutator m{heap};
        typename M::template Local<Node> mine{
            m, m.exchange(*shared[thread], typename M::template Fresh<Node>{nullptr})};
        attached.arrive_and_wait();
        (thread == 0 ? mine->one : mine->other) = 1;
        mine = nullptr;  // between the barriers nothing but the count orders the two
        dropped.arrive_and_wait();
      },
      [&](int) {
        typename M::Mutator m{heap};
        typename M::template Local<Node> node{m, m.template make<Node>()};
        for (auto& one : shared) m.store(*one, node);
      });
}

TEST(AWeakenedCount, IsReportedByThreadSanitizerAndTheShippedOneIsNot) {
#if RECLAIM_THREAD_SANITIZER
  constexpr int race_exit_code = 66;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [](auto share) {
    share();
    std::exit(0);
  };
  EXPECT_EXIT(run(share_and_drop<false>), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(run(share_and_drop<true>), testing::ExitedWithCode(race_exit_code), "data race");
#else
  share_and_drop<false>();
  GTEST_SKIP() << "needs ThreadSanitizer; model_checked_test.cpp finds it elsewhere";
#endif
}

}  // namespace
}  // namespace reclaim::litmus
