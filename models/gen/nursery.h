// Where objects begin. A contiguous range of addresses, so that "is it young" is one comparison,
// used in blocks: mutators fill eden blocks, a minor collection copies what lives out of all blocks
// into fresh survivor blocks and frees the rest. A block with a pinned object is kept as it is.
//
//   | eden | eden | survivor | free | pinned | free ...        lowest free block first: the same
//   ^base                                       addresses are used again while still in the cache
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/mapping.h"
#include "models/gen/address_space.h"
#include "models/gen/block.h"
#include "models/gen/header.h"

namespace reclaim::gen {

/// Not thread-safe: mutators hold the heap's allocation lock, the collector has stopped the world.
class Nursery {
 public:
  enum class Use : std::uint8_t { free, eden, survivor };
  struct Block {
    std::byte* top;      ///< end of the objects in a survivor block; else null
    std::uint32_t pins;  ///< pinned objects in it
    Use use;
    bool resident;  ///< holds memory
    bool leaving;   ///< to be emptied by the collection under way
  };

  Nursery(std::byte* base, std::size_t bytes);

  /// The lowest free block; no_block when the range or the system's memory is exhausted.
  BlockIndex claim(Use use);
  void free(BlockIndex block);

  /// Every block in use is to be emptied; blocks claimed from here on are not.
  void begin_evacuation();
  /// Frees the emptied blocks but for those with a pinned object, which stay in use.
  void end_evacuation();
  /// During an evacuation: whether the block is being emptied.
  bool leaving(const void* p) const { return blocks_[index_of(p)].leaving; }

  /// Gives back the memory of free blocks from `keep` on.
  void release_free_from(BlockIndex keep);
  /// What a claim would add to the resident memory.
  bool next_is_resident() const;

  std::byte* begin_of(BlockIndex block) const {
    return base_ + (std::size_t{block} << block_shift);
  }
  BlockIndex index_of(const void* p) const {
    return static_cast<BlockIndex>((address_of(p) - address_of(base_)) >> block_shift);
  }
  Block& block_of(const void* p) { return blocks_[index_of(p)]; }
  Block& operator[](BlockIndex block) { return blocks_[block]; }
  const Block& operator[](BlockIndex block) const { return blocks_[block]; }
  BlockIndex touched_blocks() const { return touched_; }
  std::size_t used_blocks() const { return used_; }
  std::size_t resident_blocks() const { return resident_; }
  std::byte* base() const { return base_; }
  bool contains(const void* p) const { return address_of(p) - address_of(base_) < bytes_; }

 private:
  BlockIndex lowest_free() const;

  std::byte* base_;
  std::size_t bytes_;
  MappedArray<Block> blocks_;
  CommittedPrefix memory_;
  BlockIndex touched_ = 0;       ///< blocks below it have been in use
  BlockIndex lowest_maybe_ = 0;  ///< no block below it is free
  std::size_t used_ = 0;
  std::size_t resident_ = 0;
};

}  // namespace reclaim::gen
