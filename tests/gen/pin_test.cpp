// A pinned blob's payload stays where it is, in whichever space it lies; everything around it
// moves.
#include <gtest/gtest.h>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

TEST(Pin, HoldsAYoungBlobInPlaceThroughEveryCollection) {
  Lab lab;
  Local<Node> before{lab.m, make_node(lab.m, 1)};
  Local<M::Blob> blob{lab.m, lab.m.make_blob(100)};
  Local<Node> after{lab.m, make_node(lab.m, 2)};
  std::byte* const data = lab.m.pin(blob);
  for (int i = 0; i < 6; ++i) {
    data[i] = std::byte{static_cast<unsigned char>(i + 1)};
    if (i == 4) {
      major(lab.m);
    } else {
      minor(lab.m);
    }
    make_garbage(lab.m, 10'000);
    ASSERT_EQ(blob->data(), data);
    ASSERT_EQ(blob->data()[i], std::byte{static_cast<unsigned char>(i + 1)});
  }
  EXPECT_EQ(before->value, 1);
  EXPECT_EQ(after->value, 2);
  lab.m.unpin(blob);
}

TEST(Pin, AnUnpinnedBlobMovesOnAndItsBlockIsFree) {
  Lab lab;
  Local<M::Blob> blob{lab.m, lab.m.make_blob(100)};
  const std::byte* const data = lab.m.pin(blob);
  minor(lab.m);
  EXPECT_EQ(lab.heap.nursery().used_blocks(), 1u);
  lab.m.unpin(blob);
  major(lab.m);
  EXPECT_NE(blob->data(), data);
  EXPECT_EQ(lab.heap.nursery().used_blocks(), 0u);
}

TEST(Pin, CountsItsPins) {
  Lab lab;
  Local<M::Blob> blob{lab.m, lab.m.make_blob(100)};
  const std::byte* const data = lab.m.pin(blob);
  EXPECT_EQ(lab.m.pin(blob), data);
  lab.m.unpin(blob);
  minor(lab.m);
  EXPECT_EQ(blob->data(), data);
  lab.m.unpin(blob);
  minor(lab.m);
  EXPECT_NE(blob->data(), data);
}

TEST(Pin, HoldsAnOldBlobWhileOthersSlide) {
  Lab lab;
  M::Mutator& m = lab.m;
  constexpr std::size_t length = 2'000;
  Local<M::Array<M::Blob>> blobs{m, m.make_array<M::Blob>(length)};
  for (std::size_t i = 0; i < length; ++i) {
    Local<M::Blob> blob{m, m.make_blob(1'000)};
    blob->data()[0] = std::byte{static_cast<unsigned char>(i)};
    m.store(blobs, i, blob);
  }
  major(m);
  Local<M::Blob> held{m, m.load(blobs, 1'500)};
  std::byte* const data = m.pin(held);
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 3 != 0) m.store(blobs, i, nullptr);
  }
  const auto slides = lab.heap.totals().slides;
  major(m);
  EXPECT_EQ(lab.heap.totals().slides, slides + 1);
  EXPECT_EQ(held->data(), data);
  for (std::size_t i = 0; i < length; i += 3) {
    ASSERT_EQ(m.load(blobs, i)->data()[0], std::byte{static_cast<unsigned char>(i)});
  }
  m.unpin(held);
}

TEST(Pin, AnOldObjectMayHoldAPinnedYoungBlob) {
  Lab lab;
  M::Mutator& m = lab.m;
  Local<M::Array<M::Blob>> owner{m, m.make_array<M::Blob>(2)};
  make_old(m, owner);
  {
    Local<M::Blob> blob{m, m.make_blob(64)};
    blob->data()[0] = std::byte{9};
    m.store(owner, 0, blob);
    static_cast<void>(m.pin(blob));
  }
  major(m);
  minor(m);
  Local<M::Blob> blob{m, m.load(owner, 0)};
  EXPECT_TRUE(lab.heap.is_young(blob.get()));
  m.unpin(blob);
  blob = nullptr;
  minor(m);
  make_garbage(m, 1'000);
  minor(m);
  EXPECT_EQ(m.load(owner, 0)->data()[0], std::byte{9});
}

TEST(PinDeathTest, UnpinningWhatIsNotPinnedIsAnError) {
  Lab lab;
  Local<M::Blob> blob{lab.m, lab.m.make_blob(64)};
  EXPECT_DEATH(lab.m.unpin(blob), "unpin undoes a pin");
}

}  // namespace
}  // namespace reclaim::gen_test
