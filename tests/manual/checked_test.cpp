// manual+checked: each mistake ends the process with a line that names the object, where it was
// made, where it was freed; and a program without mistakes never meets it.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/exhaustion.h"
#include "models/manual/manual_checked.h"

namespace reclaim::manual_tests {
namespace {

using M = ManualChecked<>;
using Mutator = M::Mutator;
using Blob = M::Blob;

struct Node : M::Object<Node> {
  M::Field<Node> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Node::next}; }
};
using LocalNode = M::Local<Node>;

const testing::ExitedWithCode caught{mistake_exit_code};

/// In checked builds the audit of the boundary's laws speaks first.
#define NEEDS_ITS_OWN_CHECKS() \
  if (checked) GTEST_SKIP() << "the audit of discards comes first"

TEST(ManualChecked, AUseAfterFreeIsNamed) {
  NEEDS_ITS_OWN_CHECKS();
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    LocalNode node{m, m.make<Node>()};
    const LocalNode stale{m, m.copy(node)};
    m.discard(node);
    stale->key = 1;
  };
  EXPECT_EXIT(mistake(), caught,
              "use after free: Node of 16 bytes, made at manual/checked_test.cpp:[0-9]+, freed at "
              "manual/checked_test.cpp:[0-9]+\n");
}

TEST(ManualChecked, ADoubleFreeIsNamed) {
  NEEDS_ITS_OWN_CHECKS();
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    LocalNode node{m, m.make<Node>()};
    LocalNode again{m, m.copy(node)};
    m.discard(node);
    m.discard(again);
  };
  EXPECT_EXIT(mistake(), caught,
              "double free: Node of 16 bytes, made at .*, freed at .*, and now at");
}

TEST(ManualChecked, AStaleFieldIsNoticedWhenItIsUsed) {
  NEEDS_ITS_OWN_CHECKS();
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    const LocalNode holder{m, m.make<Node>()};
    LocalNode node{m, m.make<Node>()};
    m.store(holder, &Node::next, node);
    m.discard(node);
    const LocalNode loaded{m, m.load(holder, &Node::next)};
    loaded->key = 1;
  };
  EXPECT_EXIT(mistake(), caught, "use after free: Node");
}

TEST(ManualChecked, AReferenceIsStaleThoughItsMemoryIsAnothersByNow) {
  NEEDS_ITS_OWN_CHECKS();
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    LocalNode node{m, m.make<Node>()};
    const LocalNode stale{m, m.copy(node)};
    const void* const place = node.get();
    m.discard(node);
    for (int i = 0; i < 1000; ++i) {
      LocalNode next{m, m.make<Node>()};
      if (next.get() == place) stale->key = 1;
      m.discard(next);
    }
  };
  EXPECT_EXIT(mistake(), caught, "use after free: its memory is by now another's: Node");
}

struct Watched : M::Object<Watched, WeaklyReferenced> {
  std::int64_t key = 0;
};

TEST(ManualChecked, AStaleValueOfAnEphemeronIsNoticedToo) {
  NEEDS_ITS_OWN_CHECKS();
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    const M::Local<Watched> key{m, m.make<Watched>()};
    M::Local<Watched> value{m, m.make<Watched>()};
    const M::Local<M::Ephemeron<Watched, Watched>> entry{m, m.make_ephemeron(key, value)};
    m.discard(value);
    const M::Local<Watched> loaded{m, m.load_value(entry)};
    loaded->key = 1;
  };
  EXPECT_EXIT(mistake(), caught, "use after free: Watched");
}

TEST(ManualChecked, PlacesAreUsedForMoreObjectsThanAStampCanTellApart) {
  M::Heap heap;
  Mutator m{heap};
  for (int i = 0; i < 65 * 40'000; ++i) m.discard(m.make<Node>());
  const LocalNode node{m, m.make<Node>()};
  node->key = 1;
  LocalNode last{m, m.copy(node)};
  m.discard(last);
}

TEST(ManualChecked, AWriteBesideAnObjectIsNoticedWhenItIsFreed) {
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    M::Local<Blob> blob{m, m.make_blob(10)};
    std::memset(blob->data(), 1, 40);
    m.discard(blob);
  };
  EXPECT_EXIT(mistake(), caught, "written beside: Blob of [0-9]+ bytes, made at");
}

TEST(ManualChecked, WhatIsFreedElsewhereIsFoundOutToo) {
  NEEDS_ITS_OWN_CHECKS();
  const auto mistake = [] {
    M::Heap heap;
    Mutator m{heap};
    M::Global<Node> shared{heap};
    const LocalNode node{m, m.make<Node>()};
    m.store(shared, node);
    std::thread{[&] {
      Mutator other{heap};
      LocalNode taken{other, other.load(shared)};
      other.discard(taken);
    }}.join();
    node->key = 1;
  };
  EXPECT_EXIT(mistake(), caught, "use after free: Node");
}

TEST(ManualChecked, LeaksAreListedByWhereTheyWereMade) {
  M::Heap heap;
  int line = 0;
  {
    Mutator m{heap};
    for (int i = 0; i < 17; ++i) {
      line = __LINE__ + 1;
      LocalNode node{m, m.make<Node>()};
      if (i % 2 == 0) m.discard(node);
    }
  }
  const Census census = heap.census();
  EXPECT_EQ(census.leaked_objects, 8u);
  ASSERT_EQ(census.leaked_at.size(), 1u);
  EXPECT_EQ(census.leaked_at[0].type, "Node");
  EXPECT_EQ(census.leaked_at[0].file, "manual/checked_test.cpp");
  EXPECT_EQ(census.leaked_at[0].line, line);
  EXPECT_EQ(census.leaked_at[0].objects, 8u);
}

TEST(ManualChecked, BlobsGrowAndKeepWhatIsKnownOfThem) {
  M::Heap heap;
  Mutator m{heap};
  M::Local<Blob> blob{m, m.make_blob(10)};
  std::memset(blob->data(), 7, 10);
  for (const std::size_t size : {100u, 5000u, 20u}) blob = m.resize(blob, size);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(blob->data()[i], std::byte{7});
  M::Local<Blob> aligned{m, m.make_blob(10, 64)};
  aligned = m.resize(aligned, 1000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned->data()) % 64, 0u);
  m.discard(aligned);
  m.discard(blob);
}

}  // namespace
}  // namespace reclaim::manual_tests
