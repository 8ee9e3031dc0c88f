// The spaces by themselves: arithmetic of blocks, the marks and new addresses of the old space, the
// runs of the large space.
#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <utility>

#include "base/rng.h"
#include "models/gen/block.h"
#include "models/gen/block_space.h"
#include "models/gen/large_space.h"
#include "models/gen/old_space.h"

namespace reclaim::gen {
namespace {

TEST(Blocks, TheReserveHoldsWhateverFilledBlocksHeld) {
  for (std::size_t blocks = 1; blocks < 2000; ++blocks) {
    // Each filled block holds more than block_bytes - small_bytes_most; two buffers are open.
    const std::size_t filled = copy_reserve_blocks(blocks) - 2;
    EXPECT_GE(filled * (block_bytes - small_bytes_most), blocks * block_bytes);
  }
}

TEST(Blocks, TheMostBlocksAndTheirReserveFitAndOneMoreWouldNot) {
  for (std::size_t room = 0; room < 2000; ++room) {
    const std::size_t most = most_blocks_with_reserve(room);
    EXPECT_LE(most + copy_reserve_blocks(most), room);
    EXPECT_GT(most + 1 + copy_reserve_blocks(most + 1), room);
  }
}

TEST(Blocks, CountBitsCounts) {
  Rng rng{7};
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t x = rng.next() & rng.next();
    EXPECT_EQ(count_bits(x), static_cast<std::uint32_t>(std::popcount(x)));
  }
  EXPECT_EQ(count_bits(0), 0u);
  EXPECT_EQ(count_bits(~std::uint64_t{0}), 64u);
}

class SpacesTest : public testing::Test {
 protected:
  static constexpr std::size_t space_bytes = std::size_t{16} << 20;
  Reservation range_{space_bytes, huge_page_bytes};
};

TEST_F(SpacesTest, BlocksAreClaimedLowestFirst) {
  BlockSpace space{range_.base(), space_bytes, false};
  EXPECT_EQ(space.claim(), 0u);
  EXPECT_EQ(space.claim(), 1u);
  EXPECT_EQ(space.claim(), 2u);
  space.free(1);
  EXPECT_EQ(space.claim(), 1u);
  EXPECT_EQ(space.used_blocks(), 3u);
}

TEST_F(SpacesTest, AFullSpaceHasNoBlock) {
  BlockSpace space{range_.base(), space_bytes, false};
  for (std::size_t i = 0; i < space_bytes / block_bytes; ++i) EXPECT_NE(space.claim(), no_block);
  EXPECT_EQ(space.claim(), no_block);
}

TEST_F(SpacesTest, ReleasedBlocksAreNoLongerResidentAndReadAsZero) {
  BlockSpace space{range_.base(), space_bytes, false};
  for (int i = 0; i < 4; ++i) *space.begin_of(space.claim()) = std::byte{1};
  for (BlockIndex i = 0; i < 4; ++i) space.free(i);
  EXPECT_EQ(space.resident_blocks(), 4u);
  EXPECT_EQ(space.claim_bytes(), 0u);
  space.release_free(1);
  EXPECT_EQ(space.resident_blocks(), 1u);
  EXPECT_EQ(space.claim(), 0u);
  EXPECT_EQ(space.claim_bytes(), block_bytes);
  EXPECT_EQ(*space.begin_of(space.claim()), std::byte{0});
}

TEST_F(SpacesTest, MemoryMovesFromAFreeBlockToOneThatHasNone) {
  BlockSpace one{range_.base(), space_bytes / 2, false};
  BlockSpace other{range_.base() + space_bytes / 2, space_bytes / 2, false};
  EXPECT_FALSE(other.take_from(one)) << "there is none";
  for (int i = 0; i < 3; ++i) static_cast<void>(one.claim());
  EXPECT_FALSE(other.take_from(one)) << "all is in use";
  one.free(0);
  one.free(2);
  *one.begin_of(0) = std::byte{7};
  *one.begin_of(2) = std::byte{8};
  ASSERT_TRUE(other.take_from(one));
  EXPECT_EQ(one.resident_blocks(), 2u);
  EXPECT_EQ(other.resident_blocks(), 1u);
  EXPECT_EQ(other.claim_bytes(), 0u);
  EXPECT_EQ(other.claim(), 0u);
  EXPECT_EQ(*other.begin_of(0), std::byte{8}) << "of the highest";
  EXPECT_EQ(*one.begin_of(2), std::byte{0});
  ASSERT_TRUE(other.take_from(one));
  EXPECT_FALSE(other.take_from(one));
  EXPECT_EQ(*other.begin_of(other.claim()), std::byte{7});
  // And back, again and again.
  other.free(1);
  EXPECT_FALSE(other.take_from(one)) << "its next block has memory";
  BlockSpace* from = &other;
  BlockSpace* to = &one;
  *other.begin_of(1) = std::byte{9};
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(to->take_from(*from)) << i;
    const BlockIndex block = to->claim();
    ASSERT_EQ(*to->begin_of(block), std::byte{9}) << i;
    to->free(block);
    *to->begin_of(block) = std::byte{9};  // checked builds scribble
    std::swap(from, to);
  }
  EXPECT_EQ(one.resident_blocks() + other.resident_blocks(), 3u);
}

TEST_F(SpacesTest, HugePagesAreNotMoved) {
  BlockSpace one{range_.base(), space_bytes / 2, true};
  BlockSpace other{range_.base() + space_bytes / 2, space_bytes / 2, true};
  one.free(one.claim());
  EXPECT_FALSE(other.take_from(one));
}

TEST_F(SpacesTest, GivesBackWhatIsAskedForFromTheTopAndNoMore) {
  BlockSpace space{range_.base(), space_bytes, false};
  for (int i = 0; i < 6; ++i) static_cast<void>(space.claim());
  for (const BlockIndex i : {0u, 2u, 3u, 4u}) space.free(i);
  space.release_highest(block_bytes + 1);  // two blocks
  EXPECT_EQ(space.resident_blocks(), 4u);
  EXPECT_EQ(space.claim(), 0u);
  EXPECT_EQ(space.claim_bytes(), 0u) << "the lowest kept their memory";
  EXPECT_EQ(space.claim(), 2u);
  EXPECT_EQ(space.claim_bytes(), block_bytes);
  space.release_highest(space_bytes);
  EXPECT_EQ(space.resident_blocks(), 4u) << "what is in use stays";
}

TEST_F(SpacesTest, HugePagesAreCountedWhole) {
  BlockSpace space{range_.base(), space_bytes, true};
  constexpr std::size_t granule = huge_page_bytes / block_bytes;
  EXPECT_EQ(space.claim_bytes(), huge_page_bytes);
  static_cast<void>(space.claim());
  EXPECT_EQ(space.resident_blocks(), granule);
  EXPECT_EQ(space.claim_bytes(), 0u);
  space.release_free(0);
  EXPECT_EQ(space.resident_blocks(), granule) << "one of its blocks is in use";
  space.free(0);
  space.release_free(0);
  EXPECT_EQ(space.resident_blocks(), 0u);
}

TEST_F(SpacesTest, ARunOfWordsIsMarkedAcrossLines) {
  OldSpace space{range_.base(), space_bytes, false};
  static_cast<void>(space.claim());
  space.clear_marks();
  std::byte* const object = space.begin_of(0) + 60 * 8;
  EXPECT_TRUE(space.mark_start(object));
  EXPECT_FALSE(space.mark_start(object));
  space.mark_words(object, 150 * 8);
  std::uint32_t words = 0;
  for (std::size_t line = 0; line < lines_per_block; ++line) {
    words += count_bits(space.live_of(0)[line]);
  }
  EXPECT_EQ(words, 150u);
  EXPECT_EQ(space.live_of(0)[0], ~std::uint64_t{0} << 60);
  EXPECT_EQ(space.live_of(0)[1], ~std::uint64_t{0});
  EXPECT_EQ(space.live_of(0)[3], bits_below(150 - 4 - 128));
}

TEST_F(SpacesTest, AnObjectsNewAddressIsItsLinesTargetAndTheLiveWordsBeforeIt) {
  OldSpace space{range_.base(), space_bytes, false};
  static_cast<void>(space.claim());
  space.clear_marks();
  std::byte* const line = space.begin_of(0) + line_bytes;
  for (const std::size_t word : {3u, 10u, 40u}) {
    space.mark_start(line + word * 8);
    space.mark_words(line + word * 8, 4 * 8);
  }
  space.targets_of(0)[1] = space.begin_of(0);
  const auto moved = [&](std::size_t word) {
    return reinterpret_cast<std::byte*>(
        space.moved(reinterpret_cast<const Object*>(line + word * 8)));
  };
  EXPECT_EQ(moved(3), space.begin_of(0));
  EXPECT_EQ(moved(10), space.begin_of(0) + 4 * 8);
  EXPECT_EQ(moved(40), space.begin_of(0) + 8 * 8);
}

TEST_F(SpacesTest, RunsOfTheLargeSpaceNeverOverlapAndAreAllFoundAgain) {
  const std::uint64_t seed = 4141;
  SCOPED_TRACE(seed);
  Rng rng{seed};
  LargeSpace space{range_.base(), space_bytes};
  std::map<std::byte*, std::size_t> live;  // begin -> bytes
  std::size_t used = 0, exhausted = 0;
  for (int step = 0; step < 20'000; ++step) {
    if (rng.below(5) < 3 || live.empty()) {
      const std::size_t bytes = 1 + rng.below(rng.below(8) == 0 ? 600'000 : 40'000);
      const LargeSpace::Run run = space.allocate(bytes);
      if (run.begin == nullptr) {
        ++exhausted;
        continue;
      }
      const std::size_t rounded = LargeSpace::rounded(bytes);
      const auto next = live.lower_bound(run.begin);
      ASSERT_TRUE(next == live.end() || run.begin + rounded <= next->first);
      ASSERT_TRUE(next == live.begin() ||
                  std::prev(next)->first + std::prev(next)->second <= run.begin);
      ASSERT_LE(run.begin + rounded, range_.base() + space_bytes);
      if (!run.dirty) {
        ASSERT_EQ(run.begin[rounded - 1], std::byte{0});
      }
      run.begin[0] = run.begin[rounded - 1] = std::byte{1};
      live.emplace(run.begin, rounded);
      used += rounded;
    } else {
      auto victim = std::next(live.begin(), static_cast<std::ptrdiff_t>(rng.below(live.size())));
      space.free(reinterpret_cast<Object*>(victim->first));
      used -= victim->second;
      live.erase(victim);
      if (rng.below(50) == 0) space.release_free();
    }
    ASSERT_EQ(space.used_bytes(), used);
    ASSERT_GE(space.resident_bytes(), used);
    ASSERT_LE(space.resident_bytes(), space_bytes);
  }
  EXPECT_GT(exhausted, 0u) << "the space was never full: the test is too kind";
  for (const auto& [begin, bytes] : live) space.free(reinterpret_cast<Object*>(begin));
  EXPECT_NE(space.allocate(space_bytes / 10 * 9).begin, nullptr) << "free runs join again";
}

}  // namespace
}  // namespace reclaim::gen
