// Where objects that have survived long enough stay. Blocks filled by a bump pointer; collected in
// full by marking and sliding (major.cpp), for which each block has, beside it:
//   starts   a bit per word: an object that lives begins here
//   live     a bit per word: the word belongs to an object that lives
//   targets  an address per line of 64 words: where the line's word 0 would go, so that the object
//            at p goes to  targets[line of p] + 8 * (live words of the line before p).
// The last two are the offset vector of Kermany and Petrank's Compressor (2006): a new address
// takes one table entry and one population count, and no forwarding pointer is ever written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "models/gen/block_space.h"

namespace reclaim::gen {

inline constexpr std::size_t line_words = 64;
inline constexpr std::size_t line_bytes = line_words * 8;
inline constexpr std::size_t lines_per_block = block_bytes / line_bytes;

/// Set bits of x. Written out: without -mpopcnt the builtin is a call into a table.
constexpr std::uint32_t count_bits(std::uint64_t x) {
  x -= (x >> 1) & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return static_cast<std::uint32_t>((x * 0x0101010101010101u) >> 56);
}

/// The bits below bit i of a word; i in [0, 63].
constexpr std::uint64_t bits_below(std::size_t i) { return (std::uint64_t{1} << i) - 1; }

/// Not thread-safe: only the collector, with the world stopped, changes it; pins have a lock.
class OldSpace : public BlockSpace {
 public:
  struct Block {
    std::byte* top;            ///< end of the objects
    std::uint32_t live_words;  ///< found by the last marking
    std::uint32_t pins;        ///< pinned objects in it
    bool in_place;             ///< this collection does not move its objects
  };

  OldSpace(std::byte* base, std::size_t bytes, bool huge_pages);

  BlockIndex claim();

  Block& operator[](BlockIndex block) { return blocks_[block]; }
  const Block& operator[](BlockIndex block) const { return blocks_[block]; }
  Block& block_of(const void* p) { return blocks_[index_of(p)]; }

  // --- marking ---
  void clear_marks();
  bool is_marked(const void* p) const {
    const std::size_t word = offset_of(p) / 8;
    return (starts_[word / 64] >> (word % 64) & 1) != 0;
  }
  /// Marks the start of the object; false when it was marked.
  [[gnu::always_inline]] bool mark_start(const void* p) {
    const std::size_t word = offset_of(p) / 8;
    const std::uint64_t bit = std::uint64_t{1} << (word % 64);
    std::uint64_t& bits = starts_[word / 64];
    if ((bits & bit) != 0) return false;
    bits |= bit;
    return true;
  }
  /// Marks the words of an object.
  [[gnu::always_inline]] void mark_words(const void* p, std::size_t bytes) {
    const std::size_t first = offset_of(p) / 8, words = bytes / 8, bit = first % 64;
    std::uint64_t* line = live_.data() + first / 64;
    if (bit + words <= 64) [[likely]] {
      *line |= (~std::uint64_t{0} >> (64 - words)) << bit;
      return;
    }
    *line++ |= ~std::uint64_t{0} << bit;
    std::size_t left = words - (64 - bit);
    for (; left >= 64; left -= 64) *line++ = ~std::uint64_t{0};
    if (left != 0) *line |= bits_below(left);
  }

  /// The lines of a block: index i is its i-th.
  const std::uint64_t* starts_of(BlockIndex block) const {
    return &starts_[std::size_t{block} * lines_per_block];
  }
  const std::uint64_t* live_of(BlockIndex block) const {
    return &live_[std::size_t{block} * lines_per_block];
  }
  std::byte** targets_of(BlockIndex block) {
    return &targets_[std::size_t{block} * lines_per_block];
  }

  std::byte* target_of(const Object* object) const {
    return targets_[offset_of(object) / line_bytes];
  }
  /// Where a marked object is after the slide, once the targets are set.
  [[gnu::always_inline]] Object* moved(const Object* object) const {
    const std::size_t word = offset_of(object) / 8;
    const std::uint64_t before = live_[word / 64] & bits_below(word % 64);
    return reinterpret_cast<Object*>(targets_[word / 64] + std::size_t{8} * count_bits(before));
  }

  /// Calls visit(Object*) for every marked object of a block, in order of address.
  template <class Visit>
  void for_each_marked(BlockIndex block, Visit&& visit) const {
    const std::uint64_t* starts = starts_of(block);
    std::byte* line = begin_of(block);
    for (std::size_t i = 0; i < lines_per_block; ++i, line += line_bytes) {
      for (std::uint64_t bits = starts[i]; bits != 0; bits &= bits - 1) {
        visit(reinterpret_cast<Object*>(line + 8 * std::countr_zero(bits)));
      }
    }
  }

  std::size_t metadata_bytes() const {
    return starts_.committed_bytes() + live_.committed_bytes() + targets_.committed_bytes();
  }

 private:
  MappedArray<Block> blocks_;
  SideTable<std::uint64_t> starts_;
  SideTable<std::uint64_t> live_;
  SideTable<std::byte*> targets_;
};

}  // namespace reclaim::gen
