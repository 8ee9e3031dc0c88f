#include "models/gen/old_space.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "models/gen/scribble.h"

namespace reclaim::gen {

namespace {
constexpr std::size_t commit_step = std::size_t{2} << 20;
}

OldSpace::OldSpace(std::byte* base, std::size_t bytes)
    : base_(base),
      bytes_(bytes),
      blocks_(bytes >> block_shift),
      memory_(base, bytes, commit_step),
      starts_(bytes / line_bytes),
      live_(bytes / line_bytes),
      targets_(bytes / line_bytes) {}

BlockIndex OldSpace::lowest_free() const {
  BlockIndex i = lowest_maybe_;
  while (i < touched_ && blocks_[i].used) ++i;
  return i;
}

bool OldSpace::next_is_resident() const {
  const BlockIndex i = lowest_free();
  return i < touched_ && blocks_[i].resident;
}

BlockIndex OldSpace::claim() {
  const BlockIndex i = lowest_free();
  if (i == blocks_.size()) return no_block;
  if (i == touched_) {
    const std::size_t length = std::size_t{i} + 1;
    if (!memory_.reach(length << block_shift)) return no_block;
    starts_.reach(length * lines_per_block);
    live_.reach(length * lines_per_block);
    targets_.reach(length * lines_per_block);
    ++touched_;
  }
  lowest_maybe_ = i + 1;
  Block& block = blocks_[i];
  if (!block.resident) {
    block.resident = true;
    ++resident_;
  }
  block.used = true;
  block.top = begin_of(i);
  ++used_;
  return i;
}

void OldSpace::free(BlockIndex i) {
  Block& block = blocks_[i];
  block.used = false;
  block.top = nullptr;
  --used_;
  lowest_maybe_ = std::min(lowest_maybe_, i);
  if constexpr (checked) scribble(begin_of(i), block_bytes);
}

void OldSpace::release_free(std::size_t keep) {
  for (BlockIndex i = lowest_maybe_; i < touched_; ++i) {
    Block& block = blocks_[i];
    if (block.used || !block.resident) continue;
    if (keep != 0) {
      --keep;
      continue;
    }
    release_pages(begin_of(i), block_bytes);
    block.resident = false;
    --resident_;
  }
}

void OldSpace::clear_marks() {
  for (BlockIndex i = 0; i < touched_; ++i) {
    if (!blocks_[i].used) continue;
    const std::size_t first = std::size_t{i} * lines_per_block;
    std::memset(&starts_[first], 0, lines_per_block * sizeof(std::uint64_t));
    std::memset(&live_[first], 0, lines_per_block * sizeof(std::uint64_t));
  }
}

}  // namespace reclaim::gen
