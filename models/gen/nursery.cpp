#include "models/gen/nursery.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "models/gen/scribble.h"

namespace reclaim::gen {

namespace {
constexpr std::size_t commit_step = std::size_t{2} << 20;
}

Nursery::Nursery(std::byte* base, std::size_t bytes)
    : base_(base),
      bytes_(bytes),
      blocks_(bytes >> block_shift),
      memory_(base, bytes, commit_step) {}

BlockIndex Nursery::lowest_free() const {
  BlockIndex i = lowest_maybe_;
  while (i < touched_ && blocks_[i].use != Use::free) ++i;
  return i;
}

bool Nursery::next_is_resident() const {
  const BlockIndex i = lowest_free();
  return i < touched_ && blocks_[i].resident;
}

BlockIndex Nursery::claim(Use use) {
  const BlockIndex i = lowest_free();
  if (i == blocks_.size()) return no_block;
  if (i == touched_) {
    if (!memory_.reach(std::size_t{i + 1} << block_shift)) return no_block;
    ++touched_;
  }
  lowest_maybe_ = i + 1;
  Block& block = blocks_[i];
  if (!block.resident) {
    block.resident = true;
    ++resident_;
  }
  block.use = use;
  block.top = nullptr;
  ++used_;
  return i;
}

void Nursery::free(BlockIndex i) {
  Block& block = blocks_[i];
  block.use = Use::free;
  block.top = nullptr;
  --used_;
  lowest_maybe_ = std::min(lowest_maybe_, i);
  if constexpr (checked) scribble(begin_of(i), block_bytes);
}

void Nursery::begin_evacuation() {
  for (BlockIndex i = 0; i < touched_; ++i) blocks_[i].leaving = blocks_[i].use != Use::free;
}

void Nursery::end_evacuation() {
  for (BlockIndex i = 0; i < touched_; ++i) {
    Block& block = blocks_[i];
    if (block.leaving && block.pins == 0) free(i);
    block.leaving = false;
  }
}

void Nursery::release_free_from(BlockIndex keep) {
  for (BlockIndex i = keep; i < touched_; ++i) {
    Block& block = blocks_[i];
    if (block.use != Use::free || !block.resident) continue;
    release_pages(begin_of(i), block_bytes);
    block.resident = false;
    --resident_;
  }
}

}  // namespace reclaim::gen
