// The old generation collected in full: what lives is intact and close together, what died gives
// its memory back.
#include <gtest/gtest.h>

#include "measure/rss.h"
#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

/// An array of lists of three, each of which knows its number.
Fresh<Nodes> make_lists(M::Mutator& m, std::size_t count) {
  Local<Nodes> lists{m, m.make_array<Node>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    m.store(lists, i, make_list(m, 3, static_cast<std::int64_t>(i) * 10));
  }
  return m.escape(lists);
}

void expect_intact(M::Mutator& m, const Local<Nodes>& lists, std::size_t step) {
  for (std::size_t i = 0; i < lists->length(); i += step) {
    Local<Node> list{m, m.load(lists, i)};
    ASSERT_TRUE(list_is_intact(m, list, 3, static_cast<std::int64_t>(i) * 10)) << "list " << i;
  }
}

TEST(Slide, HolesOfTheDeadAreClosedAndTheLivingAreIntact) {
  Lab lab;
  constexpr std::size_t count = 30'000;
  Local<Nodes> lists{lab.m, make_lists(lab.m, count)};
  major(lab.m);
  const std::size_t full = lab.heap.old_space().used_blocks();
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 4 != 0) lab.m.store(lists, i, nullptr);
  }
  major(lab.m);
  EXPECT_EQ(lab.heap.totals().slides, 1u);
  EXPECT_LE(lab.heap.old_space().used_blocks(), full / 4 + full / 16 + 2);
  expect_intact(lab.m, lists, 4);
  major(lab.m);  // once more over what was moved
  expect_intact(lab.m, lists, 4);
}

TEST(Slide, UnusedSpaceIsBoundedWhateverSizesDied) {
  Lab lab;
  M::Mutator& m = lab.m;
  constexpr std::size_t count = 4'000;
  Local<M::Array<M::Blob>> blobs{m, m.make_array<M::Blob>(count)};
  std::uint64_t state = 1;
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      state = mix(state);
      if (state % 3 == 0) continue;
      Local<M::Blob> blob{m, m.make_blob(16 + state % 8'000)};
      blob->data()[0] = std::byte{static_cast<unsigned char>(i)};
      m.store(blobs, i, blob);
    }
    major(m);
    const auto& totals = lab.heap.totals();
    // An eighth in blocks left in place, an eighth at the ends of blocks, an eighth too little to
    // be worth a slide.
    EXPECT_LE(static_cast<double>(totals.old_blocks_bytes),
              static_cast<double>(totals.live_bytes) * 1.5 + 4 * gen::block_bytes)
        << "round " << round;
    for (std::size_t i = 0; i < count; ++i) {
      Local<M::Blob> blob{m, m.load(blobs, i)};
      if (!blob) continue;
      ASSERT_EQ(blob->data()[0], std::byte{static_cast<unsigned char>(i)});
    }
  }
}

TEST(Slide, DenseBlocksStayWhereTheyAre) {
  Lab lab;
  Local<Nodes> lists{lab.m, make_lists(lab.m, 20'000)};
  major(lab.m);
  Local<Node> first{lab.m, lab.m.load(lists, 0)};
  const Node* const place = first.get();
  lab.m.store(lists, 1, nullptr);
  major(lab.m);
  EXPECT_EQ(lab.heap.totals().slides, 0u);
  EXPECT_EQ(first.get(), place);
}

TEST(Slide, LocksStateMovesWithItsObject) {
  Lab lab;
  struct Locked : M::Object<Locked, Monitored> {
    std::int64_t value = 0;
  };
  Local<Locked> locked{lab.m, lab.m.make<Locked>()};
  lab.m.synchronized(locked, [&] {
    for (int i = 0; i < 4; ++i) minor(lab.m);
    major(lab.m);
    lab.m.synchronized(locked, [&] { locked->value = 5; });
  });
  EXPECT_EQ(locked->value, 5);
  EXPECT_EQ(locked.get()->lock.load(), 0u);
}

TEST(GivingBack, MemoryOfTheDeadReturnsToTheSystem) {
  Lab lab;
  constexpr std::size_t count = checked ? 100'000 : 400'000;  // the verifier's time, by object
  const auto before = measure::resident_bytes();
  {
    Local<Nodes> lists{lab.m, make_lists(lab.m, count)};
    Local<M::Blob> blob{lab.m, lab.m.make_blob(20 * megabyte)};
    for (std::size_t i = 0; i < 20 * megabyte; i += 4096) blob->data()[i] = std::byte{1};
    major(lab.m);
    EXPECT_GT(measure::resident_bytes(), before + 20 * megabyte + 3 * count * sizeof(Node));
  }
  major(lab.m);
  EXPECT_EQ(lab.heap.large().used_bytes(), 0u);
  major(lab.m);                                         // ends a cycle that needed none of it
  EXPECT_LT(lab.heap.resident_bytes(), 24 * megabyte);  // a nursery, and a little to begin with
  if constexpr (!checked) {                             // the verifier's own sets stay with malloc
    EXPECT_LT(measure::resident_bytes(), before + 40 * megabyte);
  }
}

}  // namespace
}  // namespace reclaim::gen_test
