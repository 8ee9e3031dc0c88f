// The world stops when it is asked to, and only then.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

/// A door that a test opens.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST(Safepoints, ABlockedMutatorHoldsUpNoCollectionAndItsLocalsAreUpdated) {
  Lab lab;
  Gate blocked, release;
  bool intact = false;
  std::thread other{[&] {
    M::Mutator m{lab.heap};
    Local<Node> list{m, make_list(m, 100)};
    const Node* const place = list.get();
    m.blocking([&] {
      blocked.open();
      release.wait();
    });
    intact = list.get() != place && list_is_intact(m, list, 100);
  }};
  blocked.wait();
  for (int i = 0; i < 5; ++i) minor(lab.m);  // would hang if the other held it up
  major(lab.m);
  release.open();
  lab.m.blocking([&] { other.join(); });
  EXPECT_TRUE(intact);
}

TEST(Safepoints, NobodyStarvesWhileAnotherCollectsAndCollects) {
  Lab lab;
  Gate begun;
  std::atomic<bool> done{false};
  std::thread collector{[&] {
    M::Mutator m{lab.heap};
    begun.open();
    while (!done) minor(m);
  }};
  begun.wait();
  std::uint64_t most = 0;
  for (std::uint64_t seen = 0; seen < 500;) {
    lab.m.poll();
    const std::uint64_t now = lab.heap.totals().minor;
    most = std::max(most, now - seen);
    seen = now;
  }
  lab.m.blocking([&] {
    done = true;
    collector.join();
  });
  EXPECT_EQ(most, 1u) << "stops while a mutator stood at one poll";
}

TEST(Safepoints, AMutatorThatLeavesABlockingRegionStandsWhileTheWorldDoes) {
  Lab lab;
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::thread other{[&] {
    M::Mutator m{lab.heap};
    Local<Node> list{m, make_list(m, 50)};
    while (!done.load()) {
      m.blocking([] {});
      if (!list_is_intact(m, list, 50)) ++wrong;
    }
  }};
  for (int i = 0; i < 300; ++i) minor(lab.m);
  done = true;
  lab.m.blocking([&] { other.join(); });
  EXPECT_EQ(wrong.load(), 0);
}

TEST(Safepoints, PollingIsEnough) {
  Lab lab;
  std::atomic<bool> done{false};
  std::thread other{[&] {
    M::Mutator m{lab.heap};
    while (!done.load()) m.poll();
  }};
  for (int i = 0; i < 50; ++i) minor(lab.m);
  done = true;
  lab.m.blocking([&] { other.join(); });
  EXPECT_EQ(lab.heap.totals().minor, 50u);
}

TEST(Safepoints, MakingIsEnough) {
  Lab lab;
  std::atomic<bool> done{false};
  std::thread other{[&] {
    M::Mutator m{lab.heap};
    while (!done.load()) make_garbage(m, 100);
  }};
  for (int i = 0; i < 50; ++i) minor(lab.m);
  done = true;
  lab.m.blocking([&] { other.join(); });
  EXPECT_GE(lab.heap.totals().minor, 50u);
}

TEST(Safepoints, EveryCollectionIsOneStopWithItsTimeToSafepointInside) {
  Lab lab;
  for (int i = 0; i < 5; ++i) minor(lab.m);
  for (int i = 0; i < 3; ++i) major(lab.m);
  const StopLog& stops = lab.heap.stops();
  EXPECT_EQ(stops.of(StopCause::minor_gc).count(), 5u);
  EXPECT_EQ(stops.of(StopCause::major_gc).count(), 3u);
  EXPECT_EQ(stops.of(StopCause::time_to_safepoint).count(), 8u);
  EXPECT_LE(stops.of(StopCause::time_to_safepoint).total_ns(),
            stops.of(StopCause::minor_gc).total_ns() + stops.of(StopCause::major_gc).total_ns());
}

TEST(Safepoints, MutatorsMayComeAndGoWhileOthersCollect) {
  Lab lab;
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> others;
  for (int t = 0; t < 3; ++t) {
    others.emplace_back([&] {
      while (!done.load()) {
        M::Mutator m{lab.heap};
        Local<Node> list{m, make_list(m, 20)};
        make_garbage(m, 2'000);
        if (!list_is_intact(m, list, 20)) ++wrong;
      }
    });
  }
  for (int i = 0; i < 200; ++i) minor(lab.m);
  done = true;
  lab.m.blocking([&] {
    for (std::thread& other : others) other.join();
  });
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace reclaim::gen_test
