// Laws 6, 7 and 1 among threads: globals may be raced, blocking holds up nobody, mutators come and
// go.
#pragma once

#include "conformance.h"

namespace reclaim::conformance {

TEST(Globals, ExchangedByManyThreadsHandOnEveryObjectExactlyOnce) {
  constexpr int threads = 4;
  const int turns = rounds(4000, 60);
  Heap heap{heap_options()};
  std::atomic<std::int64_t> taken{0};
  {
    Global<Link> global{heap};
    with_mutators(heap, threads, [&](Mutator& m, int thread) {
      std::int64_t mine = 0;
      for (int turn = 0; turn < turns; ++turn) {
        Local<Link> link{m, m.make<Link>()};
        link->key = thread * turns + turn + 1;
        Local<Link> out{m, m.exchange(global, m.escape(link))};
        if (out) {
          mine += out->key;
          drop(m, out);
        }
        m.poll();
      }
      taken += mine;
    });
    Mutator m{heap};
    Local<Link> last{m, m.exchange(global, Fresh<Link>{nullptr})};
    taken += last->key;
    drop(m, last);
  }
  const std::int64_t made = std::int64_t{threads} * turns;
  EXPECT_EQ(taken.load(), made * (made + 1) / 2);
  const Census census = heap.census();
  EXPECT_EQ(census.allocated_objects, static_cast<std::uint64_t>(made));
  expect_nothing_left(census);
}

TEST(Globals, LoadedWhileOthersStoreAreIntact) {
  if constexpr (traits.wants_discard) {
    GTEST_SKIP() << "what a raced global held is the program's to keep alive";
  } else {
    const int turns = rounds(5000, 100);
    Heap heap{heap_options()};
    {
      Global<Twin> global{heap};
      std::atomic<int> writers_left{2};
      with_mutators(heap, 4, [&](Mutator& m, int thread) {
        if (thread < 2) {
          for (int turn = 0; turn < turns; ++turn) {
            Local<Twin> twin{m, m.make<Twin>()};
            twin->key = turn;
            m.store(twin, &Twin::tail, m.make<Link>());
            Local<Link> { m, m.load(twin, &Twin::tail) } -> key = turn;
            m.store(global, twin);
          }
          --writers_left;
        } else {
          while (writers_left != 0) {
            Local<Twin> twin{m, m.load(global)};
            m.poll();
            if (!twin) continue;
            Local<Link> tail{m, m.load(twin, &Twin::tail)};
            ASSERT_TRUE(tail);
            ASSERT_EQ(tail->key, twin->key);
          }
        }
      });
      Mutator m{heap};
      m.store(global, nullptr);
    }
    expect_nothing_shared_left(heap.census());
  }
}

TEST(Blocking, GivesBackWhatTheFunctionReturns) {
  Heap heap{heap_options()};
  Mutator m{heap};
  int called = 0;
  EXPECT_EQ(m.blocking([&] { return ++called + 41; }), 42);
  m.blocking([&] { ++called; });
  EXPECT_EQ(called, 2);
}

TEST(Blocking, ObjectsOfABlockedMutatorSurviveTheCollectionsOfOthers) {
  Heap heap{heap_options()};
  std::atomic<bool> blocked{false}, collected{false};
  with_mutators(heap, 2, [&](Mutator& m, int thread) {
    if (thread == 0) {
      Local<Link> list{m, make_list(m, 200)};
      m.blocking([&] {
        blocked = true;
        blocked.notify_all();
        collected.wait(false);  // would hang if the other could not collect without this thread
      });
      EXPECT_EQ(intact_length(m, list), 200);
      drop_list(m, list);
    } else {
      m.blocking([&] { blocked.wait(false); });
      for (int i = 0; i < 3; ++i) {
        churn(m, rounds(2000, 20));
        m.collect();
      }
      collected = true;
      collected.notify_all();
    }
  });
}

TEST(Blocking, AThreadThatPollsLetsTheOthersRun) {
  Heap heap{heap_options()};
  std::atomic<bool> done{false};
  with_mutators(heap, 2, [&](Mutator& m, int thread) {
    Local<Link> list{m, make_list(m, 20)};
    if (thread == 0) {
      while (!done) m.poll();
    } else {
      m.collect();
      done = true;
    }
    EXPECT_EQ(intact_length(m, list), 20);
    drop_list(m, list);
  });
}

TEST(Threads, ManyAttachAndDetachWhileOneKeepsCollecting) {
  const int generations = rounds(12, 3);
  Heap heap{heap_options()};
  std::uint64_t collector_links = 0;
  {
    Mutator m{heap};
    Local<Link> list{m, make_list(m, 100)};
    collector_links += 100;
    for (int generation = 0; generation < generations; ++generation) {
      std::atomic<int> running{16};
      std::vector<std::thread> threads;
      for (int thread = 0; thread < 16; ++thread) {
        threads.emplace_back([&] {
          {
            Mutator mine{heap};
            Local<Link> own{mine, make_list(mine, 30)};
            mine.poll();
            EXPECT_EQ(intact_length(mine, own), 30);
            drop_list(mine, own);
          }
          --running;
        });
      }
      while (running != 0) m.collect();
      m.blocking([&] {
        for (std::thread& thread : threads) thread.join();
      });
      ASSERT_EQ(intact_length(m, list), 100);
    }
    drop_list(m, list);
  }
  const Census census = heap.census();
  EXPECT_EQ(census.allocated_objects,
            collector_links + static_cast<std::uint64_t>(generations) * 16 * 30);
  expect_nothing_left(census);
}

TEST(Threads, SixtyFourMutatorsAtOnceShareOneHeap) {
  Heap heap{heap_options()};
  with_mutators(heap, 64, [&](Mutator& m, int) {
    Local<Link> list{m, make_list(m, rounds(50, 8))};
    m.poll();
    EXPECT_EQ(intact_length(m, list), rounds(50, 8));
    drop_list(m, list);
  });
  const Census census = heap.census();
  EXPECT_EQ(census.allocated_objects, 64u * static_cast<unsigned>(rounds(50, 8)));
  expect_nothing_left(census);
}

TEST(Threads, AnObjectOutlivesTheMutatorThatMadeIt) {
  Heap heap{heap_options()};
  {
    Global<Link> global{heap};
    with_mutators(heap, 1, [&](Mutator& m, int) { m.exchange(global, make_list(m, 64)); });
    with_mutators(heap, 1, [&](Mutator& m, int) {
      churn(m, rounds(1000, 20));
      m.collect();
      Local<Link> list{m, m.exchange(global, Fresh<Link>{nullptr})};
      EXPECT_EQ(intact_length(m, list), 64);
      drop_list(m, list);
    });
  }
  expect_nothing_left(heap.census());
}

TEST(Threads, DroppingReferencesToSharedObjectsFromAllThreadsLosesNone) {
  // Counts of one graph raced from all sides: each thread copies and drops what others hold too.
  constexpr std::size_t nodes = 16;
  const int turns = rounds(20000, 200);
  Heap heap{heap_options()};
  {
    Global<Array<Link>> shared{heap};
    Mutator m{heap};
    {
      Local<Array<Link>> graph{m, m.make_array<Link>(nodes)};
      for (std::size_t i = 0; i < nodes; ++i) {
        m.store(graph, i, m.make<Link>());
        m.load(graph, i)->key = static_cast<std::int64_t>(i);
      }
      m.store(shared, graph);
    }
    m.blocking([&] {
      with_mutators(heap, 4, [&](Mutator& mine, int thread) {
        Rng rng{settings.seed + static_cast<std::uint64_t>(thread)};
        Local<Array<Link>> graph{mine, mine.load(shared)};
        Local<Link> held{mine};
        for (int turn = 0; turn < turns; ++turn) {
          const std::uint64_t i = rng.below(nodes);
          held = mine.load(graph, i);
          Local<Link> again{mine, mine.copy(held)};
          ASSERT_EQ(again->key, static_cast<std::int64_t>(i));
          if (turn % 64 == 0) mine.poll();
        }
      });
    });
    Local<Array<Link>> graph{m, m.load(shared)};
    m.store(shared, nullptr);
    for (std::size_t i = 0; i < nodes; ++i) {
      Local<Link> link{m, m.load(graph, i)};
      ASSERT_EQ(link->key, static_cast<std::int64_t>(i));
      m.store(graph, i, nullptr);
      drop(m, link);
    }
    drop(m, graph);
  }
  expect_nothing_shared_left(heap.census());
}

}  // namespace reclaim::conformance
