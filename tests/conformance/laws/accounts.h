// Laws 9, 10 and 11: the books. The census is exact, the end of memory is an orderly one, every
// stop has the right cause.
#pragma once

#include <string>

#include "base/exhaustion.h"
#include "conformance.h"

namespace reclaim::conformance {

TEST(Traits, SayWhoTheModelIs) {
  EXPECT_FALSE(traits.id.empty());
  EXPECT_FALSE(traits.like.empty());
  EXPECT_FALSE(traits.summary.empty());
}

TEST(Census, CountsObjectsAndBytesAsAskedForByType) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    for (int i = 0; i < 10; ++i) {
      Local<Link> link{m, m.make<Link>()};
      drop(m, link);
    }
    Local<Twin> twin{m, m.make<Twin>()};
    drop(m, twin);
    Local<Locked> locked{m, m.make<Locked>()};
    drop(m, locked);
    Local<Array<Link>> array{m, m.make_array<Link>(100)};
    drop(m, array);
    Local<Blob> blob{m, m.make_blob(33, 64)};
    drop(m, blob);
  }
  const Census census = heap.census();
  EXPECT_EQ(row_of(census, "Link").allocated_objects, 10u);
  EXPECT_EQ(row_of(census, "Link").allocated_bytes, 10u * 16);
  EXPECT_EQ(row_of(census, "Twin").allocated_bytes, 24u);
  EXPECT_EQ(row_of(census, "Locked").allocated_bytes, 24u) << "a monitor's word is not asked for";
  EXPECT_EQ(row_of(census, "Array").allocated_bytes, 800u);
  EXPECT_EQ(row_of(census, "Blob").allocated_bytes, 33u);
  EXPECT_EQ(census.allocated_objects, 14u);
  EXPECT_EQ(census.allocated_bytes, 160u + 24 + 24 + 800 + 33);
  EXPECT_EQ(census.leaked_objects, traits.reclaims ? 0u : 14u);
  EXPECT_EQ(census.reclaimed_objects, traits.reclaims ? 14u : 0u);
}

TEST(Census, WhatAGlobalStillReachesIsNotReclaimed) {
  Heap heap{heap_options()};
  Global<Link> global{heap};
  {
    Mutator m{heap};
    m.exchange(global, make_list(m, 7));
  }
  const Census held = heap.census();
  EXPECT_EQ(held.allocated_objects, 7u);
  EXPECT_EQ(held.leaked_objects, 7u);
  EXPECT_EQ(held.leaked_bytes, 7u * 16);
  {
    Mutator m{heap};
    Local<Link> list{m, m.exchange(global, Fresh<Link>{nullptr})};
    EXPECT_EQ(intact_length(m, list), 7);
    drop_list(m, list);
  }
  EXPECT_EQ(heap.census().leaked_objects, traits.reclaims ? 0u : 7u);
}

TEST(Census, UnreachableCyclesAreLeftByCountingAloneWithWhatHangsOnThem) {
  constexpr std::uint64_t pairs = 40;
  const LeaksOnPurpose cycles_leak;
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    for (std::uint64_t i = 0; i < pairs; ++i) {
      Local<Twin> one{m, m.make<Twin>()};
      Local<Twin> other{m, m.make<Twin>()};
      m.store(one, &Twin::other, other);
      m.store(other, &Twin::other, one);
      Local<Link> tail{m, make_list(m, 3)};
      m.store(one, &Twin::tail, tail);
      if constexpr (traits.wants_discard) {
        drop_list(m, tail);
        m.discard(one);
        m.discard(other);
      }
    }
    m.collect();
  }
  const Census census = heap.census();
  const bool left = counts_only || !traits.reclaims;
  EXPECT_EQ(row_of(census, "Twin").leaked_objects, left ? 2 * pairs : 0);
  EXPECT_EQ(row_of(census, "Link").leaked_objects, left ? 3 * pairs : 0);
}

TEST(Census, WhatWasForgottenIsNamedExactlyWhereFreeingIsByHand) {
  const LeaksOnPurpose forgotten;
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    for (int i = 0; i < 20; ++i) {
      Local<Link> link{m, m.make<Link>()};
      if (i % 4 != 0) drop(m, link);  // else: forgotten
    }
    Local<Twin> kept{m, m.make<Twin>()};
    drop(m, kept);
  }
  const Census census = heap.census();
  const std::uint64_t want = traits.wants_discard ? 5 : traits.reclaims ? 0 : 20;
  EXPECT_EQ(row_of(census, "Link").leaked_objects, want);
  EXPECT_EQ(row_of(census, "Link").leaked_bytes, want * 16);
}

TEST(Census, OfAHeapWithoutObjectsIsEmpty) {
  Heap heap{heap_options()};
  { Mutator m{heap}; }
  const Census census = heap.census();
  EXPECT_EQ(census.allocated_objects, 0u);
  EXPECT_TRUE(census.types.empty());
}

TEST(Census, OfOneHeapKnowsNothingOfAnother) {
  Heap one{heap_options()}, two{heap_options()};
  {
    Mutator m{one};
    Local<Link> list{m, make_list(m, 5)};
    {
      Mutator n{two};
      Local<Link> longer{n, make_list(n, 8)};
      m.collect();
      n.collect();
      EXPECT_EQ(intact_length(m, list), 5);
      EXPECT_EQ(intact_length(n, longer), 8);
      drop_list(n, longer);
    }
    drop_list(m, list);
  }
  EXPECT_EQ(one.census().allocated_objects, 5u);
  EXPECT_EQ(two.census().allocated_objects, 8u);
}

TEST(DeepStructures, ALongListIsGivenUpWithoutOverflowingTheStack) {
  const std::int64_t length = rounds(checked ? 150'000 : 1'000'000, 300);
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Link> list{m, make_list(m, length)};
    if constexpr (traits.wants_discard) {
      drop_list(m, list);
    } else {
      list = nullptr;  // the whole chain at once
      m.collect();
    }
  }
  expect_nothing_left(heap.census());
}

/// Small, and smaller where the heap is traced again after each collection.
constexpr std::uint64_t small_heap_bytes = (checked ? 2 : 8) << 20;

/// A link that is 256 bytes wide: small objects that fill a heap soon, also where each collection
/// is verified.
struct WideLink : M::template Object<WideLink> {
  Field<WideLink> next;
  std::int64_t keys[31] = {};
  static constexpr auto refs() { return std::tuple{&WideLink::next}; }
};

TEST(Exhaustion, OfTheHeapLimitEndsTheProcessWithItsOwnCodeAndOneLine) {
  if (!traits.has_heap_limit) GTEST_SKIP() << "this model has no limit";
  const auto fill = [](std::size_t blob_bytes) {
    Heap heap{heap_options(small_heap_bytes)};
    Mutator m{heap};
    Local<Array<WideLink>> lists{m, m.make_array<WideLink>(8)};
    Local<Array<Blob>> blobs{m, m.make_array<Blob>(4096)};
    for (std::size_t i = 0;; ++i) {
      if (blob_bytes != 0) {
        m.store(blobs, i % 4096, m.make_blob(blob_bytes));
      } else {
        Local<WideLink> link{m, m.make<WideLink>()};
        m.store(link, &WideLink::next, Local<WideLink>{m, m.load(lists, i % 8)});
        m.store(lists, i % 8, link);
      }
    }
  };
  for (const std::size_t blob_bytes :
       {std::size_t{0}, std::size_t{16384}, std::size_t{1} << 20, std::size_t{9} << 20}) {
    if (settings.stress && blob_bytes == 0) continue;  // a collection for each of many links
    SCOPED_TRACE(blob_bytes);
    EXPECT_EXIT(fill(blob_bytes), testing::ExitedWithCode(out_of_memory_exit_code),
                "^reclaim: out of memory: .*" + std::to_string(small_heap_bytes) + " bytes\n$");
  }
}

TEST(Exhaustion, GarbageManyTimesTheLimitIsNoExhaustion) {
  if (!traits.has_heap_limit) GTEST_SKIP() << "this model has no limit";
  Heap heap{heap_options(small_heap_bytes)};
  Mutator m{heap};
  Local<Link> kept{m, make_list(m, 1000)};
  for (int i = 0; i < rounds(checked ? 100 : 400, 20); ++i) {
    {
      Local<Link> list{m, make_list(m, rounds(3000, 20))};
      Local<Array<Link>> medium{m, m.make_array<Link>(2000)};
      m.store(medium, 7, list);
      Local<Blob> large{m, m.make_blob(small_heap_bytes / 8)};
      large->data()[0] = std::byte{1};
    }
    ASSERT_EQ(intact_length(m, kept), 1000);
  }
}

TEST(Exhaustion, OfTheMachineEndsTheProcessWithItsOwnCodeToo) {
  Heap heap{heap_options()};
  Mutator m{heap};
  EXPECT_EXIT(m.make_blob(std::size_t{1} << 50), testing::ExitedWithCode(out_of_memory_exit_code),
              "reclaim: out of memory: ");
}

/// How many stops of a cause the heap has recorded. Call while no mutator is attached.
inline std::uint64_t stops_of(const Heap& heap, StopCause cause) {
  return heap.stops().of(cause).count();
}

TEST(Stops, AFullCollectionIsRecordedUnderItsCauseWithTheTimeToSafepointInsideIt) {
  Heap heap{heap_options()};
  std::atomic<bool> ready{false}, done{false};
  with_mutators(heap, 2, [&](Mutator& m, int thread) {
    if (thread == 0) {
      Local<Link> list{m, make_list(m, 100)};
      while (!ready) m.poll();
      for (int i = 0; i < 3; ++i) m.collect();
      done = true;
      drop_list(m, list);
    } else {
      ready = true;
      while (!done) m.poll();
    }
  });
  if (traits.moves) {
    EXPECT_GE(stops_of(heap, StopCause::major_gc), 3u);
  } else {
    EXPECT_EQ(stops_of(heap, StopCause::major_gc), 0u);
    EXPECT_EQ(stops_of(heap, StopCause::minor_gc), 0u);
    EXPECT_EQ(stops_of(heap, StopCause::cycle_gc) >= 3, traits.collects_cycles);
  }
  if (traits.stops.has(StopCause::time_to_safepoint)) {
    EXPECT_GE(stops_of(heap, StopCause::time_to_safepoint), 3u);
  } else {
    EXPECT_EQ(stops_of(heap, StopCause::time_to_safepoint), 0u);
  }
  EXPECT_LE(heap.stops().of(StopCause::time_to_safepoint).total_ns(),
            heap.stops().of(StopCause::major_gc).total_ns() +
                heap.stops().of(StopCause::minor_gc).total_ns() +
                heap.stops().of(StopCause::cycle_gc).total_ns());
}

TEST(Stops, ALongCascadeOfFreesIsOneStop) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Link> list{m, make_list(m, std::int64_t{free_cascade_least} * 10)};
    Local<Link> few{m, make_list(m, 8)};
    if constexpr (traits.wants_discard) {
      drop_list(m, list);
      drop_list(m, few);
    }
    list = nullptr;
    few = nullptr;
  }
  const bool cascades = traits.reclaims && !traits.wants_discard && !traits.moves;
  EXPECT_EQ(stops_of(heap, StopCause::free_cascade), cascades ? 1u : 0u);
}

TEST(Stops, WaitingForTheInterpreterLockIsRecordedWhereThereIsOne) {
  Heap heap{heap_options()};
  std::atomic<bool> asking{false}, in{false};
  with_mutators(heap, 1, [&](Mutator& m, int) {
    std::thread other{[&] {
      asking = true;
      Mutator mine{heap};  // under a global lock: only once the first lets go
      in = true;
    }};
    while (!asking) {
    }
    while (!in) m.poll();
    m.blocking([&] { other.join(); });
  });
  EXPECT_EQ(stops_of(heap, StopCause::gil_wait) != 0, !traits.parallel);
}

TEST(Stops, WaitingForAMonitorIsRecorded) {
  // Whether two threads meet at a monitor is the scheduler's choice: try until they have.
  std::uint64_t waits = 0;
  for (int round = 0; round < 200 && waits == 0; ++round) {
    Heap heap{heap_options()};
    Global<Locked> shared{heap};
    {
      Mutator m{heap};
      m.exchange(shared, m.make<Locked>());
    }
    std::atomic<bool> inside{false}, asking{false};
    with_mutators(heap, 2, [&](Mutator& m, int thread) {
      Local<Locked> lock{m, m.load(shared)};
      if (thread == 0) {
        m.synchronized(lock, [&] {
          inside = true;
          while (!asking) m.poll();
          for (int i = 0; i < 1000 * (round + 1); ++i) m.poll();
        });
      } else {
        while (!inside) m.poll();
        asking = true;
        m.synchronized(lock, [&] { lock->value = 1; });
      }
    });
    {
      Mutator m{heap};
      Local<Locked> lock{m, m.load(shared)};
      m.store(shared, nullptr);
      drop(m, lock);
    }
    waits = stops_of(heap, StopCause::monitor_wait);
  }
  EXPECT_GT(waits, 0u);
}

}  // namespace reclaim::conformance
