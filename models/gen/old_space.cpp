#include "models/gen/old_space.h"

#include <cstring>

namespace reclaim::gen {

OldSpace::OldSpace(std::byte* base, std::size_t bytes, bool huge_pages)
    : BlockSpace(base, bytes, huge_pages),
      blocks_(bytes >> block_shift),
      starts_(bytes / line_bytes),
      live_(bytes / line_bytes),
      targets_(bytes / line_bytes) {}

BlockIndex OldSpace::claim() {
  const BlockIndex i = BlockSpace::claim();
  if (i == no_block) return no_block;
  const std::size_t lines = std::size_t{touched_blocks()} * lines_per_block;
  starts_.reach(lines);
  live_.reach(lines);
  targets_.reach(lines);
  blocks_[i].top = begin_of(i);
  return i;
}

void OldSpace::clear_marks() {
  for (BlockIndex i = 0; i < touched_blocks(); ++i) {
    if (!in_use(i)) continue;
    const std::size_t first = std::size_t{i} * lines_per_block;
    std::memset(&starts_[first], 0, lines_per_block * sizeof(std::uint64_t));
    std::memset(&live_[first], 0, lines_per_block * sizeof(std::uint64_t));
  }
}

}  // namespace reclaim::gen
