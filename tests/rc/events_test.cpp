// Who held the lock and who waited for it, moment by moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "boundary/events.h"
#include "fixture.h"
#include "measure/clock.h"

namespace reclaim::rc_tests {
namespace {

bool is_hold(const Event& event) { return event.let_go != LetGo::none; }

template <class M>
std::vector<Event> events_of(typename M::Heap& heap) {
  std::uint64_t dropped = 0;
  std::vector<Event> all = heap.events().events(dropped);
  EXPECT_EQ(dropped, 0u);
  std::sort(all.begin(), all.end(),
            [](const Event& a, const Event& b) { return a.begin_ns < b.begin_ns; });
  return all;
}

template <class M>
class Events : public testing::Test {};
using ModelsWithALock = testing::Types<RcGil<>, RcGilTicks<>, RcGilGen<>>;
TYPED_TEST_SUITE(Events, ModelsWithALock);

HeapOptions keeping(KeepEvents events) {
  HeapOptions options;
  options.keep_events = events;
  options.gil_switch_interval_ns = 100'000;
  return options;
}

TYPED_TEST(Events, ShowThatOneHoldsTheLockAtATimeAndWhyItLetsGo) {
  using M = TypeParam;
  typename M::Heap heap{keeping(KeepEvents::stops_and_holds)};
  std::atomic<int> turns{0};
  with_mutators<M>(heap, 2, [&](typename M::Mutator& m, int) {
    for (int i = 0; i < 200'000 || turns < 2; ++i) {
      m.poll();
      if (i == 100) {
        m.blocking([&] { ++turns; });
      }
    }
  });
  std::int64_t free_from = 0;
  std::set<std::uint32_t> holders;
  std::set<LetGo> reasons;
  for (const Event& event : events_of<M>(heap)) {
    EXPECT_LE(event.begin_ns, event.end_ns);
    if (!is_hold(event)) continue;
    EXPECT_GE(event.begin_ns, free_from) << "two held it at once";
    free_from = event.end_ns;
    holders.insert(event.thread);
    reasons.insert(event.let_go);
  }
  EXPECT_EQ(holders.size(), 2u);
  EXPECT_EQ(holders.count(0), 0u) << "a mutator's number is not 0";
  EXPECT_TRUE(reasons.contains(LetGo::blocking));
  EXPECT_TRUE(reasons.contains(LetGo::detached));
}

TYPED_TEST(Events, AreTheStopsThatAreCounted) {
  using M = TypeParam;
  typename M::Heap heap{keeping(KeepEvents::stops_and_holds)};
  with_mutators<M>(heap, 4, [&](typename M::Mutator& m, int) {
    for (int i = 0; i < 20'000; ++i) m.poll();
  });
  std::uint64_t waits = 0, total_ns = 0;
  for (const Event& event : events_of<M>(heap)) {
    if (is_hold(event) || event.cause != static_cast<std::uint8_t>(StopCause::gil_wait)) continue;
    ++waits;
    total_ns += static_cast<std::uint64_t>(event.end_ns - event.begin_ns);
  }
  EXPECT_EQ(waits, heap.stops().of(StopCause::gil_wait).count());
  EXPECT_EQ(total_ns, heap.stops().of(StopCause::gil_wait).total_ns());
}

TYPED_TEST(Events, AreNotKeptUnlessAskedFor) {
  using M = TypeParam;
  typename M::Heap heap{keeping(KeepEvents::none)};
  with_mutators<M>(heap, 2, [&](typename M::Mutator& m, int) { m.poll(); });
  EXPECT_TRUE(events_of<M>(heap).empty());
}

TYPED_TEST(Events, AreOnlyStopsWhereOnlyThoseAreWanted) {
  using M = TypeParam;
  typename M::Heap heap{keeping(KeepEvents::stops)};
  std::atomic<int> come{0};  // once both have come, each has to wait for the other
  with_mutators<M>(heap, 2, [&](typename M::Mutator& m, int) {
    ++come;
    while (come < 2) m.poll();
    for (int i = 0; i < 20'000; ++i) m.poll();
  });
  const std::vector<Event> events = events_of<M>(heap);
  EXPECT_FALSE(events.empty());
  EXPECT_TRUE(std::none_of(events.begin(), events.end(), is_hold));
}

TEST(EventRing, KeepsTheLastAndCountsWhatItDropped) {
  EventLog log{KeepEvents::stops};
  EventRing& ring = *log.ring();
  ring.thread = 7;
  const std::int64_t all = static_cast<std::int64_t>(EventRing::capacity) + 10;
  for (std::int64_t i = 0; i < all; ++i) ring.add(0, LetGo::asked, i, i + 1);
  std::uint64_t dropped = 0;
  const std::vector<Event> events = log.events(dropped);
  EXPECT_EQ(dropped, 10u);
  ASSERT_EQ(events.size(), EventRing::capacity);
  EXPECT_EQ(events.front().begin_ns, 10);
  EXPECT_EQ(events.back().begin_ns, all - 1);
  EXPECT_EQ(events.front().thread, 7u);
}

}  // namespace
}  // namespace reclaim::rc_tests
