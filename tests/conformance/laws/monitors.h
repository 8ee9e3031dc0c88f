// Law 8: mutual exclusion, re-entrance, wait and notify; the lock moves with its object.
#pragma once

#include <atomic>
#include <chrono>

#include "conformance.h"

namespace reclaim::conformance {

TEST(Monitors, GiveBackWhatTheFunctionReturns) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Locked> lock{m, m.make<Locked>()};
  EXPECT_EQ(m.synchronized(lock, [] { return 42; }), 42);
  m.synchronized(lock, [] {});
  drop(m, lock);
}

TEST(Monitors, OneThreadAtATimeIsInside) {
  const int turns = rounds(5000, 50);
  constexpr int threads = 8;
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  Mutator m{heap};
  m.exchange(shared, m.make<Locked>());
  m.blocking([&] {
    with_mutators(heap, threads, [&](Mutator& mine, int) {
      Local<Locked> lock{mine, mine.load(shared)};
      for (int turn = 0; turn < turns; ++turn) {
        mine.synchronized(lock, [&] {
          const std::int64_t before = lock->value;
          if (turn % 16 == 0) mine.poll();
          lock->value = before + 1;
        });
      }
    });
  });
  Local<Locked> lock{m, m.load(shared)};
  EXPECT_EQ(lock->value, threads * turns);
  m.store(shared, nullptr);
  drop(m, lock);
}

TEST(Monitors, MayBeEnteredAgainByTheThreadInside) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Locked> lock{m, m.make<Locked>()};
  const auto nest = [&](const auto& self, int depth) -> int {
    return m.synchronized(lock, [&] { return depth == 0 ? 0 : 1 + self(self, depth - 1); });
  };
  EXPECT_EQ(nest(nest, 300), 300);  // deeper than any small counter in a lock word
  Global<Locked> shared{heap};
  m.store(shared, lock);
  m.blocking([&] {  // the monitor is free again: another thread would hang otherwise
    with_mutators(heap, 1, [&](Mutator& other, int) {
      Local<Locked> same{other, other.load(shared)};
      other.synchronized(same, [&] { same->value = 1; });
    });
  });
  EXPECT_EQ(lock->value, 1);
  m.store(shared, nullptr);
  drop(m, lock);
}

TEST(Monitors, StayLockedWhileTheirObjectMoves) {
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  std::atomic<bool> inside{false};
  {
    Mutator m{heap};
    m.exchange(shared, m.make<Locked>());
  }
  with_mutators(heap, 2, [&](Mutator& m, int thread) {
    Local<Locked> lock{m, m.load(shared)};
    if (thread == 0) {
      m.synchronized(lock, [&] {
        inside = true;
        for (int i = 0; i < 5; ++i) {
          churn(m, rounds(2000, 20));
          m.collect();
          ASSERT_EQ(lock->value, 0) << "another thread came in";
        }
        lock->value = 1;
      });
    } else {
      while (!inside) m.poll();
      m.synchronized(lock, [&] {
        EXPECT_EQ(lock->value, 1);
        lock->value = 2;
      });
    }
  });
  Mutator m{heap};
  Local<Locked> lock{m, m.load(shared)};
  EXPECT_EQ(lock->value, 2);
  m.store(shared, nullptr);
  drop(m, lock);
}

TEST(Monitors, WaitGivesTheMonitorUpAtAnyDepthAndNotifyWakes) {
  const int turns = rounds(500, 20);
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  {
    Mutator m{heap};
    m.exchange(shared, m.make<Locked>());
  }
  with_mutators(heap, 2, [&](Mutator& m, int thread) {  // ping and pong
    Local<Locked> table{m, m.load(shared)};
    for (int turn = 0; turn < turns; ++turn) {
      m.synchronized(table, [&] {
        m.synchronized(table, [&] {
          while (table->turn % 2 != thread) m.wait(table);
          EXPECT_EQ(table->turn / 2, turn);
          ++table->turn;
          m.notify(table);
        });
      });
    }
  });
  Mutator m{heap};
  Local<Locked> table{m, m.load(shared)};
  EXPECT_EQ(table->turn, 2 * turns);
  m.store(shared, nullptr);
  drop(m, table);
}

TEST(Monitors, NotifyAllWakesEveryWaiter) {
  constexpr int waiters = 6;
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  {
    Mutator m{heap};
    m.exchange(shared, m.make<Locked>());
  }
  std::atomic<int> woken{0};
  with_mutators(heap, waiters + 1, [&](Mutator& m, int thread) {
    Local<Locked> gate{m, m.load(shared)};
    if (thread < waiters) {
      m.synchronized(gate, [&] {
        ++gate->value;  // waiting
        while (gate->turn == 0) m.wait(gate);
      });
      ++woken;
    } else {
      bool opened = false;
      while (!opened) {
        m.synchronized(gate, [&] {
          if (gate->value != waiters) return;
          gate->turn = 1;
          m.notify_all(gate);
          opened = true;
        });
        m.collect();  // those who wait hold up no collection
      }
    }
  });
  EXPECT_EQ(woken.load(), waiters);
  Mutator m{heap};
  Local<Locked> gate{m, m.load(shared)};
  m.store(shared, nullptr);
  drop(m, gate);
}

TEST(Monitors, WaitForReturnsByItselfWhenNobodyNotifies) {
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  Mutator m{heap};
  Local<Locked> gate{m, m.make<Locked>()};
  m.store(shared, gate);
  m.synchronized(gate, [&] {
    m.synchronized(gate, [&] {
      for (const int microseconds : {-1, 0, 1, 2000}) {
        EXPECT_FALSE(m.wait_for(gate, std::chrono::microseconds{microseconds}));
      }
      gate->value = 1;  // held again, and twice
    });
    m.collect();
    gate->value = 2;
  });
  m.blocking([&] {  // and free now
    with_mutators(heap, 1, [&](Mutator& other, int) {
      Local<Locked> same{other, other.load(shared)};
      other.synchronized(same, [&] { EXPECT_EQ(same->value, 2); });
    });
  });
  m.store(shared, nullptr);
  drop(m, gate);
}

TEST(Monitors, WaitForGivesTheMonitorUpAndSaysThatItWasNotified) {
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  {
    Mutator m{heap};
    m.exchange(shared, m.make<Locked>());
  }
  with_mutators(heap, 2, [&](Mutator& m, int thread) {
    Local<Locked> gate{m, m.load(shared)};
    m.synchronized(gate, [&] {
      if (thread == 0) {
        gate->value = 1;
        while (gate->turn == 0) {  // far longer than the test may take
          EXPECT_TRUE(m.wait_for(gate, std::chrono::nanoseconds::max()));
        }
      }
    });
    if (thread == 1) {
      while (m.synchronized(gate, [&] { return gate->value == 0; })) m.poll();
      m.synchronized(gate, [&] {
        gate->turn = 1;
        m.notify(gate);
      });
      m.collect();
    }
  });
  Mutator m{heap};
  Local<Locked> gate{m, m.load(shared)};
  m.store(shared, nullptr);
  drop(m, gate);
}

TEST(Monitors, NoNotifyIsLostOnAThreadWhoseTimeIsUp) {
  // Each token is notified once. Whoever sleeps with a time-out may take one as well as whoever
  // sleeps without: were a notify given to a thread that had left by its own clock, a sleeper
  // without one would miss a token and sleep for ever.
  const int tokens = rounds(2000, 40);
  for (const int takers : {1, 3, 7}) {
    Heap heap{heap_options()};
    Global<Locked> shared{heap};
    {
      Mutator m{heap};
      m.exchange(shared, m.make<Locked>());
    }
    std::atomic<int> notified{0}, taken{0};
    with_mutators(heap, takers + 1, [&](Mutator& m, int thread) {
      Local<Locked> table{m, m.load(shared)};  // value: tokens on it; turn: 1 at the end
      if (thread == takers) {
        for (int token = 0; token < tokens; ++token) {
          m.synchronized(table, [&] {
            ++table->value;
            m.notify(table);
          });
          if (token % 64 == 0) m.poll();
        }
        m.synchronized(table, [&] {
          table->turn = 1;
          m.notify_all(table);
        });
        return;
      }
      for (bool done = false; !done;) {
        m.synchronized(table, [&] {
          while (table->value == 0 && table->turn == 0) {
            if (thread % 2 == 0) {
              notified += m.wait_for(table, std::chrono::microseconds{20 * thread}) ? 1 : 0;
            } else {
              m.wait(table);
            }
          }
          done = table->value == 0;
          if (!done) --table->value, ++taken;
        });
      }
    });
    EXPECT_EQ(taken.load(), tokens);
    EXPECT_LE(notified.load(), tokens + takers);
    Mutator m{heap};
    Local<Locked> table{m, m.load(shared)};
    m.store(shared, nullptr);
    drop(m, table);
  }
}

TEST(Monitors, AThreadThatWaitsLongEnoughGetsIn) {
  Heap heap{heap_options()};
  Global<Locked> shared{heap};
  {
    Mutator m{heap};
    m.exchange(shared, m.make<Locked>());
  }
  with_mutators(heap, 2, [&](Mutator& m, int thread) {
    Local<Locked> lock{m, m.load(shared)};
    if (thread == 0) {  // greedy: out and in again until the other has been in
      while (m.synchronized(lock, [&] { return lock->turn == 0; })) {
        m.poll();
      }
    } else {
      m.synchronized(lock, [&] { lock->turn = 1; });
    }
  });
  Mutator m{heap};
  Local<Locked> lock{m, m.load(shared)};
  EXPECT_EQ(lock->turn, 1);
  m.store(shared, nullptr);
  drop(m, lock);
}

TEST(Monitors, WhatHappenedInsideIsSeenByTheNextInside) {
  // A list handed from thread to thread under one monitor: plain fields, no other synchronisation.
  const int turns = rounds(2000, 40);
  constexpr int threads = 4;
  Heap heap{heap_options()};
  {
    Global<Locked> shared{heap};
    {
      Mutator m{heap};
      m.exchange(shared, m.make<Locked>());
    }
    with_mutators(heap, threads, [&](Mutator& m, int thread) {
      Local<Locked> stack{m, m.load(shared)};
      for (int turn = 0; turn < turns; ++turn) {
        Local<Link> link{m, m.make<Link>()};
        link->key = thread * turns + turn + 1;
        m.synchronized(stack, [&] {
          Local<Link> top{m, m.load(stack, &Locked::head)};
          m.store(link, &Link::next, top);
          m.store(stack, &Locked::head, m.escape(link));  // now it is whoever pops it that owns it
        });
        if (turn % 2 == 0) continue;
        Local<Link> taken{m};
        m.synchronized(stack, [&] {
          taken = m.load(stack, &Locked::head);
          Local<Link> next{m, m.load(taken, &Link::next)};
          m.store(stack, &Locked::head, next);
          m.store(taken, &Link::next, nullptr);  // or it would still reach what another discards
          stack->value += taken->key;
        });
        drop(m, taken);
      }
    });
    Mutator m{heap};
    Local<Locked> stack{m, m.load(shared)};
    m.store(shared, nullptr);
    std::int64_t sum = stack->value;
    Local<Link> rest{m, m.load(stack, &Locked::head)};
    m.store(stack, &Locked::head, nullptr);
    {
      Local<Link> link{m, m.copy(rest)};
      for (; link; link = m.load(link, &Link::next)) sum += link->key;
    }
    drop_list(m, rest);
    drop(m, stack);
    const std::int64_t made = std::int64_t{threads} * turns;
    EXPECT_EQ(sum, made * (made + 1) / 2);
  }
  expect_nothing_shared_left(heap.census());
}

}  // namespace reclaim::conformance
