// A bump pointer over chunks fresh from the system; nothing is ever given back.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "base/bits.h"
#include "base/exhaustion.h"

namespace reclaim::null {

/// The memory policy of parts::RawModel for `null`: one chunk a mutator at a time. Fresh pages are
/// zero, so zeroing is free here; touching them for the first time is what costs.
class BumpMemory {
 public:
  static constexpr bool reclaims = false;
  static constexpr std::size_t chunk_bytes = std::size_t{32} << 20;

  void* allocate(std::size_t bytes) {
    bytes = align_up(bytes, alignof(void*));
    if (bytes > static_cast<std::size_t>(end_ - top_)) [[unlikely]] {
      return allocate_slow(bytes);
    }
    return std::exchange(top_, top_ + bytes);
  }
  void* allocate_zeroed(std::size_t bytes) { return allocate(bytes); }
  void* reallocate(void* memory, std::size_t old_bytes, std::size_t bytes) {
    return std::memcpy(allocate(bytes), memory, old_bytes < bytes ? old_bytes : bytes);
  }
  void release(void*) {}

 private:
  [[gnu::noinline]] void* allocate_slow(std::size_t bytes) {
    const bool apart = bytes > chunk_bytes / 8;  // large objects do not end the chunk
    const std::size_t length = apart ? align_up(bytes, 4096) : chunk_bytes;
    void* memory = mmap(nullptr, length, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) out_of_memory("null", length, 0);
    if (apart) return memory;
    top_ = static_cast<std::byte*>(memory) + bytes;
    end_ = static_cast<std::byte*>(memory) + length;
    return memory;
  }

  std::byte* top_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace reclaim::null
