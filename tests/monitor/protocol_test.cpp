// The monitor protocol, step by step and in one thread: "the others" act inside the blocking()
// callback of the thread that would sleep, so every interleaving here is the same on every run.
#include "models/parts/monitor_protocol.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace reclaim::parts {
namespace {

/// A machine whose threads never sleep and whose clock moves when told.
struct SteppedPolicy {
  template <class T>
  using Atomic = std::atomic<T>;
  using Mutex = std::mutex;
  struct Parker {
    int permits = 0;
    void park() {
      EXPECT_EQ(permits, 1) << "would sleep for ever";
      permits = 0;
    }
    void unpark() { permits = 1; }
  };
  static inline std::int64_t clock = 1;
  static void pause() {}
  static void yield() {}
  static std::int64_t clock_ns() { return clock; }
};

using Protocol = MonitorProtocol<SteppedPolicy>;

class MonitorProtocolTest : public ::testing::Test {
 protected:
  MonitorProtocolTest() {
    a.id = 1;
    b.id = 2;
    c.id = 3;
  }

  std::int64_t enter(
      Protocol::Thread& thread,
      const std::function<void()>& others = [] { ADD_FAILURE() << "nobody has to sleep here"; }) {
    if (Protocol::try_enter(word, thread.id)) return 0;
    return protocol.enter<true>(word, thread, [&](auto sleep) {
      others();
      sleep();
    });
  }
  void exit(Protocol::Thread& thread) {
    if (!Protocol::try_exit(word, thread.id)) protocol.exit(word, thread);
  }
  void wait(Protocol::Thread& thread, const std::function<void()>& others) {
    protocol.wait(word, thread, [&](auto sleep) {
      others();
      sleep();
    });
  }

  Protocol protocol;
  Protocol::Word word{0};
  Protocol::Thread a, b, c;
};

TEST_F(MonitorProtocolTest, AnUncontendedMonitorIsAWordAndNothingElse) {
  enter(a);
  EXPECT_EQ(word.load(), lock_word::thin(1));
  enter(a);
  EXPECT_EQ(word.load(), lock_word::thin(1) + lock_word::one_recursion);
  exit(a);
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflations(), 0u);
}

TEST_F(MonitorProtocolTest, AContendedMonitorInflatesAndTheLastToLeaveDeflatesIt) {
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

TEST_F(MonitorProtocolTest, InflationKeepsTheDepthOfTheOwner) {
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

TEST_F(MonitorProtocolTest, DepthsBeyondTheWordGoOnInTheMonitor) {
  constexpr int depth = lock_word::most_recursion + 10;
  for (int i = 0; i < depth; ++i) enter(a);
  EXPECT_TRUE(lock_word::is_inflated(word.load()));
  for (int i = 0; i < depth - 1; ++i) exit(a);
  EXPECT_NE(word.load(), 0u);
  exit(a);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_F(MonitorProtocolTest, AnHeirMayBeOvertakenForAWhileAndIsThenHandedTheMonitor) {
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

TEST_F(MonitorProtocolTest, OneSleeperIsWokenAtATime) {
  enter(a);
  bool first = true;
  enter(b, [&] {
    if (!std::exchange(first, false)) return;
    enter(c, [&] {
      exit(a);
      EXPECT_EQ(b.parker.permits, 1);
      EXPECT_EQ(c.parker.permits, 0);
      enter(a);
      exit(a);
      EXPECT_EQ(c.parker.permits, 0) << "an heir is awake already";
      c.parker.permits = 1;  // c wakes for no reason and finds the monitor free
    });
    exit(c);
  });
  exit(b);
  EXPECT_EQ(word.load(), 0u);
  EXPECT_EQ(protocol.inflated_monitors(), 0u);
}

TEST_F(MonitorProtocolTest, WaitGivesTheMonitorUpAndReturnsWithItsDepth) {
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

TEST_F(MonitorProtocolTest, AMonitorThatIsWaitedOnStaysInflatedWhileNobodyHoldsIt) {
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

TEST_F(MonitorProtocolTest, NotifyTakesTheLongestWaiting) {
  enter(a);
  bool first = true;
  wait(a, [&] {
    if (!std::exchange(first, false)) return;
    enter(b);
    wait(b, [&] {
      enter(c);
      protocol.notify(word, c, false);
      exit(c);
      EXPECT_EQ(a.parker.permits, 1);
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

TEST_F(MonitorProtocolTest, OneMonitorServesOneObjectAfterAnother) {
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

TEST_F(MonitorProtocolTest, WhoDoesNotHoldAMonitorIsToldSo) {
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
