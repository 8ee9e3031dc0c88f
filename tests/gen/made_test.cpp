// The census counts records by the run: whatever comes between two of a type, and wherever an
// object finds room, each is counted once.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "models/gen/policy.h"
#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

/// A record that often finds no room in a buffer with much room left, and lies beside it then.
struct Sheet : M::Object<Sheet> {
  std::array<std::byte, 4'000> data;
};

/// A record too large to be copied.
struct Huge : M::Object<Huge> {
  std::array<std::byte, 40'000> data;
};

struct Tally {
  std::uint64_t nodes = 0, sheets = 0, huges = 0, arrays = 0, elements = 0, blobs = 0, bytes = 0;
};

TypeCensus row_of(const Census& census, std::string_view type) {
  for (const TypeCensus& row : census.types) {
    if (row.type == type) return row;
  }
  return {};
}

void expect(const Census& census, const Tally& made) {
  EXPECT_EQ(row_of(census, "Node").allocated_objects, made.nodes);
  EXPECT_EQ(row_of(census, "Node").allocated_bytes, made.nodes * 24);
  EXPECT_EQ(row_of(census, "Sheet").allocated_objects, made.sheets);
  EXPECT_EQ(row_of(census, "Huge").allocated_objects, made.huges);
  EXPECT_EQ(row_of(census, "Array").allocated_objects, made.arrays);
  EXPECT_EQ(row_of(census, "Array").allocated_bytes, made.elements * sizeof(void*));
  EXPECT_EQ(row_of(census, "Blob").allocated_objects, made.blobs);
  EXPECT_EQ(row_of(census, "Blob").allocated_bytes, made.bytes);
}

/// Runs of every length, of every kind, with collections in between.
Tally make_some(M::Mutator& m, std::uint64_t seed, int turns) {
  std::mt19937_64 random{seed};
  const auto below = [&](std::uint64_t n) { return random() % n; };
  Tally made;
  for (int turn = 0; turn < turns; ++turn) {
    const std::uint64_t kind = below(100);
    const std::uint64_t run = 1 + (below(4) == 0 ? below(1'000) : below(4));
    if (kind == 0) {
      below(8) == 0 ? major(m) : minor(m);
    } else if (kind == 1) {
      ++made.huges;
      static_cast<void>(m.make<Huge>());
    } else if (kind < 20) {
      ++made.arrays;
      made.elements += run;
      static_cast<void>(m.make_array<Node>(run));
    } else if (kind < 40) {
      ++made.blobs;
      made.bytes += run * 7;
      static_cast<void>(m.make_blob(run * 7));
    } else if (kind < 60) {
      made.sheets += run;
      for (std::uint64_t i = 0; i < run; ++i) static_cast<void>(m.make<Sheet>());
    } else {
      made.nodes += run;
      for (std::uint64_t i = 0; i < run; ++i) static_cast<void>(m.make<Node>());
    }
  }
  return made;
}

TEST(Made, IsCountedWhateverComesBetween) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    M::Heap heap;
    Tally made;
    {
      M::Mutator m{heap};
      made = make_some(m, seed, 500);
    }
    expect(heap.census(), made);
  }
}

TEST(Made, IsCountedWhereACollectionComesAnyTime) {
  for (const std::uint64_t nth : {1u, 2u, 7u}) {
    SCOPED_TRACE(nth);
    M::Heap heap{HeapOptions{.stress = {.collect_every_nth_make = nth}}};
    Tally made;
    {
      M::Mutator m{heap};
      made = make_some(m, nth, 20);
    }
    expect(heap.census(), made);
  }
}

TEST(Made, IsCountedWhereOthersCollectMeanwhile) {
  M::Heap heap{HeapOptions{.limit_bytes = std::uint64_t{32} << 20}};
  std::vector<Tally> shares(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < shares.size(); ++t) {
    threads.emplace_back([&, t] {
      M::Mutator m{heap};
      shares[t] = make_some(m, 100 + t, 500);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Tally made;
  for (const Tally& share : shares) {
    made.nodes += share.nodes;
    made.sheets += share.sheets;
    made.huges += share.huges;
    made.arrays += share.arrays;
    made.elements += share.elements;
    made.blobs += share.blobs;
    made.bytes += share.bytes;
  }
  expect(heap.census(), made);
}

TEST(Made, IsCountedBesideTheBuffer) {
  M::Heap heap;
  std::uint64_t sheets = 0, nodes = 0;
  {
    M::Mutator m{heap};
    for (int i = 0; i < 3'000; ++i) {
      for (int j = 0; j <= i % 230; ++j, ++nodes) static_cast<void>(m.make<Node>());
      static_cast<void>(m.make<Sheet>());
      ++sheets;
    }
  }
  EXPECT_EQ(row_of(heap.census(), "Sheet").allocated_objects, sheets);
  EXPECT_EQ(row_of(heap.census(), "Node").allocated_objects, nodes);
}

}  // namespace
}  // namespace reclaim::gen_test
