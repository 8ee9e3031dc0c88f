// Which worker may touch what, while several collect together. A block belongs to the worker that
// first reached an object in it; only its owner reads and writes the headers and the mark bits of
// the objects there, so that neither a forwarding address nor a mark takes an atomic operation.
// Whoever finds a reference into another's block sends it there (exchange.h). One atomic operation
// a block, instead of one an object; and what was made together is mostly one worker's.
// (After Oancea, Mycroft, Watt 2009: processors own memory, references travel to their owners.)
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

#include "base/mapping.h"
#include "models/gen/block.h"
#include "models/gen/crew.h"

namespace reclaim::gen {

/// The owners of the blocks of one space, for one collection. Thread-safe but for clear().
class Territory {
 public:
  explicit Territory(std::size_t blocks) : owners_(blocks) {}

  /// Nobody owns the first `blocks` blocks.
  void clear(std::size_t blocks) { std::memset(owners_.data(), 0, blocks); }

  /// Who owns the block: `worker`, if nobody did.
  [[gnu::always_inline]] unsigned owner(BlockIndex block, unsigned worker) {
    const std::uint8_t owner = at(block).load(std::memory_order_relaxed);
    if (owner != 0) [[likely]]
      return owner - 1u;
    return claim(block, worker);
  }

 private:
  std::atomic_ref<std::uint8_t> at(BlockIndex block) {
    return std::atomic_ref<std::uint8_t>{owners_[block]};
  }
  [[gnu::noinline]] unsigned claim(BlockIndex block, unsigned worker) {
    std::uint8_t nobody = 0;
    const auto me = static_cast<std::uint8_t>(worker + 1);
    if (at(block).compare_exchange_strong(nobody, me, std::memory_order_relaxed)) return worker;
    return nobody - 1u;
  }

  MappedArray<std::uint8_t> owners_;  ///< worker + 1; 0: nobody
};

}  // namespace reclaim::gen
