#include "models/gen/block_space.h"

#include <algorithm>

#include "base/assert.h"
#include "models/gen/scribble.h"

namespace reclaim::gen {

BlockSpace::BlockSpace(std::byte* base, std::size_t bytes, bool huge_pages)
    : base_(base),
      bytes_(bytes),
      granule_blocks_(huge_pages ? huge_page_bytes / block_bytes : 1),
      memory_(base, bytes, huge_page_bytes),
      in_use_(bytes >> block_shift),
      resident_((bytes >> block_shift) / granule_blocks_ + 1) {
  if (huge_pages) prefer_huge_pages(base, bytes);
}

BlockIndex BlockSpace::lowest_free() const {
  BlockIndex i = lowest_maybe_;
  while (i < touched_ && in_use_[i] != 0) ++i;
  return i;
}

std::size_t BlockSpace::claim_bytes() const {
  return resident_[lowest_free() / granule_blocks_] != 0 ? 0 : granule_blocks_ * block_bytes;
}

/// Makes the block's addresses usable; false: the range or the system's memory is exhausted.
bool BlockSpace::reach(BlockIndex i) {
  if (i < touched_) return true;
  if (i == in_use_.size() || !memory_.reach((std::size_t{i} + 1) << block_shift)) return false;
  ++touched_;
  return true;
}

BlockIndex BlockSpace::claim() {
  const BlockIndex i = lowest_free();
  if (!reach(i)) return no_block;
  lowest_maybe_ = i + 1;
  std::uint8_t& resident = resident_[i / granule_blocks_];
  if (resident == 0) {
    resident = 1;
    ++resident_granules_;
    if (granule_blocks_ == 1) populate_pages(begin_of(i), block_bytes);
  }
  in_use_[i] = 1;
  most_used_ = std::max(most_used_, ++used_);
  return i;
}

void BlockSpace::free(BlockIndex i) {
  in_use_[i] = 0;
  --used_;
  lowest_maybe_ = std::min(lowest_maybe_, i);
  if constexpr (checked) scribble(begin_of(i), block_bytes);
}

bool BlockSpace::granule_is_free(std::size_t granule) const {
  const auto* first = in_use_.begin() + granule * granule_blocks_;
  const auto* last = std::min(first + granule_blocks_, in_use_.end());
  return std::all_of(first, last, [](std::uint8_t used) { return used == 0; });
}

/// The bytes that were given back: none of a granule that holds none or is in use.
std::size_t BlockSpace::release(std::size_t granule) {
  if (resident_[granule] == 0 || !granule_is_free(granule)) return 0;
  const std::size_t granule_bytes = granule_blocks_ * block_bytes;
  const std::size_t begin = granule * granule_bytes;
  release_pages(base_ + begin, std::min(granule_bytes, memory_.committed() - begin));
  resident_[granule] = 0;
  --resident_granules_;
  return granule_bytes;
}

void BlockSpace::release_free(std::size_t keep) {
  for (std::size_t granule = 0; granule < touched_granules(); ++granule) {
    if (keep == 0) {
      release(granule);
    } else if (resident_[granule] != 0 && granule_is_free(granule)) {
      keep -= std::min(keep, granule_blocks_);
    }
  }
}

void BlockSpace::release_highest(std::size_t bytes) {
  for (std::size_t granule = touched_granules(); granule-- != 0 && bytes != 0;) {
    bytes -= std::min(bytes, release(granule));
  }
}

bool BlockSpace::take_from(BlockSpace& other) {
  if (granule_blocks_ != 1 || other.granule_blocks_ != 1) return false;
  BlockIndex from = other.touched_;
  do {
    if (from-- == 0) return false;
  } while (other.resident_[from] == 0 || other.in_use_[from] != 0);
  const BlockIndex to = lowest_free();
  if (!reach(to) || resident_[to] != 0) return false;
  if (!move_pages(other.begin_of(from), block_bytes, begin_of(to))) return false;
  other.resident_[from] = 0;
  --other.resident_granules_;
  resident_[to] = 1;
  ++resident_granules_;
  return true;
}

}  // namespace reclaim::gen
