// What does not keep alive, at each age and through each kind of move. The laws themselves are
// tests/conformance/laws/weak.h; here the collections are chosen one by one.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

struct Watched : M::Object<Watched, WeaklyReferenced, IdentityHashed> {
  M::Field<Node> tail;
  std::int64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Watched::tail}; }
};
struct VastWatched : M::Object<VastWatched, WeaklyReferenced> {
  std::int64_t words[5000] = {};
};
using WeakWatched = M::Weak<Watched>;

Fresh<Watched> make_watched(M::Mutator& m, std::int64_t value) {
  Local<Watched> watched{m, m.make<Watched>()};
  watched->value = value;
  return m.escape(watched);
}

TEST(WeakOfYoung, IsClearedByTheFirstMinorCollection) {
  Lab lab;
  Local<Watched> watched{lab.m, make_watched(lab.m, 1)};
  Local<WeakWatched> weak{lab.m, lab.m.make_weak(watched)};
  watched = nullptr;
  EXPECT_TRUE(lab.m.load(weak));
  minor(lab.m);
  EXPECT_FALSE(lab.m.load(weak));
}

using Weaks = M::Array<WeakWatched>;
using Referents = M::Array<Watched>;

constexpr std::size_t many = 7'000'000 / (sizeof(Watched) + sizeof(WeakWatched));

/// Finds each of many referents after each of some minor collections, and returns how often a weak
/// reference was old and its referent young. More lives than survivors may take and less than eden
/// holds, so some are promoted early: those that are met last, and which these are may depend on
/// whose root lies deeper in the stack.
std::size_t weaks_older_than_their_referents(M::Mutator& m, Local<Weaks>& weaks,
                                             Local<Referents>& referents) {
  for (std::size_t i = 0; i < many; ++i) {
    Local<Watched> watched{m, make_watched(m, static_cast<std::int64_t>(i))};
    m.store(referents, i, watched);
    m.store(weaks, i, m.make_weak(watched));
  }
  std::size_t older = 0;
  for (int round = 0; round < (checked ? 2 : 4); ++round) {
    minor(m);
    for (std::size_t i = 0; i < many; ++i) {
      Local<WeakWatched> weak{m, m.load(weaks, i)};
      Local<Watched> watched{m, m.load(weak)};
      EXPECT_TRUE(watched && watched->value == static_cast<std::int64_t>(i)) << i;
      if (!watched) return older;
      older += !m.heap().is_young(weak.get()) && m.heap().is_young(watched.get()) ? 1 : 0;
    }
  }
  return older;
}

// In frames of their own: within one, each compiler has its own order.
[[gnu::noinline]] std::size_t with_weaks_above(M::Mutator& m, Local<Referents>& referents) {
  Local<Weaks> weaks{m, m.make_array<WeakWatched>(many)};
  return weaks_older_than_their_referents(m, weaks, referents);
}
[[gnu::noinline]] std::size_t with_referents_above(M::Mutator& m, Local<Weaks>& weaks) {
  Local<Referents> referents{m, m.make_array<Watched>(many)};
  return weaks_older_than_their_referents(m, weaks, referents);
}

TEST(WeakOfYoung, MayBeOlderThanItsReferent) {
  std::size_t older = 0;
  {
    Lab lab;
    Local<Referents> referents{lab.m, lab.m.make_array<Watched>(many)};
    older += with_weaks_above(lab.m, referents);
  }
  {
    Lab lab;
    Local<Weaks> weaks{lab.m, lab.m.make_array<WeakWatched>(many)};
    older += with_referents_above(lab.m, weaks);
  }
  EXPECT_GT(older, 0u) << "or this tests nothing";
}

TEST(WeakOfOld, IsClearedByAMajorCollectionAndByNoMinorOne) {
  Lab lab;
  Local<Watched> watched{lab.m, make_watched(lab.m, 1)};
  make_old(lab.m, watched);
  Local<WeakWatched> weak{lab.m, lab.m.make_weak(watched)};
  watched = nullptr;
  for (int i = 0; i < 5; ++i) minor(lab.m);
  EXPECT_TRUE(lab.m.load(weak));
  major(lab.m);
  EXPECT_FALSE(lab.m.load(weak));
}

TEST(WeakOfOld, FollowsItsReferentThroughTheSlide) {
  Lab lab;
  M::Mutator& m = lab.m;
  constexpr std::size_t count = 20'000;
  Local<M::Array<Watched>> referents{m, m.make_array<Watched>(count)};
  Local<M::Array<WeakWatched>> weaks{m, m.make_array<WeakWatched>(count)};
  std::vector<std::uint64_t> hashes(count);
  for (std::size_t i = 0; i < count; ++i) {
    Local<Watched> watched{m, make_watched(m, static_cast<std::int64_t>(i))};
    m.store(referents, i, watched);
    m.store(weaks, i, m.make_weak(watched));
    hashes[i] = m.identity_hash(watched);
  }
  major(m);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 4 != 0) m.store(referents, i, nullptr);
  }
  major(m);
  EXPECT_GE(lab.heap.totals().slides, 1u);
  major(m);  // once more over what was moved
  for (std::size_t i = 0; i < count; ++i) {
    Local<WeakWatched> weak{m, m.load(weaks, i)};
    Local<Watched> watched{m, m.load(weak)};
    ASSERT_EQ(static_cast<bool>(watched), i % 4 == 0) << i;
    if (!watched) continue;
    ASSERT_EQ(watched, (Local<Watched>{m, m.load(referents, i)}));
    ASSERT_EQ(watched->value, static_cast<std::int64_t>(i));
    ASSERT_EQ(m.identity_hash(watched), hashes[i]);
  }
}

TEST(EphemeronOfYoung, KeepsItsValueThroughMinorCollectionsAtEveryAge) {
  using Entry = M::Ephemeron<Watched, Node>;
  for (int key_age = 0; key_age < 5; ++key_age) {
    for (int entry_age = 0; entry_age < 5; ++entry_age) {
      Lab lab;
      M::Mutator& m = lab.m;
      Local<Watched> key{m, make_watched(m, 1)};
      for (int i = 0; i < key_age; ++i) minor(m);
      Local<Node> value{m, make_list(m, 20)};
      Local<Entry> entry{m, m.make_ephemeron(key, value)};
      value = nullptr;
      for (int i = 0; i < entry_age; ++i) minor(m);
      make_garbage(m, 1000);
      minor(m);
      value = m.load_value(entry);
      ASSERT_TRUE(list_is_intact(m, value, 20)) << key_age << " " << entry_age;
      value = nullptr;
      key = nullptr;
      major(m);
      EXPECT_FALSE(m.load_value(entry)) << key_age << " " << entry_age;
      EXPECT_FALSE(m.load_key(entry));
    }
  }
}

TEST(Ephemeron, MayHaveAPinnedBlobForAValue) {
  using Entry = M::Ephemeron<Watched, M::Blob>;
  Lab lab;
  M::Mutator& m = lab.m;
  Local<Watched> key{m, make_watched(m, 1)};
  Local<M::Blob> blob{m, m.make_blob(100)};
  std::byte* const data = m.pin(blob);
  data[99] = std::byte{7};
  Local<Entry> entry{m, m.make_ephemeron(key, blob)};
  for (int i = 0; i < 3; ++i) {
    minor(m);
    major(m);
    make_garbage(m, 5000);
  }
  {
    Local<M::Blob> loaded{m, m.load_value(entry)};
    ASSERT_EQ(loaded->data(), data);
  }
  m.unpin(blob);
  blob = nullptr;
  for (int i = 0; i < 3; ++i) {
    minor(m);
    Local<M::Blob> loaded{m, m.load_value(entry)};
    ASSERT_EQ(loaded->data()[99], std::byte{7});
  }
}

/// Its hook wants to know where it is called, and that another mutator may come and go meanwhile.
struct Noisy : M::Object<Noisy> {
  std::int64_t number = 0;
  static constexpr auto reclaim_data() { return &Noisy::number; }
  static void on_reclaim(std::int64_t) {
    called_in = std::this_thread::get_id();
    std::thread([] { const M::Mutator other{*heap}; }).join();
  }
  static inline std::thread::id called_in;
  static inline M::Heap* heap = nullptr;
};

TEST(Hook, RunsInTheThreadThatCollectedWithTheWorldRunning) {
  M::Heap heap;
  Noisy::heap = &heap;
  M::Mutator m{heap};
  Local<Noisy> noisy{m, m.make<Noisy>()};
  noisy = nullptr;
  std::thread collector([&] {
    M::Mutator other{heap};
    other.collect();
  });
  // This mutator must pass a safepoint, or the collection waits for it.
  m.blocking([&] { collector.join(); });
  EXPECT_NE(Noisy::called_in, std::thread::id{});
  EXPECT_NE(Noisy::called_in, std::this_thread::get_id());
}

/// Threads that keep, lose and look for watched objects while minor and major collections run.
TEST(Weak, StandsCollectionsByManyThreads) {
  constexpr int rounds = checked ? 300 : 3000;
  for (const int threads : {1, 2, 4, 8}) {
    M::Heap heap;
    std::atomic<int> lost{0};
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        M::Mutator m{heap};
        constexpr std::size_t slots = 64;
        Local<M::Array<Watched>> kept{m, m.make_array<Watched>(slots)};
        Local<M::Array<WeakWatched>> weaks{m, m.make_array<WeakWatched>(slots)};
        std::vector<std::int64_t> values(slots, -1);
        for (int round = 0; round < rounds; ++round) {
          const auto i = static_cast<std::size_t>(mix(static_cast<std::uint64_t>(round)) % slots);
          if (round % 3 == 0) {
            Local<Watched> watched{m, make_watched(m, round)};
            m.store(kept, i, watched);
            m.store(weaks, i, m.make_weak(watched));
            values[i] = round;
          } else if (round % 3 == 1) {
            m.store(kept, i, nullptr);
          }
          Local<WeakWatched> weak{m, m.load(weaks, i)};
          if (!weak) continue;
          Local<Watched> found{m, m.load(weak)};
          Local<Watched> known{m, m.load(kept, i)};
          if (known) {
            ASSERT_EQ(found, known);
          }
          if (found) {
            ASSERT_EQ(found->value, values[i]);
          } else {
            ++lost;
          }
          make_garbage(m, 20);
          if (round % 500 == 499 - thread) minor(m);
          if (round % 1500 == 1499 - thread) major(m);
        }
      });
    }
    for (std::thread& one : running) one.join();
    if (!checked) {
      EXPECT_GT(lost.load(), 0);
    }
  }
}

}  // namespace
}  // namespace reclaim::gen_test
