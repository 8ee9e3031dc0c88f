// What each call does to its handles and slots; arrays, blobs, alignment, resizing, pinning.
#pragma once

#include "conformance.h"

namespace reclaim::conformance {

TEST(Handles, CopyGivesAnotherReferenceToTheSameObject) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> a{m, m.make<Link>()};
  a->key = 5;
  Local<Link> b{m, m.copy(a)};
  EXPECT_TRUE(a == b);
  EXPECT_EQ(b->key, 5);
  a = nullptr;
  m.collect();
  EXPECT_EQ(b->key, 5);
  drop(m, b);
}

TEST(Handles, EscapeHandsTheObjectUpwardAndLeavesTheLocalNull) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> outer{m};
  {
    Local<Link> inner{m, m.make<Link>()};
    inner->key = 9;
    outer = m.escape(inner);
    EXPECT_FALSE(inner);
  }
  m.collect();
  EXPECT_EQ(outer->key, 9);
  drop(m, outer);
}

TEST(Handles, NullTravelsThroughCopyEscapeAndDiscard) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> none{m};
  EXPECT_FALSE(m.copy(none));
  EXPECT_FALSE(m.escape(none));
  m.discard(none);
  m.discard(m.escape(none));
  Local<Link> also_none{m, Fresh<Link>{nullptr}};
  EXPECT_FALSE(also_none);
  EXPECT_TRUE(none == also_none);
}

TEST(Handles, DiscardLeavesTheLocalNull) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> link{m, m.make<Link>()};
  m.discard(link);
  EXPECT_FALSE(link);
  m.discard(m.make<Link>());
  m.poll();
}

TEST(Slots, LoadGivesWhatWasStoredFromALocalAndFromAFresh) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> owner{m, m.make<Link>()};
  Local<Link> value{m, m.make<Link>()};
  m.store(owner, &Link::next, value);
  EXPECT_TRUE(owner->next);
  Local<Link> loaded{m, m.load(owner, &Link::next)};
  EXPECT_TRUE(loaded == value);
  loaded = nullptr;

  m.store(owner, &Link::next, nullptr);
  EXPECT_FALSE(owner->next);
  EXPECT_FALSE(m.load(owner, &Link::next));
  drop(m, value);

  m.store(owner, &Link::next, m.make<Link>());  // owner is a root while make collects
  Local<Link> second{m, m.load(owner, &Link::next)};
  second->key = 3;
  m.collect();
  Local<Link> again{m, m.load(owner, &Link::next)};
  EXPECT_TRUE(second == again);
  EXPECT_EQ(again->key, 3);
  again = nullptr;
  m.store(owner, &Link::next, nullptr);
  drop(m, second);
  drop(m, owner);
}

TEST(Slots, AWalkThatOverwritesItsOwnLocalSeesEveryLink) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Link> list{m, make_list(m, 1000)};
  EXPECT_EQ(intact_length(m, list), 1000);
  drop_list(m, list);
}

TEST(Slots, AnOldObjectKeepsTheYoungOneThatWasStoredIntoIt) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Array<Link>> old{m, m.make_array<Link>(64)};
  for (int i = 0; i < 4; ++i) {  // it is as old as anything gets
    churn(m, rounds(500, 10));
    m.collect();
  }
  for (std::size_t i = 0; i < 64; ++i) {
    m.store(old, i, m.make<Link>());
    Local<Link> link{m, m.load(old, i)};
    link->key = static_cast<std::int64_t>(i);
    link = nullptr;
    churn(m, rounds(200, 3));
  }
  for (int i = 0; i < 3; ++i) {
    churn(m, rounds(20000, 20));
    for (std::size_t k = 0; k < 64; ++k) {
      ASSERT_EQ(m.load(old, k)->key, static_cast<std::int64_t>(k)) << "in round " << i;
    }
    m.collect();
  }
  for (std::size_t i = 0; i < 64; ++i) {
    Local<Link> link{m, m.load(old, i)};
    m.store(old, i, nullptr);
    drop(m, link);
  }
  drop(m, old);
}

TEST(Arrays, EveryElementIsASlotOfItsOwn) {
  Heap heap{heap_options()};
  Mutator m{heap};
  for (const std::size_t length : {0u, 1u, 2u, 63u, 64u, 65u, 1000u, 40000u}) {
    Local<Array<Link>> array{m, m.make_array<Link>(length)};
    ASSERT_EQ(array->length(), length);
    const std::size_t step = length > 1000 ? 997 : 1;
    for (std::size_t i = 0; i < length; i += step) {
      Local<Link> link{m, m.make<Link>()};
      link->key = static_cast<std::int64_t>(i);
      m.store(array, i, link);
    }
    m.collect();
    for (std::size_t i = 0; i < length; i += step) {
      Local<Link> link{m, m.load(array, i)};
      ASSERT_TRUE(link) << i;
      ASSERT_EQ(link->key, static_cast<std::int64_t>(i));
      m.store(array, i, nullptr);
      ASSERT_FALSE(m.load(array, i));
      drop(m, link);
    }
    drop(m, array);
  }
}

TEST(Blobs, KeepTheirBytesAndTheirAlignmentAcrossCollections) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Local<Array<Blob>> blobs{m, m.make_array<Blob>(60)};
  const auto size_of = [](std::size_t i) { return i * i * 7; };
  const auto alignment_of = [](std::size_t i) { return std::size_t{8} << (i % 10); };
  for (std::size_t i = 0; i < 60; ++i) {
    Local<Blob> blob{m, m.make_blob(size_of(i), alignment_of(i))};
    for (std::size_t b = 0; b < blob->size(); ++b) {
      blob->data()[b] = static_cast<std::byte>(pattern(i, b));
    }
    m.store(blobs, i, blob);
  }
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < 60; ++i) {
      Local<Blob> blob{m, m.load(blobs, i)};
      ASSERT_EQ(blob->size(), size_of(i));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blob->data()) % alignment_of(i), 0u)
          << "blob " << i << " in round " << round;
      for (std::size_t b = 0; b < blob->size(); ++b) {
        ASSERT_EQ(blob->data()[b], static_cast<std::byte>(pattern(i, b)));
      }
    }
    churn(m, rounds(2000, 20));
    m.collect();
  }
  for (std::size_t i = 0; i < 60; ++i) {
    Local<Blob> blob{m, m.load(blobs, i)};
    m.store(blobs, i, nullptr);
    drop(m, blob);
  }
  drop(m, blobs);
}

TEST(Blobs, ResizeKeepsThePrefixZeroesTheRestAndKeepsTheAlignment) {
  Heap heap{heap_options()};
  Mutator m{heap};
  for (const std::size_t alignment : {8u, 64u, 4096u}) {
    Local<Blob> blob{m, m.make_blob(10, alignment)};
    for (std::size_t b = 0; b < 10; ++b) blob->data()[b] = static_cast<std::byte>(b + 1);
    std::size_t kept = 10;
    for (const std::size_t size : {300u, 24u, 5000u, 5000u, 4u, 70000u, 0u, 33u}) {
      const std::size_t before = blob->size();
      blob = m.resize(blob, size);
      ASSERT_EQ(blob->size(), size);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blob->data()) % alignment, 0u);
      kept = std::min(kept, size);
      for (std::size_t b = 0; b < size; ++b) {
        ASSERT_EQ(blob->data()[b], static_cast<std::byte>(b < kept ? b + 1 : 0))
            << "byte " << b << " after resizing from " << before << " to " << size;
      }
      m.collect();
    }
    drop(m, blob);
  }
}

TEST(Blobs, APinnedPayloadStaysWhereItIs) {
  Heap heap{heap_options()};
  Mutator m{heap};
  for (const std::size_t size : {16u, 1000u, 100000u}) {
    Local<Blob> blob{m, m.make_blob(size, 64)};
    std::byte* payload = m.pin(blob);
    ASSERT_EQ(payload, blob->data());
    for (int i = 0; i < 3; ++i) {
      churn(m, rounds(5000, 20));
      m.collect();
      ASSERT_EQ(blob->data(), payload);
    }
    m.blocking([&] {  // as a read() into it would
      for (std::size_t b = 0; b < size; ++b) payload[b] = static_cast<std::byte>(b);
    });
    m.collect();
    for (std::size_t b = 0; b < size; ++b) ASSERT_EQ(blob->data()[b], static_cast<std::byte>(b));
    m.unpin(blob);
    m.collect();
    ASSERT_EQ(blob->data()[size - 1], static_cast<std::byte>(size - 1));
    drop(m, blob);
  }
}

TEST(Globals, ExchangeTakesOutWhatWasInside) {
  Heap heap{heap_options()};
  Mutator m{heap};
  Global<Link> global{heap};
  EXPECT_FALSE(m.load(global));
  Local<Link> first{m, m.make<Link>()};
  first->key = 1;
  m.store(global, first);
  EXPECT_TRUE(Local<Link>(m, m.load(global)) == first);
  Local<Link> second{m, m.make<Link>()};
  Local<Link> out{m, m.exchange(global, m.copy(second))};
  EXPECT_TRUE(out == first);
  EXPECT_TRUE(m.exchange(global, Fresh<Link>{nullptr}));
  EXPECT_FALSE(m.load(global));
  out = nullptr;
  drop(m, first);
  drop(m, second);
}

}  // namespace reclaim::conformance
