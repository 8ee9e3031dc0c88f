// The monitor protocol, step by step and in one thread: "the others" act inside the blocking()
// callback of the thread that would sleep, so every interleaving here is the same on every run.
#include "models/parts/monitor_protocol.h"
#include "models/parts/wait_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace reclaim::parts {
namespace {

/// A machine whose threads never sleep, whose clock moves when told, and where something may happen
/// just before a monitor's state is swapped.
struct SteppedPolicy {
  static inline std::function<void()> before_swap;

  template <class T>
  class Atomic : public std::atomic<T> {
   public:
    using std::atomic<T>::atomic;
    bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                                 std::memory_order failure) {
      if constexpr (sizeof(T) == 8) {
        if (before_swap) std::exchange(before_swap, nullptr)();
      }
      return std::atomic<T>::compare_exchange_strong(expected, desired, success, failure);
    }
  };
  using Mutex = std::mutex;
  static inline std::int64_t clock = 1;
  struct Parker {
    int permits = 0;
    void park() {
      if (std::exchange(permits, 0) == 0) throw std::logic_error("would sleep for ever");
    }
    bool park_until(std::int64_t deadline_ns) {
      if (std::exchange(permits, 0) != 0) return true;
      clock = std::max(clock, deadline_ns);
      return false;
    }
    void unpark() { permits = 1; }
  };
  using WaitGraph = NoWaitGraph;
  static void pause() {}
  static void yield() {}
  static std::int64_t clock_ns() { return clock; }
};

using Protocol = MonitorProtocol<SteppedPolicy>;
using Place = Protocol::Thread::Place;

/// With and without the fast paths of inflated monitors.
class MonitorProtocolTest : public ::testing::TestWithParam<bool> {
 protected:
  MonitorProtocolTest() {
    a.id = 1;
    b.id = 2;
    c.id = 3;
  }

  std::int64_t enter(
      Protocol::Word& at, Protocol::Thread& thread,
      const std::function<void()>& others = [] { ADD_FAILURE() << "nobody has to sleep here"; }) {
    if (Protocol::try_enter(at, thread.id)) return 0;
    if (GetParam() && protocol.try_enter_inflated(at, thread.id)) return 0;
    return protocol.enter<true>(at, thread, [&](auto sleep) {
      others();
      sleep();
    });
  }
  template <class... Others>
  std::int64_t enter(Protocol::Thread& thread, const Others&... others) {
    return enter(word, thread, others...);
  }
  void exit(Protocol::Word& at, Protocol::Thread& thread) {
    if (Protocol::try_exit(at, thread.id)) return;
    if (GetParam() && protocol.try_exit_inflated(at, thread.id)) return;
    protocol.exit(at, thread);
  }
  void exit(Protocol::Thread& thread) { exit(word, thread); }
  void wait(Protocol::Thread& thread, const std::function<void()>& others) {
    protocol.wait(word, thread, [&](auto sleep) {
      others();
      sleep();
    });
  }

  bool wait_for(Protocol::Thread& thread, std::int64_t ns, const std::function<void()>& others) {
    return protocol.wait_until(word, thread, SteppedPolicy::clock + ns, [&](auto sleep) {
      others();
      sleep();
    });
  }

  Protocol protocol;
  Protocol::Word word{0};
  Protocol::Thread a, b, c;
};

INSTANTIATE_TEST_SUITE_P(, MonitorProtocolTest, ::testing::Bool(), [](const auto& test) {
  return std::string(test.param ? "with" : "without") + "_fast_paths";
});

TEST_P(MonitorProtocolTest, AnUncontendedMonitorIsAWordAndNothingElse) {
  enter(a);
  EXPECT_EQ(word.load(), lock_word::thin(1));
  enter(a);
  EXPECT_EQ(word.load(), lock_word::thin(1) + lock_word::one_recursion);
  exit(a);
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflations(), 0u);
}

TEST_P(MonitorProtocolTest, AContendedMonitorInflatesAndTheLastToLeaveDeflatesIt) {
  enter(a);
  const std::int64_t contended = enter(b, [&] {
    EXPECT_TRUE(lock_word::is_inflated(word.load()));
    EXPECT_EQ(protocol.inflated_monitors(), 1u);
    exit(a);
  });
  EXPECT_EQ(contended, SteppedPolicy::clock);
  exit(b);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
  EXPECT_EQ(protocol.inflations(), 1u);
}

TEST_P(MonitorProtocolTest, InflationKeepsTheDepthOfTheOwner) {
  enter(a);
  enter(a);
  enter(a);
  int sleeps = 0;
  enter(b, [&] {
    ++sleeps;
    exit(a);
    enter(a);  // nested in the inflated monitor
    exit(a);
    exit(a);
    EXPECT_EQ(b.parker.permits, 0);
    exit(a);
    EXPECT_EQ(b.parker.permits, 1);
  });
  EXPECT_EQ(sleeps, 1);
  exit(b);
  EXPECT_EQ(word.load(), 0u);
}

TEST_P(MonitorProtocolTest, DepthsBeyondTheWordGoOnInTheMonitor) {
  constexpr int depth = lock_word::most_recursion + 10;
  for (int i = 0; i < depth; ++i) enter(a);
  EXPECT_TRUE(lock_word::is_inflated(word.load()));
  for (int i = 0; i < depth - 1; ++i) exit(a);
  EXPECT_NE(word.load(), 0u);
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, AnHeirMayBeOvertakenForAWhileAndIsThenHandedTheMonitor) {
  enter(a);
  int sleeps = 0;
  enter(b, [&] {
    switch (++sleeps) {
      case 1:  // overtaken at once
        exit(a);
        enter(a);
        break;
      case 2:  // overtaken when it has waited for long enough
        SteppedPolicy::clock += Protocol::handoff_after_ns + 1;
        exit(a);
        enter(a);
        break;
      default:  // this time leaving hands over: b holds it before it wakes
        exit(a);
        protocol.notify(word, b, false);
    }
  });
  EXPECT_EQ(sleeps, 3);
  exit(b);
  EXPECT_EQ(word.load(), 0u);
}

TEST_P(MonitorProtocolTest, OneSleeperIsWokenAtATime) {
  enter(a);
  bool first = true;
  enter(b, [&] {
    if (!std::exchange(first, false)) return;
    enter(c, [&] {
      exit(a);
      EXPECT_EQ(b.parker.permits, 1);
      EXPECT_EQ(c.parker.permits, 0);
      b.parker.permits = 0;
      enter(a);
      exit(a);
      EXPECT_EQ(b.parker.permits + c.parker.permits, 0) << "an heir is awake already";
      b.parker.permits = 1;
      c.parker.permits = 1;  // c wakes for no reason and finds the monitor free
    });
    exit(c);
  });
  exit(b);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, WaitGivesTheMonitorUpAndReturnsWithItsDepth) {
  enter(a);
  enter(a);
  wait(a, [&] {
    enter(b);
    protocol.notify(word, b, false);
    EXPECT_EQ(a.parker.permits, 0) << "notify wakes nobody before its thread leaves";
    exit(b);
  });
  exit(a);
  EXPECT_NE(word.load(), 0u) << "one of two levels is left";
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, AMonitorThatIsWaitedOnStaysInflatedWhileNobodyHoldsIt) {
  enter(a);
  wait(a, [&] {
    enter(b);
    exit(b);
    EXPECT_TRUE(lock_word::is_inflated(word.load()));
    enter(b);
    protocol.notify(word, b, true);
    exit(b);
  });
  exit(a);
  EXPECT_EQ(word.load(), 0u);
}

TEST_P(MonitorProtocolTest, NotifyTakesTheLongestWaiting) {
  enter(a);
  bool first = true;
  wait(a, [&] {
    if (!std::exchange(first, false)) return;
    enter(b);
    wait(b, [&] {
      enter(c);
      protocol.notify(word, c, false);
      exit(c);
      EXPECT_EQ(a.place, Place::entering);
      EXPECT_EQ(a.parker.permits, 1);
      EXPECT_EQ(b.place, Place::waiting);
      EXPECT_EQ(b.parker.permits, 0);
      enter(c);
      protocol.notify(word, c, false);
      exit(c);
      b.parker.permits = 1;  // a is the heir; b, entering too, may wake and find it free
    });
    exit(b);
  });
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, NotifyAllLetsEveryWaiterEnter) {
  enter(a);
  bool first = true;
  wait(a, [&] {
    if (!std::exchange(first, false)) return;
    enter(b);
    wait(b, [&] {
      enter(c);
      protocol.notify(word, c, true);
      EXPECT_EQ(a.place, Place::entering);
      EXPECT_EQ(b.place, Place::entering);
      exit(c);
      b.parker.permits = 1;
    });
    exit(b);
  });
  exit(a);
  EXPECT_EQ(word.load(), 0u);
}

TEST_P(MonitorProtocolTest, AWaitEndsWhenItsTimeIsUpAndReturnsWithItsDepth) {
  enter(a);
  enter(a);
  const std::int64_t began = SteppedPolicy::clock;
  EXPECT_FALSE(wait_for(a, 500, [] {}));
  EXPECT_EQ(SteppedPolicy::clock, began + 500);
  exit(a);
  EXPECT_NE(word.load(), 0u) << "one of two levels is left";
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, ANotifyInTimeIsSaidThoughTheMonitorComesLater) {
  enter(a);
  int sleeps = 0;
  EXPECT_TRUE(wait_for(a, 500, [&] {
    if (++sleeps == 1) {
      enter(b);
      protocol.notify(word, b, false);  // a is notified, and its time is up before b leaves
    } else {
      exit(b);
    }
  }));
  EXPECT_EQ(sleeps, 2);
  exit(a);
  EXPECT_EQ(word.load(), 0u);
}

TEST_P(MonitorProtocolTest, WhoseTimeIsUpQueuesForTheMonitorAndTakesNoNotify) {
  enter(a);
  int sleeps = 0;
  EXPECT_FALSE(wait_for(a, 500, [&] {
    if (++sleeps == 1) {
      enter(b);  // and holds it while a's time passes
      return;
    }
    EXPECT_EQ(a.place, Place::entering);
    protocol.notify(word, b, false);  // nobody waits: a must not take it
    wait(b, [&] {                     // b waits behind a, which is not back yet
      enter(c);
      protocol.notify(word, c, false);
      EXPECT_EQ(b.place, Place::entering);
      exit(c);
      b.parker.permits = 1;
    });
    exit(b);
  }));
  EXPECT_EQ(sleeps, 2);
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, AMonitorThatHasGoneToAnotherObjectCannotBeEnteredByMistake) {
  // Both times the monitor is owned by a and nobody else is there: only the generation tells.
  constexpr int depth = lock_word::most_recursion + 2;
  Protocol::Word other{0};
  for (int i = 0; i < depth; ++i) enter(word, a);
  ASSERT_TRUE(lock_word::is_inflated(word.load()));
  const std::uint32_t index = lock_word::index(word.load());
  b.spins = 0;
  SteppedPolicy::before_swap = [&] {  // b is about to announce itself
    for (int i = 0; i < depth; ++i) protocol.exit(word, a);
    for (int i = 0; i < depth; ++i) enter(other, a);
    ASSERT_EQ(lock_word::index(other.load()), index);
  };
  EXPECT_NO_THROW(enter(word, b));
  EXPECT_EQ(word.load(), lock_word::thin(b.id));
  exit(word, b);
  for (int i = 0; i < depth; ++i) exit(other, a);
  EXPECT_EQ(other.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, OneMonitorServesOneObjectAfterAnother) {
  for (int i = 0; i < 1000; ++i) {
    enter(a);
    enter(b, [&] {
      EXPECT_EQ(lock_word::index(word.load()), 0u);
      exit(a);
    });
    exit(b);
    EXPECT_EQ(word.load(), 0u);
  }
  EXPECT_EQ(protocol.inflations(), 1000u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_P(MonitorProtocolTest, WhoDoesNotHoldAMonitorIsToldSo) {
  const auto nothing = [](auto) {};
  EXPECT_DEATH(protocol.exit(word, a), "a monitor is left by its owner");
  EXPECT_DEATH(protocol.notify(word, a, false), "notifies in a monitor that it holds");
  EXPECT_DEATH(protocol.wait(word, a, nothing), "waits in a monitor that it holds");
  enter(b);
  EXPECT_DEATH(protocol.notify(word, a, true), "notifies in a monitor that it holds");
  EXPECT_DEATH(protocol.wait(word, a, nothing), "waits in a monitor that it holds");
  exit(b);
}

}  // namespace
}  // namespace reclaim::parts
