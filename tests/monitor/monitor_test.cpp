// Law 8 of the boundary, for every registered model, with real threads: mutual exclusion,
// re-entrancy, wait and notify, no lost wake-ups, no starvation.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/spin_barrier.h"
#include "boundary/model.h"
#include "models_under_test.h"
#include "tests/test_name.h"

namespace reclaim {
namespace {

template <class M>
struct Cell : M::template Object<Cell<M>, Monitored> {
  std::int64_t value = 0;
  std::int64_t turn = 0;
};

struct ModelName {
  template <class>
  static std::string GetName(int i) {
    return test_name(model_names[static_cast<std::size_t>(i)]);
  }
};

template <class M>
class MonitorTest : public ::testing::Test {
 protected:
  using Mutator = typename M::Mutator;
  using Object = Cell<M>;
  using Local = typename M::template Local<Object>;

  MonitorTest() : shared(heap) {
    Mutator m{heap};
    m.store(shared, Local{m, m.template make<Object>()});
  }
  ~MonitorTest() override {
    Mutator m{heap};
    Local cell{m, m.load(shared)};
    m.store(shared, nullptr);
    if constexpr (discards<M>) m.discard(cell);
  }

  /// f(mutator, cell, thread) in each of `threads` threads, started together.
  template <class F>
  void together(int threads, F&& f) {
    SpinBarrier start{threads};
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&, t] {
        Mutator m{heap};
        m.blocking([&] { start.arrive_and_wait(); });
        Local cell{m, m.load(shared)};
        f(m, cell, t);
      });
    }
    for (std::thread& thread : all) thread.join();
  }

  /// With no thread left that holds, enters or waits.
  void expect_at_rest() {
    Mutator m{heap};
    Local cell{m, m.load(shared)};
    EXPECT_EQ(cell->lock.load(), 0u) << "the word of an object at rest";
    EXPECT_EQ(heap.monitors().inflated_monitors(), 0u);
  }
  std::int64_t value() {
    Mutator m{heap};
    return Local { m, m.load(shared) } -> value;
  }

  typename M::Heap heap{HeapOptions{}};
  typename M::template Global<Object> shared;
};
TYPED_TEST_SUITE(MonitorTest, ModelsUnderTest, ModelName);

TYPED_TEST(MonitorTest, ThreadsExcludeEachOther) {
  for (const int threads : {2, 8, 64}) {
    const std::int64_t before = this->value();
    const std::int64_t each = 64000 / threads;
    this->together(threads, [&](auto& m, auto& cell, int) {
      for (std::int64_t i = 0; i < each; ++i) {
        m.synchronized(cell, [&] { ++cell->value; });
        m.poll();
      }
    });
    EXPECT_EQ(this->value() - before, threads * each);
    this->expect_at_rest();
  }
}

TYPED_TEST(MonitorTest, AThreadMayPollAndSleepWhileItHoldsAMonitor) {
  this->together(4, [&](auto& m, auto& cell, int) {
    for (int i = 0; i < 300; ++i) {
      m.synchronized(cell, [&] {
        const std::int64_t seen = cell->value;
        m.poll();
        m.blocking([] { std::this_thread::yield(); });
        if (i % 50 == 0) m.collect();
        cell->value = seen + 1;
      });
    }
  });
  EXPECT_EQ(this->value(), 1200);
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, AMonitorIsReentrant) {
  this->together(2, [&](auto& m, auto& cell, int) {
    const auto dive = [&](const auto& self, int depth) -> void {
      m.synchronized(cell, [&] {
        ++cell->value;
        if (depth > 1) self(self, depth - 1);
        if (depth % 64 == 0) m.poll();
      });
    };
    for (int i = 0; i < 50; ++i) dive(dive, 200);
  });
  EXPECT_EQ(this->value(), 2 * 50 * 200);
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, AResultComesOutAndAnExceptionLeavesTheMonitor) {
  typename TypeParam::Mutator m{this->heap};
  typename TestFixture::Local cell{m, m.load(this->shared)};
  EXPECT_EQ(m.synchronized(cell, [&] { return 7; }), 7);
  EXPECT_THROW(m.synchronized(cell, [&]() -> int { throw 1; }), int);
  EXPECT_EQ(cell->lock.load(), 0u);
}

TYPED_TEST(MonitorTest, NoWakeUpIsLostInAHundredThousandExchanges) {
  constexpr std::int64_t exchanges = 100000;
  this->together(2, [&](auto& m, auto& cell, int me) {
    m.synchronized(cell, [&] {
      for (std::int64_t i = 0; i < exchanges / 2; ++i) {
        while (cell->turn != me) m.wait(cell);
        ++cell->value;
        cell->turn = 1 - me;
        m.notify(cell);
      }
    });
  });
  EXPECT_EQ(this->value(), exchanges);
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, NotifyAllReachesEveryThread) {
  for (const int threads : {2, 16, 64}) {
    constexpr std::int64_t phases = 20;
    {
      typename TypeParam::Mutator m{this->heap};
      typename TestFixture::Local cell{m, m.load(this->shared)};
      cell->value = cell->turn = 0;
    }
    this->together(threads, [&](auto& m, auto& cell, int) {  // a barrier of a monitor
      for (std::int64_t phase = 0; phase < phases; ++phase) {
        m.synchronized(cell, [&] {
          ++cell->value;
          if (cell->value == (phase + 1) * threads) {
            ++cell->turn;
            m.notify_all(cell);
          }
          while (cell->turn == phase) m.wait(cell);
        });
      }
    });
    EXPECT_EQ(this->value(), phases * threads);
    this->expect_at_rest();
  }
}

TYPED_TEST(MonitorTest, EachNotifyLetsOneThreadGo) {
  constexpr int waiters = 15;
  std::atomic<int> gone{0};
  this->together(waiters + 1, [&](auto& m, auto& cell, int me) {
    if (me != 0) {
      m.synchronized(cell, [&] {
        ++cell->turn;
        m.wait(cell);
        gone.fetch_add(1);
      });
      return;
    }
    const auto all_wait = [&] {
      return m.synchronized(cell, [&] { return cell->turn == waiters; });
    };
    while (!all_wait()) m.blocking([] { std::this_thread::yield(); });
    for (int i = 0; i < waiters; ++i) {
      m.synchronized(cell, [&] { m.notify(cell); });
      m.blocking([&] {
        while (gone.load() == i) std::this_thread::yield();
      });
      EXPECT_EQ(m.synchronized(cell, [&] { return gone.load(); }), i + 1);
    }
  });
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, WaitRestoresTheDepth) {
  this->together(2, [&](auto& m, auto& cell, int me) {
    if (me == 0) {
      m.synchronized(cell, [&] {
        m.synchronized(cell, [&] {
          m.synchronized(cell, [&] {
            while (cell->turn == 0) m.wait(cell);
          });
          cell->value = 1;
          m.blocking([] { std::this_thread::yield(); });
        });
        m.blocking([] { std::this_thread::yield(); });
        EXPECT_EQ(cell->value, 1) << "somebody got in between two levels";
        cell->value = 2;
      });
    } else {
      bool done = false;
      while (!done) {
        m.synchronized(cell, [&] {
          cell->turn = 1;
          m.notify(cell);
          done = cell->value == 2;
          if (!done) cell->value = 0;
        });
        m.blocking([] { std::this_thread::yield(); });
      }
    }
  });
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, AMonitorInflatesWhileItIsContended) {
  this->together(2, [&](auto& m, auto& cell, int me) {
    if (me == 0) {
      m.synchronized(cell, [&] {
        cell->turn = 1;
        // Until the other one has lost its patience and has inflated it.
        while ((cell->lock.load() & 1u) == 0) m.blocking([] { std::this_thread::yield(); });
        EXPECT_EQ(this->heap.monitors().inflated_monitors(), 1u);
      });
    } else {
      const auto begun = [&] { return m.synchronized(cell, [&] { return cell->turn == 1; }); };
      while (!begun()) m.blocking([] { std::this_thread::yield(); });
    }
  });
  EXPECT_GE(this->heap.monitors().inflations(), 1u);
  EXPECT_GE(this->heap.stops().of(StopCause::monitor_wait).count(), 1u);
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, NobodyStarves) {
  constexpr int threads = 8;
  std::atomic<bool> done{false};
  this->together(threads, [&](auto& m, auto& cell, int me) {
    if (me == 0) {  // the only one that ends by itself
      for (int i = 0; i < 30; ++i) {
        m.synchronized(cell, [&] { ++cell->value; });
        m.poll();
      }
      done.store(true);
    } else {
      while (!done.load()) {
        m.synchronized(cell, [&] {
          for (int i = 0; i < 200; ++i) ++cell->turn;
        });
        m.poll();
      }
    }
  });
  EXPECT_EQ(this->value(), 30);
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, ManyMonitorsServeManyThreads) {
  using M = TypeParam;
  using Array = typename M::template Array<Cell<M>>;
  constexpr int cells = 37, threads = 8, each = 2000;
  typename M::template Global<Array> all{this->heap};
  {
    typename M::Mutator m{this->heap};
    typename M::template Local<Array> array{m, m.template make_array<Cell<M>>(cells)};
    for (std::size_t i = 0; i < cells; ++i) m.store(array, i, m.template make<Cell<M>>());
    m.store(all, array);
  }
  this->together(threads, [&](auto& m, auto&, int me) {
    typename M::template Local<Array> array{m, m.load(all)};
    for (int i = 0; i < each; ++i) {
      const auto at = static_cast<std::size_t>(i * (me + 1) % cells);
      typename TestFixture::Local one{m, m.load(array, at)};
      typename TestFixture::Local other{m, m.load(array, (at + 1) % cells)};
      const auto work = [&] {
        ++one->value;
        m.poll();
      };
      if (at + 1 == cells) {  // in order, or threads would wait for each other in a ring
        m.synchronized(one, work);
      } else {
        m.synchronized(one, [&] { m.synchronized(other, [&] { work(); }); });
      }
    }
  });
  {
    typename M::Mutator m{this->heap};
    typename M::template Local<Array> array{m, m.load(all)};
    m.store(all, nullptr);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      typename TestFixture::Local cell{m, m.load(array, i)};
      sum += cell->value;
      EXPECT_EQ(cell->lock.load(), 0u);
      if constexpr (discards<M>) {
        m.store(array, i, nullptr);
        m.discard(cell);
      }
    }
    EXPECT_EQ(sum, threads * each);
    if constexpr (discards<M>) m.discard(array);
  }
  this->expect_at_rest();
}

TYPED_TEST(MonitorTest, ThreadsThatWaitForEachOtherEndTheProcessAndAreNamed) {
  using M = TypeParam;
  using Array = typename M::template Array<typename TestFixture::Object>;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr int threads = 3;
  const auto dine = [&] {
    typename M::template Global<Array> all{this->heap};
    {
      typename M::Mutator m{this->heap};
      typename M::template Local<Array> array{
          m, m.template make_array<typename TestFixture::Object>(threads)};
      for (std::size_t i = 0; i < threads; ++i) {
        m.store(array, i, m.template make<typename TestFixture::Object>());
      }
      m.store(all, array);
    }
    SpinBarrier each_has_one{threads};
    this->together(threads, [&](auto& m, auto&, int me) {
      typename M::template Local<Array> array{m, m.load(all)};
      const auto at = static_cast<std::size_t>(me);
      typename TestFixture::Local left{m, m.load(array, at)};
      typename TestFixture::Local right{m, m.load(array, (at + 1) % threads)};
      m.synchronized(left, [&] {
        m.blocking([&] { each_has_one.arrive_and_wait(); });
        m.synchronized(right, [] {});
      });
    });
  };
  EXPECT_EXIT(dine(), testing::ExitedWithCode(deadlock_exit_code),
              "reclaim: deadlock: thread [0-9] waits for the Cell that thread [0-9] holds, "
              "which waits for the Cell that thread [0-9] holds, "
              "which waits for the Cell that thread [0-9] holds\n");
}

TYPED_TEST(MonitorTest, WhoIsNotifiedByTheOneThatThenWaitsForItIsPartOfTheCircle) {
  using M = TypeParam;
  using Array = typename M::template Array<typename TestFixture::Object>;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto lock_up = [&] {
    typename M::template Global<Array> all{this->heap};
    {
      typename M::Mutator m{this->heap};
      typename M::template Local<Array> array{
          m, m.template make_array<typename TestFixture::Object>(2)};
      for (std::size_t i = 0; i < 2; ++i) {
        m.store(array, i, m.template make<typename TestFixture::Object>());
      }
      m.store(all, array);
    }
    std::atomic<bool> holds_both{false};
    this->together(2, [&](auto& m, auto&, int me) {
      typename M::template Local<Array> array{m, m.load(all)};
      typename TestFixture::Local first{m, m.load(array, 0)};
      typename TestFixture::Local second{m, m.load(array, 1)};
      if (me == 0) {
        m.synchronized(first, [&] {
          m.synchronized(second, [&] {
            holds_both = true;
            holds_both.notify_all();
            m.wait(second);  // lets go of the second only
          });
        });
      } else {
        m.blocking([&] { holds_both.wait(false); });
        m.synchronized(second, [&] {
          m.notify(second);
          m.synchronized(first, [] {});
        });
      }
    });
  };
  EXPECT_EXIT(lock_up(), testing::ExitedWithCode(deadlock_exit_code),
              "reclaim: deadlock: thread [0-9] waits for the Cell that thread [0-9] holds, "
              "which waits for the Cell that thread [0-9] holds\n");
}

TYPED_TEST(MonitorTest, ThreadIdsAreUsedAgain) {
  for (int i = 0; i < 40000; ++i) {
    if (i % 1000 == 0) {
      typename TypeParam::Mutator m{this->heap};
      EXPECT_LE(m.thread(), 4u);
    } else {
      const std::uint32_t id = this->heap.monitors().attach_thread();
      this->heap.monitors().detach_thread(id);
    }
  }
}

TYPED_TEST(MonitorTest, WaitingOrNotifyingWithoutHoldingIsABrokenLaw) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  typename TypeParam::Mutator m{this->heap};
  typename TestFixture::Local cell{m, m.load(this->shared)};
  EXPECT_DEATH(m.wait(cell), "waits in a monitor that it holds");
  EXPECT_DEATH(m.notify(cell), "notifies in a monitor that it holds");
  EXPECT_DEATH(m.notify_all(cell), "notifies in a monitor that it holds");
}

}  // namespace
}  // namespace reclaim
