// Objects too large to copy: they stay where they are, die young like any other, and give back
// their pages.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

TEST(LargeObjects, DoNotMove) {
  Lab lab;
  Local<M::Blob> blob{lab.m, lab.m.make_blob(megabyte)};
  const std::byte* const data = blob->data();
  blob->data()[megabyte - 1] = std::byte{42};
  for (int i = 0; i < 4; ++i) minor(lab.m);
  major(lab.m);
  EXPECT_EQ(blob->data(), data);
  EXPECT_EQ(blob->data()[megabyte - 1], std::byte{42});
}

TEST(LargeObjects, AgeLikeOthers) {
  Lab lab;
  Local<M::Blob> blob{lab.m, lab.m.make_blob(megabyte)};
  minor(lab.m);
  EXPECT_TRUE(lab.heap.is_young(blob.get()));
  minor(lab.m);
  EXPECT_TRUE(lab.heap.is_young(blob.get()));
  minor(lab.m);
  EXPECT_FALSE(lab.heap.is_young(blob.get()));
}

TEST(LargeObjects, DieYoungWithoutAMajorCollection) {
  Lab lab{16 * megabyte};
  for (int i = 0; i < 200; ++i) static_cast<void>(lab.m.make_blob(megabyte));
  EXPECT_EQ(lab.heap.totals().major, 0u);
  minor(lab.m);
  EXPECT_EQ(lab.heap.large().used_bytes(), 0u);
}

TEST(LargeObjects, AreZeroedWhenTheirPagesAreUsedAgain) {
  Lab lab{8 * megabyte};
  for (int i = 0; i < 30; ++i) {
    Local<M::Blob> blob{lab.m, lab.m.make_blob(megabyte)};
    for (std::size_t at = 0; at < megabyte; at += 509) {
      ASSERT_EQ(blob->data()[at], std::byte{0}) << "blob " << i;
      blob->data()[at] = std::byte{0xff};
    }
  }
}

TEST(LargeObjects, AreMadeWhileOthersCollect) {
  Lab lab{16 * megabyte};
  std::atomic<bool> done{false};
  std::thread collector{[&] {
    M::Mutator m{lab.heap};
    for (int i = 0; !done; ++i) i % 4 == 3 ? major(m) : minor(m);
  }};
  Local<M::Blob> kept{lab.m};
  for (int i = 0; i < 200; ++i) {
    Local<M::Blob> blob{lab.m, lab.m.make_blob(megabyte)};
    for (std::size_t at = 0; at < megabyte; at += 4093) {
      ASSERT_EQ(blob->data()[at], std::byte{0}) << "blob " << i;
      blob->data()[at] = static_cast<std::byte>(i);
    }
    if (kept) {
      ASSERT_EQ(kept->data()[4093], static_cast<std::byte>(i - 1));
    }
    kept = lab.m.copy(blob);
    lab.m.poll();
  }
  lab.m.blocking([&] {
    done = true;
    collector.join();
  });
}

TEST(LargeObjects, AnArrayCarriesItsElementsThroughEveryCollection) {
  Lab lab;
  constexpr std::size_t length = 50'000;
  Local<Nodes> array{lab.m, lab.m.make_array<Node>(length)};
  for (std::size_t i = 0; i < length; i += 100) {
    lab.m.store(array, i, make_node(lab.m, static_cast<std::int64_t>(i)));
  }
  for (int round = 0; round < 6; ++round) {
    if (round % 3 == 2) {
      major(lab.m);
    } else {
      minor(lab.m);
    }
    for (std::size_t i = 0; i < length; i += 100) {
      ASSERT_EQ(lab.m.load(array, i)->value, static_cast<std::int64_t>(i)) << "round " << round;
    }
  }
}

TEST(LargeObjects, ADeadArrayKeepsNothingAlivePastAMajorCollection) {
  Lab lab;
  {
    Local<Nodes> array{lab.m, lab.m.make_array<Node>(10'000)};
    make_old(lab.m, array);
    lab.m.store(array, 0, make_list(lab.m, 10'000));
    minor(lab.m);
  }
  major(lab.m);
  EXPECT_EQ(lab.heap.large().used_bytes(), 0u);
  EXPECT_EQ(lab.heap.old_space().used_blocks(), 0u);
  minor(lab.m);  // and its chunks are forgotten
}

TEST(LargeObjects, AnyAlignmentIsKept) {
  Lab lab;
  for (std::size_t alignment = 16; alignment <= 65536; alignment *= 2) {
    Local<M::Blob> blob{lab.m, lab.m.make_blob(100, alignment)};
    blob->data()[99] = std::byte{7};
    for (int i = 0; i < 4; ++i) {
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blob->data()) % alignment, 0u) << alignment;
      ASSERT_EQ(blob->data()[99], std::byte{7}) << alignment;
      if (i == 2) {
        major(lab.m);
      } else {
        minor(lab.m);
      }
    }
  }
}

}  // namespace
}  // namespace reclaim::gen_test
