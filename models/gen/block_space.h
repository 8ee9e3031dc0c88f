// A range of addresses used in blocks: which of them are in use, and which hold memory. The nursery
// and the old space are each one, with what they know of a block beside it.
//
// Memory is taken and given back in granules: one block, or, where huge pages are wanted, as many
// as a huge page holds, since touching one of those blocks makes all of them resident.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/mapping.h"
#include "models/gen/address_space.h"
#include "models/gen/block.h"
#include "models/gen/header.h"

namespace reclaim::gen {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

/// Not thread-safe.
class BlockSpace {
 public:
  /// `base` is aligned to a huge page.
  BlockSpace(std::byte* base, std::size_t bytes, bool huge_pages);

  /// Takes the lowest free block, so that the same addresses are used again while they are in the
  /// cache. no_block: the range or the system's memory is exhausted.
  BlockIndex claim();
  void free(BlockIndex block);
  bool in_use(BlockIndex block) const { return in_use_[block] != 0; }

  /// Bytes that the next claim() would add to the resident memory.
  std::size_t claim_bytes() const;
  /// Gives back the memory of free granules but for the lowest that hold `keep` blocks.
  void release_free(std::size_t keep);
  /// Gives back the memory of free granules, the highest first, until it comes to `bytes`.
  void release_highest(std::size_t bytes);
  /// Puts the memory of another space's highest free granule behind the block that claim() takes
  /// next, if that has none: cheaper than giving it back and being given it again, cleared. Small
  /// granules only, for each move may cost the system a mapping. False, and nothing done: it has
  /// some, there is none, or the system cannot.
  bool take_from(BlockSpace& other);

  std::byte* begin_of(BlockIndex block) const {
    return base_ + (std::size_t{block} << block_shift);
  }
  std::byte* end_of(BlockIndex block) const { return begin_of(block) + block_bytes; }
  BlockIndex index_of(const void* p) const {
    return static_cast<BlockIndex>(offset_of(p) >> block_shift);
  }
  std::size_t offset_of(const void* p) const { return address_of(p) - address_of(base_); }
  bool contains(const void* p) const { return offset_of(p) < bytes_; }

  std::byte* base() const { return base_; }
  /// Blocks below it have been in use.
  BlockIndex touched_blocks() const { return touched_; }
  std::size_t used_blocks() const { return used_; }
  /// The most blocks in use at once since the last call.
  std::size_t take_most_used() { return std::exchange(most_used_, used_); }
  std::size_t resident_blocks() const { return resident_granules_ * granule_blocks_; }

 private:
  BlockIndex lowest_free() const;
  bool reach(BlockIndex block);
  bool granule_is_free(std::size_t granule) const;
  std::size_t touched_granules() const {
    return (touched_ + granule_blocks_ - 1) / granule_blocks_;
  }
  std::size_t release(std::size_t granule);

  std::byte* base_;
  std::size_t bytes_;
  std::size_t granule_blocks_;
  CommittedPrefix memory_;
  MappedArray<std::uint8_t> in_use_;    ///< by block
  MappedArray<std::uint8_t> resident_;  ///< by granule
  BlockIndex touched_ = 0;
  BlockIndex lowest_maybe_ = 0;  ///< no block below it is free
  std::size_t used_ = 0;
  std::size_t most_used_ = 0;
  std::size_t resident_granules_ = 0;
};

}  // namespace reclaim::gen
