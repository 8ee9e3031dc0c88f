#include "models/gen/nursery.h"

namespace reclaim::gen {

Nursery::Nursery(std::byte* base, std::size_t bytes, bool huge_pages)
    : BlockSpace(base, bytes, huge_pages), blocks_(bytes >> block_shift) {}

BlockIndex Nursery::claim(Use use) {
  const BlockIndex i = BlockSpace::claim();
  if (i == no_block) return no_block;
  blocks_[i].use = use;
  blocks_[i].top = nullptr;
  return i;
}

void Nursery::begin_evacuation() {
  for (BlockIndex i = 0; i < touched_blocks(); ++i) blocks_[i].leaving = in_use(i);
}

void Nursery::end_evacuation() {
  for (BlockIndex i = 0; i < touched_blocks(); ++i) {
    Block& block = blocks_[i];
    if (block.leaving && block.pins == 0) free(i);
    block.leaving = false;
  }
}

}  // namespace reclaim::gen
