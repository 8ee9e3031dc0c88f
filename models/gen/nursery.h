// Where objects begin. A contiguous range of addresses, so that "is it young" is one comparison,
// used in blocks: mutators fill eden blocks, a minor collection copies what lives out of all blocks
// into fresh survivor blocks and frees the rest. A block with a pinned object is kept as it is.
//
//   | eden | eden | survivor | free | pinned | free ...
//   ^base
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/gen/block_space.h"

namespace reclaim::gen {

/// Not thread-safe: mutators hold the heap's allocation lock, the collector has stopped the world.
class Nursery : public BlockSpace {
 public:
  enum class Use : std::uint8_t { eden, survivor };
  struct Block {
    std::byte* top;      ///< end of the objects in a survivor block; else null
    std::uint32_t pins;  ///< pinned objects in it
    Use use;
    bool leaving;  ///< to be emptied by the collection under way
  };

  Nursery(std::byte* base, std::size_t bytes, bool huge_pages);

  BlockIndex claim(Use use);
  /// Every block in use is to be emptied; blocks claimed from here on are not.
  void begin_evacuation();
  /// Frees the emptied blocks but for those with a pinned object, which stay in use.
  void end_evacuation();

  Block& operator[](BlockIndex block) { return blocks_[block]; }
  const Block& operator[](BlockIndex block) const { return blocks_[block]; }
  Block& block_of(const void* p) { return blocks_[index_of(p)]; }

 private:
  MappedArray<Block> blocks_;
};

}  // namespace reclaim::gen
