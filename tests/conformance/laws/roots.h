// Laws 1 and 2: what a Local holds survives every safepoint; what is new is empty.
#pragma once

#include "conformance.h"

namespace reclaim::conformance {

TEST(Roots, AListHeldByALocalSurvivesCollections) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> list{m, make_list(m, 500)};
  for (int i = 0; i < 4; ++i) {
    churn(m, rounds(2000, 50));
    m.collect();
    ASSERT_EQ(intact_length(m, list), 500) << "after collection " << i;
  }
  drop_list(m, list);
}

TEST(Roots, EveryLocalOfADeepStackIsARoot) {
  Heap heap{heap_options()};
  Mutator m{heap};
  const auto descend = [&m](const auto& self, int depth) -> Fresh<Link> {
    Local<Link> mine{m, m.make<Link>()};
    mine->key = depth;
    if (depth == 0) {
      m.collect();
    } else {
      Local<Link> below{m, self(self, depth - 1)};
      m.store(mine, &Link::next, below);
    }
    EXPECT_EQ(mine->key, depth);
    return m.escape(mine);
  };
  Local<Link> chain{m, descend(descend, 300)};
  EXPECT_EQ(intact_length(m, chain), 301);
  drop_list(m, chain);
}

TEST(Roots, ALocalThatWasReassignedHoldsTheNewObjectOnly) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> local{m};
  EXPECT_FALSE(local);
  for (int i = 0; i < 100; ++i) {
    Local<Link> old{m, m.escape(local)};
    EXPECT_FALSE(local);
    if (old) drop(m, old);
    local = m.make<Link>();
    local->key = i;
    m.poll();
    EXPECT_EQ(local->key, i);
  }
  drop(m, local);
}

TEST(Roots, AGlobalIsARootUntilItIsCleared) {
  Heap heap{heap_options()};
  Global<Link> global{heap};
  {
    Mutator m{heap};
    m.exchange(global, make_list(m, 50));
    churn(m, rounds(500, 20));
    m.collect();
    Local<Link> list{m, m.load(global)};
    EXPECT_EQ(intact_length(m, list), 50);
  }
  {
    Mutator later{heap};  // the one that made it has gone
    later.collect();
    Local<Link> list{later, later.load(global)};
    EXPECT_EQ(intact_length(later, list), 50);
    later.store(global, nullptr);
    EXPECT_FALSE(later.load(global));
    drop_list(later, list);
  }
  expect_nothing_left(heap.census());
}

TEST(Roots, IdentitySurvivesCollections) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> a{m, m.make<Link>()};
  Local<Link> same{m, m.copy(a)};
  Local<Link> other{m, m.make<Link>()};
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(a == same);
    EXPECT_FALSE(a == other);
    m.collect();
    churn(m, 20);
  }
  same->key = 7;
  EXPECT_EQ(a->key, 7);
  same = nullptr;
  drop(m, a);
  drop(m, other);
}

TEST(Zeroed, NewRecordsAreEmptyThoughTheirMemoryWasUsedBefore) {
  Heap heap{heap_options()};
  Mutator m{heap};
  for (int i = 0; i < rounds(2000, 100); ++i) {
    Local<Twin> twin{m, m.make<Twin>()};
    ASSERT_FALSE(twin->other);
    ASSERT_FALSE(twin->tail);
    ASSERT_EQ(twin->key, 0);
    Local<Link> tail{m, m.make<Link>()};
    ASSERT_FALSE(tail->next);
    ASSERT_EQ(tail->key, 0);
    twin->key = -1;
    tail->key = -1;
    m.store(twin, &Twin::tail, tail);
    if constexpr (discards<M>) {
      m.store(twin, &Twin::tail, nullptr);
      m.discard(tail);
      m.discard(twin);
    }
  }
}

TEST(Zeroed, NewArraysAndBlobsAreEmptyThoughTheirMemoryWasUsedBefore) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Rng rng{settings.seed};
  for (int i = 0; i < rounds(400, 60); ++i) {
    churn(m, 3);
    const auto length = static_cast<std::size_t>(rng.below(i % 50 == 0 ? 20000 : 300));
    Local<Array<Link>> array{m, m.make_array<Link>(length)};
    ASSERT_EQ(array->length(), length);
    for (std::size_t k = 0; k < length; ++k) ASSERT_FALSE(m.load(array, k));
    Local<Blob> blob{m, m.make_blob(length * 5)};
    ASSERT_EQ(blob->size(), length * 5);
    for (std::size_t k = 0; k < blob->size(); ++k) {
      ASSERT_EQ(blob->data()[k], std::byte{0}) << "seed " << settings.seed;
      blob->data()[k] = std::byte{0xff};
    }
    drop(m, blob);
    drop(m, array);
  }
}

}  // namespace reclaim::conformance
