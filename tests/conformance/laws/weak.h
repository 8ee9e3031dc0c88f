// Laws 12 and 13: weak references and ephemerons. What is expected follows from the traits: when
// something is reclaimed differs, that nothing else is seen does not.
#pragma once

#include <algorithm>
#include <atomic>
#include <vector>

#include "boundary/ephemeron_table.h"
#include "conformance.h"

namespace reclaim::conformance {

template <class T>
using Weak = M::template Weak<T>;
template <class K, class V>
using Ephemeron = M::template Ephemeron<K, V>;

/// May be referred to weakly; `tail` hangs on it.
struct Watched : M::template Object<Watched, WeaklyReferenced, IdentityHashed> {
  Field<Link> tail;
  std::int64_t key = 0;
  std::uint64_t seal = 0;
  static constexpr auto refs() { return std::tuple{&Watched::tail}; }
};

/// Says something about a Watched, and so may be a value that reaches its own key.
struct Note : M::template Object<Note, Cyclic> {
  Field<Watched> about;
  std::int64_t text = 0;
  static constexpr auto refs() { return std::tuple{&Note::about}; }
};

/// Too large for a nursery or a size class.
struct Vast : M::template Object<Vast, WeaklyReferenced, IdentityHashed> {
  std::int64_t words[5000] = {};
};

/// Whether an object that was given up is gone after a collection, or at once: nothing is ever
/// under a model that does not reclaim, but for what it audits.
inline constexpr bool goes = traits.reclaims || discards<M>;

inline Fresh<Watched> make_watched(Mutator& m, std::int64_t key) {
  Local<Watched> watched{m, m.make<Watched>()};
  watched->key = key;
  watched->seal = mix(static_cast<std::uint64_t>(key));
  return m.escape(watched);
}
inline bool is_sound(const Local<Watched>& watched) {
  return watched->seal == mix(static_cast<std::uint64_t>(watched->key));
}

TEST(Weak, RefersToItsReferentWhileThatLives) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Watched> watched{m, make_watched(m, 5)};
    Local<Weak<Watched>> weak{m, m.make_weak(watched)};
    for (int i = 0; i < 8; ++i) {
      churn(m, rounds(2000, 20));
      if (i % 2 == 1) m.collect();
      Local<Watched> loaded{m, m.load(weak)};
      ASSERT_TRUE(loaded);
      EXPECT_EQ(loaded, watched);
      EXPECT_EQ(loaded->key, 5);
    }
    drop(m, watched);
    drop(m, weak);
  }
  expect_nothing_left(heap.census());
}

TEST(Weak, IsNullOnceItsReferentIsReclaimed) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Watched> watched{m, make_watched(m, 5)};
  Local<Weak<Watched>> weak{m, m.make_weak(watched)};
  drop(m, watched);
  m.collect();
  EXPECT_EQ(static_cast<bool>(m.load(weak)), !goes);
  churn(m, 100);
  EXPECT_EQ(static_cast<bool>(m.load(weak)), !goes);
  drop(m, weak);
}

TEST(Weak, IsClearedAtOnceWhereObjectsDieAtOnce) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Watched> watched{m, make_watched(m, 5)};
  Local<Weak<Watched>> weak{m, m.make_weak(watched)};
  drop(m, watched);
  if (traits.reclaims && !traits.moves) {
    EXPECT_FALSE(m.load(weak));
  }
  if (discards<M>) {
    EXPECT_FALSE(m.load(weak));
  }
  drop(m, weak);
}

TEST(Weak, WhatItGivesIsKeptAliveByItsLocal) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Watched> watched{m, make_watched(m, 5)};
  Local<Weak<Watched>> weak{m, m.make_weak(watched)};
  Local<Watched> loaded{m, m.load(weak)};
  watched = nullptr;
  m.collect();
  churn(m, 50);
  EXPECT_TRUE(loaded && is_sound(loaded));
  EXPECT_TRUE(m.load(weak));
  drop(m, loaded);
  drop(m, weak);
}

TEST(Weak, LiesInFieldsArraysAndGlobals) {
  struct Holder : M::template Object<Holder> {
    Field<Weak<Watched>> weak;
    static constexpr auto refs() { return std::tuple{&Holder::weak}; }
  };
  Heap heap{heap_options()};
  {
    Global<Weak<Watched>> global{heap};
    Mutator m{heap};
    Local<Watched> watched{m, make_watched(m, 5)};
    Local<Holder> holder{m, m.make<Holder>()};
    Local<Array<Weak<Watched>>> array{m, m.make_array<Weak<Watched>>(2)};
    m.store(holder, &Holder::weak, m.make_weak(watched));
    m.store(array, 1, m.make_weak(watched));
    m.exchange(global, m.make_weak(watched));
    const auto loaded_equals = [&](bool alive) {
      Local<Weak<Watched>> from[] = {
          {m, m.load(holder, &Holder::weak)}, {m, m.load(array, 1)}, {m, m.load(global)}};
      for (const Local<Weak<Watched>>& weak : from) {
        Local<Watched> loaded{m, m.load(weak)};
        EXPECT_EQ(static_cast<bool>(loaded), alive);
        if (loaded) {
          EXPECT_EQ(loaded->key, 5);
        }
      }
    };
    m.collect();
    loaded_equals(true);
    drop(m, watched);
    m.collect();
    loaded_equals(!goes);
    if constexpr (discards<M>) {
      m.discard(m.load(holder, &Holder::weak));
      m.discard(m.load(array, 1));
      m.discard(m.load(global));
    }
    m.store(global, nullptr);
    drop(m, holder);
    drop(m, array);
  }
  expect_nothing_left(heap.census());
}

TEST(Weak, ManyOfOneObjectAreClearedTogetherAndMayDieBeforeIt) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    const auto count = static_cast<std::size_t>(rounds(100, 30));
    Local<Watched> watched{m, make_watched(m, 5)};
    Local<Array<Weak<Watched>>> weaks{m, m.make_array<Weak<Watched>>(count)};
    for (std::size_t i = 0; i < count; ++i) m.store(weaks, i, m.make_weak(watched));
    for (std::size_t i = 0; i < count; i += 2) {  // half of them go first
      Local<Weak<Watched>> weak{m, m.load(weaks, i)};
      m.store(weaks, i, nullptr);
      drop(m, weak);
    }
    m.collect();
    drop(m, watched);
    m.collect();
    for (std::size_t i = 1; i < count; i += 2) {
      Local<Weak<Watched>> weak{m, m.load(weaks, i)};
      EXPECT_EQ(static_cast<bool>(m.load(weak)), !goes);
      m.store(weaks, i, nullptr);
      drop(m, weak);
    }
    drop(m, weaks);
  }
  expect_nothing_left(heap.census());
}

TEST(Weak, OfYoungAndOldObjectsTellsTheLivingFromTheDead) {
  // Referents that die at every age, between others that live; weak references made at other times.
  const int generations = rounds(12, 5);
  const int each = rounds(400, 8);
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    const auto count = static_cast<std::size_t>(generations) * static_cast<std::size_t>(each);
    Local<Array<Watched>> referents{m, m.make_array<Watched>(count)};
    Local<Array<Weak<Watched>>> weaks{m, m.make_array<Weak<Watched>>(count)};
    std::vector<bool> lives(count, false);
    Rng rng{settings.seed};
    for (int generation = 0; generation < generations; ++generation) {
      const std::size_t end =
          static_cast<std::size_t>(generation + 1) * static_cast<std::size_t>(each);
      for (std::size_t i = end - static_cast<std::size_t>(each); i < end; ++i) {
        m.store(referents, i, make_watched(m, static_cast<std::int64_t>(i)));
        lives[i] = true;
      }
      for (std::size_t i = 0; i < end; ++i) {
        if (!lives[i]) continue;
        Local<Watched> watched{m, m.load(referents, i)};
        Local<Weak<Watched>> weak{m, m.load(weaks, i)};
        if (!weak && rng.below(2) == 0) m.store(weaks, i, m.make_weak(watched));
        if (rng.below(4) != 0) continue;
        m.store(referents, i, nullptr);
        drop(m, watched);
        lives[i] = false;
      }
      churn(m, rounds(3000, 20));
      if (generation % 3 == 2) m.collect();
    }
    m.collect();
    for (std::size_t i = 0; i < count; ++i) {
      Local<Weak<Watched>> weak{m, m.load(weaks, i)};
      if (!weak) continue;
      Local<Watched> loaded{m, m.load(weak)};
      ASSERT_EQ(static_cast<bool>(loaded), lives[i] || !goes) << i << " seed " << settings.seed;
      if (loaded) {
        ASSERT_TRUE(loaded->key == static_cast<std::int64_t>(i) && is_sound(loaded));
      }
      m.store(weaks, i, nullptr);
      drop(m, weak);
    }
    for (std::size_t i = 0; i < count; ++i) {
      Local<Watched> watched{m, m.load(referents, i)};
      m.store(referents, i, nullptr);
      if (watched) drop(m, watched);
    }
    drop(m, referents);
    drop(m, weaks);
  }
  expect_nothing_left(heap.census());
}

TEST(Weak, ReferentsMayBeLarge) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Vast> kept{m, m.make<Vast>()};
    kept->words[4999] = 7;
    Local<Vast> lost{m, m.make<Vast>()};
    Local<Weak<Vast>> weak_kept{m, m.make_weak(kept)};
    Local<Weak<Vast>> weak_lost{m, m.make_weak(lost)};
    for (int i = 0; i < 3; ++i) m.collect();
    EXPECT_TRUE(m.load(weak_lost));
    drop(m, lost);
    m.collect();
    EXPECT_EQ(static_cast<bool>(m.load(weak_lost)), !goes);
    {
      Local<Vast> loaded{m, m.load(weak_kept)};
      ASSERT_TRUE(loaded);
      EXPECT_EQ(loaded->words[4999], 7);
    }
    drop(m, kept);
    drop(m, weak_kept);
    drop(m, weak_lost);
  }
  expect_nothing_left(heap.census());
}

/// May be part of a cycle, and be referred to weakly.
struct Partner : M::template Object<Partner, WeaklyReferenced, Cyclic> {
  Field<Partner> other;
  static constexpr auto refs() { return std::tuple{&Partner::other}; }
};

TEST(Weak, ToAnUnreachableCycleIsNullWhereCyclesAreReclaimed) {
  const LeaksOnPurpose cycles_leak;
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Partner> one{m, m.make<Partner>()};
  Local<Partner> other{m, m.make<Partner>()};
  m.store(one, &Partner::other, other);
  m.store(other, &Partner::other, one);
  Local<Weak<Partner>> weak{m, m.make_weak(one)};
  Local<Weak<Partner>> weak_other{m, m.make_weak(other)};
  other = nullptr;
  m.collect();
  EXPECT_TRUE(m.load(weak_other)) << "reached through the first";
  if constexpr (discards<M>) m.discard(m.load(weak_other));
  drop(m, one);
  m.collect();
  const bool cleared = traits.collects_cycles || discards<M>;
  EXPECT_EQ(static_cast<bool>(m.load(weak)), !cleared);
  EXPECT_EQ(static_cast<bool>(m.load(weak_other)), !cleared);
  drop(m, weak);
  drop(m, weak_other);
}

TEST(Weak, LoadsThatRaceTheLastReleaseGiveTheObjectOrNull) {
  if (traits.wants_discard) GTEST_SKIP() << "a discard promises that nobody is loading";
  if (traits.loses_updates) GTEST_SKIP() << "what is loaded may be dead already";
  const int turns = rounds(2000, 40);
  for (const int threads : {1, 2, 4, 8}) {
    Heap heap{heap_options()};
    {
      Global<Watched> shared{heap};
      Global<Weak<Watched>> seen{heap};
      std::atomic<int> hits{0};
      with_mutators(heap, threads, [&](Mutator& m, int thread) {
        for (int turn = 0; turn < turns; ++turn) {
          if (thread == 0) {
            Local<Watched> watched{m, make_watched(m, turn)};
            m.exchange(seen, m.make_weak(watched));
            m.store(shared, watched);  // and so the one before goes, while others load it
          }
          Local<Weak<Watched>> weak{m, m.load(seen)};
          if (!weak) continue;
          Local<Watched> loaded{m, m.load(weak)};
          if (!loaded) continue;
          Local<Watched> again{m, m.load(weak)};
          ASSERT_TRUE(again == loaded) << "it is kept alive now";
          ASSERT_TRUE(is_sound(loaded));
          ++hits;
          m.poll();
        }
      });
      EXPECT_GE(hits.load(), turns) << "the first thread always finds its own";
      Mutator m{heap};
      m.store(shared, nullptr);
      m.store(seen, nullptr);
    }
    expect_nothing_left(heap.census());
  }
}

// Ephemerons.

TEST(Ephemeron, GivesItsValueWhileTheKeyLives) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Watched> key{m, make_watched(m, 5)};
    Local<Link> value{m, make_list(m, 10)};
    Local<Ephemeron<Watched, Link>> ephemeron{m, m.make_ephemeron(key, value)};
    value = nullptr;  // only the ephemeron has it now
    for (int i = 0; i < 6; ++i) {
      churn(m, rounds(2000, 20));
      if (i % 2 == 1) m.collect();
      Local<Link> loaded{m, m.load_value(ephemeron)};
      ASSERT_TRUE(loaded);
      EXPECT_EQ(intact_length(m, loaded), 10);
      EXPECT_EQ((Local<Watched>{m, m.load_key(ephemeron)}), key);
    }
    value = m.load_value(ephemeron);
    drop_list(m, value);
    drop(m, key);
    drop(m, ephemeron);
  }
  expect_nothing_left(heap.census());
}

TEST(Ephemeron, LetsTheValueGoWithTheKey) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Watched> key{m, make_watched(m, 5)};
    Local<Watched> value{m, make_watched(m, 6)};
    Local<Weak<Watched>> weak{m, m.make_weak(value)};
    Local<Ephemeron<Watched, Watched>> ephemeron{m, m.make_ephemeron(key, value)};
    value = nullptr;
    m.collect();
    EXPECT_TRUE(m.load(weak)) << "alive, for its key is";
    if constexpr (discards<M>) m.discard(m.load(weak));
    drop(m, key);
    m.collect();
    EXPECT_EQ(static_cast<bool>(m.load(weak)), !goes);
    EXPECT_EQ(static_cast<bool>(m.load_key(ephemeron)), !goes);
    EXPECT_EQ(static_cast<bool>(m.load_value(ephemeron)), !goes);
    drop(m, weak);
    drop(m, ephemeron);
  }
  expect_nothing_left(heap.census());
}

TEST(Ephemeron, LetsTheValueGoWhenItDiesItself) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Watched> key{m, make_watched(m, 5)};
    Local<Watched> value{m, make_watched(m, 6)};
    Local<Weak<Watched>> weak{m, m.make_weak(value)};
    Local<Ephemeron<Watched, Watched>> ephemeron{m, m.make_ephemeron(key, value)};
    Local<Ephemeron<Watched, Watched>> other{m, m.make_ephemeron(key, key)};
    value = nullptr;
    m.collect();
    if constexpr (discards<M>) m.discard(m.load(weak));
    drop(m, ephemeron);
    m.collect();
    EXPECT_EQ(static_cast<bool>(m.load(weak)), !goes);
    drop(m, weak);
    drop(m, other);
    drop(m, key);
  }
  expect_nothing_left(heap.census());
}

TEST(Ephemeron, ChainsOfKeysLiveAndDieTogether) {
  // Each value is the key of the next; the first key holds them all. In the worst order for a
  // collector that looks at its list from the front.
  const auto length = static_cast<std::size_t>(rounds(60, 12));
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Array<Watched>> keys{m, m.make_array<Watched>(length)};
    for (std::size_t i = 0; i < length; ++i) {
      m.store(keys, i, make_watched(m, static_cast<std::int64_t>(i)));
    }
    using Entry = Ephemeron<Watched, Watched>;
    Local<Array<Entry>> entries{m, m.make_array<Entry>(length)};
    for (std::size_t i = length - 1; i-- > 0;) {
      Local<Watched> key{m, m.load(keys, i)};
      Local<Watched> value{m, m.load(keys, i + 1)};
      m.store(entries, i, m.make_ephemeron(key, value));
    }
    Local<Watched> first{m, m.load(keys, 0)};
    for (std::size_t i = 0; i < length; ++i) m.store(keys, i, nullptr);
    for (int i = 0; i < 3; ++i) {
      churn(m, rounds(2000, 10));
      m.collect();
    }
    Local<Watched> at{m, m.copy(first)};
    for (std::size_t i = 0; i + 1 < length; ++i) {
      Local<Entry> entry{m, m.load(entries, i)};
      ASSERT_EQ((Local<Watched>{m, m.load_key(entry)}), at);
      at = m.load_value(entry);
      ASSERT_TRUE(at && is_sound(at));
      ASSERT_EQ(at->key, static_cast<std::int64_t>(i + 1));
    }
    at = nullptr;
    if constexpr (discards<M>) {  // the last first, for a discarded key takes its value along
      for (std::size_t i = length - 1; i-- > 0;) {
        Local<Entry> entry{m, m.load(entries, i)};
        m.discard(m.load_value(entry));
      }
    }
    drop(m, first);
    m.collect();
    for (std::size_t i = 0; i + 1 < length; ++i) {
      Local<Entry> entry{m, m.load(entries, i)};
      EXPECT_EQ(static_cast<bool>(m.load_value(entry)), !goes);
      m.store(entries, i, nullptr);
      drop(m, entry);
    }
    drop(m, entries);
    drop(m, keys);
  }
  expect_nothing_left(heap.census());
}

TEST(Ephemeron, AValueThatReachesItsOwnKeyKeepsBothWhereReferencesAreCounted) {
  const LeaksOnPurpose counting_leaks;
  Heap heap{heap_options()};
  using Entry = Ephemeron<Watched, Note>;
  Global<Entry> table{heap};
  {
    Mutator m{heap};
    Local<Watched> key{m, make_watched(m, 5)};
    Local<Note> note{m, m.make<Note>()};
    m.store(note, &Note::about, key);
    m.exchange(table, m.make_ephemeron(key, note));
    note = nullptr;
    m.collect();
    {
      Local<Entry> entry{m, m.load(table)};
      ASSERT_TRUE(m.load_value(entry));
      if constexpr (discards<M>) m.discard(m.load_value(entry));
    }
    drop(m, key);
    m.collect();
  }
  const Census census = heap.census();  // while the Global still holds the entry
  const bool kept = !traits.reclaims || (!traits.traces_ephemerons && !traits.wants_discard);
  EXPECT_EQ(row_of(census, "Watched").leaked_objects, kept ? 1u : 0u);
  EXPECT_EQ(row_of(census, "Note").leaked_objects, kept ? 1u : 0u);
  EXPECT_EQ(row_of(census, "Ephemeron").leaked_objects, 1u);
  Mutator m{heap};
  Local<Entry> entry{m, m.load(table)};
  m.store(table, nullptr);
  drop(m, entry);
}

TEST(Ephemeron, KeysAndEntriesMayDieInDifferentThreads) {
  if (traits.wants_discard) GTEST_SKIP() << "who frees is the program's to say";
  if (traits.loses_updates) GTEST_SKIP() << "what is loaded may be dead already";
  const int turns = rounds(1500, 30);
  for (const int threads : {1, 2, 4, 8}) {
    Heap heap{heap_options()};
    {
      using Entry = Ephemeron<Watched, Watched>;
      Global<Watched> keys{heap};
      Global<Entry> entries{heap};
      with_mutators(heap, threads, [&](Mutator& m, int thread) {
        for (int turn = 0; turn < turns; ++turn) {
          if ((turn + thread) % 4 == 0) {
            Local<Watched> key{m, make_watched(m, turn)};
            Local<Watched> value{m, make_watched(m, turn + 1)};
            Local<Entry> entry{m, m.make_ephemeron(key, value)};
            m.store(entries, entry);
            m.store(keys, key);
          } else if ((turn + thread) % 4 == 1) {
            m.store(keys, nullptr);
          } else if ((turn + thread) % 4 == 2) {
            m.store(entries, nullptr);
          } else {
            Local<Entry> entry{m, m.load(entries)};
            if (!entry) continue;
            Local<Watched> value{m, m.load_value(entry)};
            Local<Watched> key{m, m.load_key(entry)};
            if (value) {
              ASSERT_TRUE(is_sound(value));
            }
            if (key) {
              ASSERT_TRUE(is_sound(key));
            }
          }
          m.poll();
        }
      });
      Mutator m{heap};
      m.store(keys, nullptr);
      m.store(entries, nullptr);
    }
    expect_nothing_left(heap.census());
  }
}

// The table over them.

using Notes = EphemeronTable<M, Watched, Link>;

TEST(EphemeronTable, FindsWhatWasPutThereUntilTheKeyGoes) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    const auto count = static_cast<std::size_t>(rounds(300, 24));
    Local<Array<Watched>> keys{m, m.make_array<Watched>(count)};
    Local<Notes::Chains> table{m, Notes::make(m, 32)};
    for (std::size_t i = 0; i < count; ++i) {
      Local<Watched> key{m, make_watched(m, static_cast<std::int64_t>(i))};
      m.store(keys, i, key);
      Local<Link> value{m, m.make<Link>()};
      value->key = static_cast<std::int64_t>(i);
      Notes::put(m, table, key, value);
    }
    for (int round = 0; round < 3; ++round) {  // objects move, hashes stay
      churn(m, rounds(2000, 10));
      m.collect();
      for (std::size_t i = 0; i < count; ++i) {
        Local<Watched> key{m, m.load(keys, i)};
        Local<Link> value{m, Notes::get(m, table, key)};
        ASSERT_TRUE(value) << i;
        ASSERT_EQ(value->key, static_cast<std::int64_t>(i));
      }
    }
    for (std::size_t i = 0; i < count; i += 2) {
      Local<Watched> key{m, m.load(keys, i)};
      m.store(keys, i, nullptr);
      Local<Link> value{m, Notes::get(m, table, key)};
      drop(m, value);
      drop(m, key);
    }
    m.collect();
    EXPECT_EQ(Notes::expunge(m, table), goes ? count / 2 : count);
    for (std::size_t i = 1; i < count; i += 2) {
      Local<Watched> key{m, m.load(keys, i)};
      m.store(keys, i, nullptr);
      Local<Link> value{m, Notes::get(m, table, key)};
      EXPECT_EQ(value->key, static_cast<std::int64_t>(i));
      EXPECT_TRUE(Notes::remove(m, table, key));
      EXPECT_FALSE(Notes::remove(m, table, key));
      EXPECT_FALSE(Notes::get(m, table, key));
      drop(m, value);
      drop(m, key);
    }
    drop(m, keys);
    Notes::discard(m, table);
  }
  expect_nothing_left(heap.census());
}

TEST(EphemeronTable, ASecondValueTakesTheFirstOnesPlace) {
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Notes::Chains> table{m, Notes::make(m, 1)};
    Local<Watched> key{m, make_watched(m, 5)};
    Local<Link> first{m, m.make<Link>()};
    Local<Link> second{m, m.make<Link>()};
    Notes::put(m, table, key, first);
    Notes::put(m, table, key, second);
    EXPECT_EQ((Local<Link>{m, Notes::get(m, table, key)}), second);
    EXPECT_EQ(Notes::expunge(m, table), 1u);
    drop(m, first);
    drop(m, second);
    drop(m, key);
    Notes::discard(m, table);
  }
  expect_nothing_left(heap.census());
}

// Identity hashes.

TEST(IdentityHash, StaysWithTheObjectWhileItLivesAndMoves) {
  Heap heap{heap_options()};
  Mutator m{heap};
  const auto count = static_cast<std::size_t>(rounds(2000, 50));
  Local<Array<Watched>> objects{m, m.make_array<Watched>(count)};
  std::vector<std::uint64_t> hashes(count);
  for (std::size_t i = 0; i < count; ++i) {
    Local<Watched> object{m, make_watched(m, static_cast<std::int64_t>(i))};
    m.store(objects, i, object);
    hashes[i] = m.identity_hash(object);
    ASSERT_NE(hashes[i], 0u);
    ASSERT_EQ(m.identity_hash(object), hashes[i]);
  }
  for (int round = 0; round < 4; ++round) {
    churn(m, rounds(3000, 20));
    m.collect();
    for (std::size_t i = 0; i < count; ++i) {
      if (i % 3 == 0 && round == 0) {  // holes, so that the old generation is slid together
        Local<Watched> gone{m, m.load(objects, i)};
        m.store(objects, i, nullptr);
        drop(m, gone);
      }
      Local<Watched> object{m, m.load(objects, i)};
      if (object) {
        ASSERT_EQ(m.identity_hash(object), hashes[i]);
      }
    }
  }
  std::sort(hashes.begin(), hashes.end());
  const auto distinct = std::unique(hashes.begin(), hashes.end()) - hashes.begin();
  EXPECT_GT(static_cast<std::size_t>(distinct), count - count / 100 - 1)
      << "a hash that tells apart";
  for (std::size_t i = 0; i < count; ++i) {
    Local<Watched> object{m, m.load(objects, i)};
    if (object) drop(m, object);
  }
  drop(m, objects);
}

TEST(IdentityHash, IsTheSameForAllThreadsThatAskFirst) {
  Heap heap{heap_options()};
  Global<Array<Watched>> shared{heap};
  constexpr std::size_t count = 200;
  constexpr int threads = 8;
  {
    Mutator m{heap};
    Local<Array<Watched>> objects{m, m.make_array<Watched>(count)};
    for (std::size_t i = 0; i < count; ++i) m.store(objects, i, m.make<Watched>());
    m.store(shared, objects);
  }
  std::vector<std::vector<std::uint64_t>> hashes(threads, std::vector<std::uint64_t>(count));
  with_mutators(heap, threads, [&](Mutator& m, int thread) {
    Local<Array<Watched>> objects{m, m.load(shared)};
    for (std::size_t i = 0; i < count; ++i) {
      Local<Watched> object{m, m.load(objects, i)};
      hashes[static_cast<std::size_t>(thread)][i] = m.identity_hash(object);
      if (i % 50 == 0) m.collect();
    }
  });
  for (int thread = 1; thread < threads; ++thread) {
    EXPECT_EQ(hashes[static_cast<std::size_t>(thread)], hashes[0]);
  }
  Mutator m{heap};
  Local<Array<Watched>> objects{m, m.load(shared)};
  m.store(shared, nullptr);
  for (std::size_t i = 0; i < count; ++i) {
    Local<Watched> object{m, m.load(objects, i)};
    drop(m, object);
  }
  drop(m, objects);
}

}  // namespace reclaim::conformance
