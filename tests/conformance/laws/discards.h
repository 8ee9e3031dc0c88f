// Laws 1 and 5 in checked builds: a broken promise is an error at the line that broke it, on every
// model, though only some would ever suffer from it.
#pragma once

#include <functional>
#include <string>

#include "conformance.h"

namespace reclaim::conformance {

/// Each death starts the binary again: skip where nothing audits.
#define RECLAIM_NEEDS_AUDIT \
  if (!checked) GTEST_SKIP() << "audits are compiled in checked builds only"

/// A regular expression for the audit's line: which law, and where it was broken.
inline std::string broken_law(const std::string& law, int line) {
  return "broken law: .*" + law + ".*discards\\.h:" + std::to_string(line);
}

TEST(ForgottenRoot, IsAnErrorAtTheLineThatMadeTheFreshAfterEverySafepoint) {
  RECLAIM_NEEDS_AUDIT;
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Blob> blob{m, m.make_blob(8)};
  const std::pair<const char*, std::function<void()>> safepoints[] = {
      {"make", [&] { m.make<Twin>(); }},      {"make_array", [&] { m.make_array<Link>(3); }},
      {"make_blob", [&] { m.make_blob(3); }}, {"poll", [&] { m.poll(); }},
      {"collect", [&] { m.collect(); }},      {"blocking", [&] { m.blocking([] {}); }},
      {"pin", [&] { m.pin(blob); }},          {"resize", [&] { blob = m.resize(blob, 20); }}};
  for (const auto& [name, safepoint] : safepoints) {
    SCOPED_TRACE(name);
    const int line = __LINE__ + 2;
    const auto forget = [&, &pass = safepoint] {
      Fresh<Link> forgotten = m.make<Link>();
      pass();
      forgotten->key = 1;
    };
    EXPECT_DEATH(forget(), broken_law("Fresh dies at the next safepoint", line));
  }
  drop(m, blob);
}

TEST(ForgottenRoot, IsAnErrorInEveryWayToUseIt) {
  RECLAIM_NEEDS_AUDIT;
  Heap heap{heap_options()};
  Mutator m{heap};
  Global<Link> global{heap};
  Local<Link> owner{m, m.make<Link>()};
  const std::pair<const char*, std::function<void(Fresh<Link>)>> uses[] = {
      {"root it",
       [&](Fresh<Link> stale) {
         Local<Link> late{m, std::move(stale)};
       }},
      {"assign it", [&](Fresh<Link> stale) { owner = std::move(stale); }},
      {"store it", [&](Fresh<Link> stale) { m.store(owner, &Link::next, std::move(stale)); }},
      {"exchange it", [&](Fresh<Link> stale) { m.exchange(global, std::move(stale)); }},
      {"discard it", [&](Fresh<Link> stale) { m.discard(std::move(stale)); }}};
  for (const auto& [name, use] : uses) {
    SCOPED_TRACE(name);
    const int line = __LINE__ + 3;
    const auto forget = [&, &use_it = use] {
      m.store(owner, &Link::next, m.make<Link>());
      Fresh<Link> stale = m.load(owner, &Link::next);
      m.poll();
      use_it(std::move(stale));
    };
    EXPECT_DEATH(forget(), broken_law("Fresh dies at the next safepoint", line));
  }
  drop(m, owner);
}

TEST(DiscardAudit, UseThroughAnotherReferenceIsAnErrorThatNamesTheDiscard) {
  RECLAIM_NEEDS_AUDIT;
  Heap heap{heap_options()};
  Mutator m{heap};
  {
    const int line = __LINE__ + 4;
    const auto breaks = [&] {
      Local<Link> link{m, m.make<Link>()};
      Local<Link> same{m, m.copy(link)};
      m.discard(link);
      same->key = 1;
    };
    EXPECT_DEATH(breaks(), broken_law("discarded", line));
  }
  {
    const int line = __LINE__ + 4;
    const auto breaks = [&] {
      Local<Link> link{m, m.make<Link>()};
      Local<Link> same{m, m.copy(link)};
      m.discard(link);
      m.load(same, &Link::next);
    };
    EXPECT_DEATH(breaks(), broken_law("discarded", line));
  }
  {
    const int line = __LINE__ + 4;
    const auto breaks = [&] {
      Local<Array<Link>> array{m, m.make_array<Link>(2)};
      Local<Array<Link>> same{m, m.copy(array)};
      m.discard(array);
      m.store(same, 0, nullptr);
    };
    EXPECT_DEATH(breaks(), broken_law("discarded", line));
  }
}

TEST(DiscardAudit, ASecondDiscardIsAnErrorAtItsLine) {
  RECLAIM_NEEDS_AUDIT;
  Heap heap{heap_options()};
  Mutator m{heap};
  {
    const int line = __LINE__ + 5;
    const auto breaks = [&] {
      Local<Link> link{m, m.make<Link>()};
      Local<Link> same{m, m.copy(link)};
      m.discard(link);
      m.discard(same);
    };
    EXPECT_DEATH(breaks(), broken_law("discarded once", line));
  }
}

TEST(DiscardAudit, AReachableObjectThatWasDiscardedIsAnError) {
  RECLAIM_NEEDS_AUDIT;
  if (traits.wants_discard || !traits.reclaims || traits.finds_late) {
    GTEST_SKIP() << "this model does not know what is reachable; a later use is the error";
  }
  Heap heap{heap_options()};
  Mutator m{heap};
  {  // still in a field
    const int line = __LINE__ + 5;
    const auto breaks = [&] {
      Local<Link> owner{m, m.make<Link>()};
      Local<Link> link{m, m.make<Link>()};
      m.store(owner, &Link::next, link);
      m.discard(link);
      m.poll();
      m.collect();
    };
    EXPECT_DEATH(breaks(), broken_law("discarded", line));
  }
  {  // still in a Local
    const int line = __LINE__ + 4;
    const auto breaks = [&] {
      Local<Link> link{m, m.make<Link>()};
      Local<Link> same{m, m.copy(link)};
      m.discard(link);
      m.poll();
      m.collect();
    };
    EXPECT_DEATH(breaks(), broken_law("discarded", line));
  }
  {  // still in a Global
    const int line = __LINE__ + 5;
    const auto breaks = [&] {
      Global<Link> global{heap};
      Local<Link> link{m, m.make<Link>()};
      m.store(global, link);
      m.discard(link);
      m.poll();
      m.collect();
    };
    EXPECT_DEATH(breaks(), broken_law("discarded", line));
  }
}

TEST(DiscardAudit, AKeptPromiseIsNoError) {
  const LeaksOnPurpose cycles_leak;
  Heap heap{heap_options()};
  {
    Mutator m{heap};
    Local<Link> list{m, make_list(m, 300)};
    Local<Twin> one{m, m.make<Twin>()};
    Local<Twin> other{m, m.make<Twin>()};
    m.store(one, &Twin::other, other);
    m.store(other, &Twin::other, one);  // a cycle: exempt from counting's audit
    if constexpr (discards<M>) {
      while (list) {
        Local<Link> next{m, m.load(list, &Link::next)};
        m.discard(list);
        m.poll();
        list = m.escape(next);
      }
    }
    m.discard(one);
    m.discard(other);
    for (int i = 0; i < 3; ++i) {
      m.poll();
      m.collect();
      churn(m, 50);
    }
  }
  const Census census = heap.census();
  EXPECT_EQ(row_of(census, "Twin").allocated_objects, 2u);
  EXPECT_EQ(row_of(census, "Twin").leaked_objects, counts_only || !traits.reclaims ? 2u : 0u);
  const TypeCensus links = row_of(census, "Link");
  EXPECT_EQ(links.leaked_objects, traits.reclaims ? 0 : links.allocated_objects);
}

TEST(ArrayAudit, AnIndexBeyondTheLengthIsAnErrorAtItsLine) {
  RECLAIM_NEEDS_AUDIT;
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Array<Link>> array{m, m.make_array<Link>(3)};
  volatile std::size_t three = 3;  // or the compiler refuses what the audit is there for
  EXPECT_DEATH(m.load(array, three), broken_law("below the length", __LINE__));
  EXPECT_DEATH(m.store(array, three * 300, nullptr), broken_law("below the length", __LINE__));
  drop(m, array);
}

#undef RECLAIM_NEEDS_AUDIT

}  // namespace reclaim::conformance
