// The protocol of the GIL, step by step: the shipped header over a machine whose sleeps are the
// test's to script. One thread plays all participants, so every interleaving here is chosen, and
// nothing depends on time.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "models/rc/gil.h"

namespace reclaim::rc {
namespace {

/// Each sleep calls the next step of the script instead, with the mutex released; the step says
/// whether the sleeper was woken (true) or timed out (false).
struct ScriptedMachine {
  template <class T>
  using Atomic = std::atomic<T>;

  struct Mutex {
    bool locked = false;
  };
  struct Lock {
    explicit Lock(Mutex& of) : mutex(of) { lock(); }
    ~Lock() { mutex.locked = false; }
    Lock(const Lock&) = delete;
    void lock() const {
      EXPECT_FALSE(mutex.locked) << "the mutex is held while another step runs";
      mutex.locked = true;
    }
    Mutex& mutex;
  };
  struct Condition {
    bool wait_for(Lock& lock, std::int64_t nanoseconds) {
      if (step >= script.size()) {
        ADD_FAILURE() << "slept once more than the script expects: would hang";
        throw std::runtime_error("script ended");
      }
      slept_ns.push_back(nanoseconds);
      lock.mutex.locked = false;
      const bool woken = script[step++]();
      lock.lock();
      return woken;
    }
    void notify_one() {}
  };

  static inline std::deque<std::function<bool()>> script;  // grows while a step runs
  static inline std::size_t step = 0;
  static inline std::vector<std::int64_t> slept_ns;
};

constexpr bool woken = true;
constexpr bool timed_out = false;

class GilProtocol : public testing::Test {
 protected:
  GilProtocol() {
    ScriptedMachine::script.clear();
    ScriptedMachine::slept_ns.clear();
    ScriptedMachine::step = 0;
  }
  ~GilProtocol() override {
    EXPECT_EQ(ScriptedMachine::step, ScriptedMachine::script.size()) << "steps were not reached";
  }
  /// What happens during the next sleep that is not scripted yet.
  static void when_asleep(std::function<bool()> step) {
    ScriptedMachine::script.push_back(std::move(step));
  }

  BasicGil<ScriptedMachine> gil{5'000'000};
  const char names[4] = "abc";
  const void* const a = &names[0];
  const void* const b = &names[1];
  const void* const c = &names[2];
};

TEST_F(GilProtocol, AFreeLockIsTakenWithoutSleep) {
  EXPECT_TRUE(gil.try_acquire(a));
  EXPECT_FALSE(gil.try_acquire(b));
  gil.leave();
  gil.acquire(b);
  EXPECT_FALSE(gil.try_acquire(a));
}

TEST_F(GilProtocol, AWaiterSleepsForTheSwitchIntervalAndThenAsks) {
  gil.acquire(a);
  when_asleep([&] {
    EXPECT_FALSE(gil.drop_requested()) << "asked before the interval had passed";
    return timed_out;
  });
  when_asleep([&] {
    EXPECT_TRUE(gil.drop_requested()) << "the interval has passed";
    gil.leave();
    return woken;
  });
  gil.acquire(b);
  EXPECT_EQ(ScriptedMachine::slept_ns, (std::vector<std::int64_t>{5'000'000, 5'000'000}));
}

TEST_F(GilProtocol, AWaiterWokenInTimeDoesNotAsk) {
  gil.acquire(a);
  when_asleep([&] { return woken; });  // spuriously
  when_asleep([&] {
    EXPECT_FALSE(gil.drop_requested());
    gil.leave();
    return woken;
  });
  gil.acquire(b);
}

TEST_F(GilProtocol, AWaiterDoesNotAskWhenTheLockHasChangedHandsMeanwhile) {
  gil.acquire(a);
  when_asleep([&] {
    gil.leave();
    gil.acquire(c);
    return timed_out;
  });
  when_asleep([&] {
    EXPECT_FALSE(gil.drop_requested()) << "c has had the lock for less than an interval";
    return timed_out;
  });
  when_asleep([&] {
    EXPECT_TRUE(gil.drop_requested());
    gil.leave();
    return woken;
  });
  gil.acquire(b);
}

TEST_F(GilProtocol, AWaiterAsksWhenTheSameHolderHasRetakenTheLock) {
  gil.acquire(a);
  when_asleep([&] {
    gil.leave();
    gil.acquire(a);
    return timed_out;
  });
  when_asleep([&] {
    EXPECT_TRUE(gil.drop_requested());
    gil.leave();
    return woken;
  });
  gil.acquire(b);
}

TEST_F(GilProtocol, TakingTheLockClearsTheRequest) {
  gil.acquire(a);
  when_asleep([&] { return timed_out; });
  when_asleep([&] {
    gil.leave();
    return woken;
  });
  gil.acquire(b);
  EXPECT_FALSE(gil.drop_requested());
}

TEST_F(GilProtocol, AHolderThatIsAskedReturnsOnlyAfterAnotherHasTakenTheLock) {
  gil.acquire(a);
  bool taken = false;
  when_asleep([&] { return timed_out; });    // b asks
  when_asleep([&] {                          // b sleeps on; meanwhile a, asked, releases
    when_asleep([&] { return woken; });      // a, woken for nothing, sleeps again
    when_asleep([&] { return timed_out; });  // and again
    when_asleep([&] {                        // until c has taken it
      taken = gil.try_acquire(c);
      EXPECT_TRUE(taken) << "a holds what it has released";
      return woken;
    });
    EXPECT_TRUE(gil.release(a)) << "a had to wait for the hand-over";
    EXPECT_TRUE(taken) << "a goes on before another has run";
    gil.leave();  // c
    return woken;
  });
  gil.acquire(b);
  EXPECT_EQ(gil.switch_number(), 3u);
}

TEST_F(GilProtocol, AHolderThatIsNotAskedReturnsAtOnce) {
  gil.acquire(a);
  EXPECT_FALSE(gil.release(a));
  EXPECT_TRUE(gil.try_acquire(a));
}

TEST_F(GilProtocol, LeavingForGoodNeverWaits) {
  gil.acquire(a);
  when_asleep([&] { return timed_out; });
  when_asleep([&] {
    EXPECT_TRUE(gil.drop_requested());
    gil.leave();  // a, asked
    return woken;
  });
  gil.acquire(b);
}

TEST_F(GilProtocol, OnlyAnotherParticipantCountsAsASwitch) {
  gil.acquire(a);
  gil.leave();
  gil.acquire(a);
  EXPECT_EQ(gil.switch_number(), 1u);
  gil.leave();
  gil.acquire(b);
  EXPECT_EQ(gil.switch_number(), 2u);
}

TEST(Gil, AnIntervalOfNothingStillSleeps) {
  ScriptedMachine::script.clear();
  ScriptedMachine::slept_ns.clear();
  ScriptedMachine::step = 0;
  BasicGil<ScriptedMachine> gil{0};
  const char names[] = "ab";
  gil.acquire(&names[0]);
  ScriptedMachine::script.push_back([&] {
    gil.leave();
    return woken;
  });
  gil.acquire(&names[1]);
  EXPECT_EQ(ScriptedMachine::slept_ns, std::vector<std::int64_t>{1});
}

}  // namespace
}  // namespace reclaim::rc
