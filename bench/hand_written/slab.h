// The least that memory can cost: a bump pointer over one warm slab that starts again when the next
// tree would not fit. Knows when nothing is alive, which no real memory manager is told.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <utility>

#include "base/bits.h"
#include "base/mapping.h"

namespace reclaim::bench {

class FromSlab {
 public:
  explicit FromSlab(std::size_t bytes) : slab_(bytes) {
    for (std::size_t i = 0; i < bytes; i += 4096) slab_[i] = std::byte{1};
  }

  void* allocate(std::size_t bytes) {
    bytes = align_up(bytes, alignof(void*));
    if (__builtin_expect(static_cast<long>(bytes > slab_.size() - used_), 0L) != 0) std::abort();
    return slab_.data() + std::exchange(used_, used_ + bytes);
  }
  void release(void*) {}
  void begin_tree(std::size_t bytes) {
    if (bytes > slab_.size() - used_) used_ = 0;
  }
  void begin_again() { used_ = 0; }

 private:
  MappedArray<std::byte> slab_;
  std::size_t used_ = 0;
};

}  // namespace reclaim::bench
