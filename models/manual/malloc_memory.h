// Objects come from malloc and go to free. Which malloc is decided when the process starts.
// In checked builds freed memory is held back for a while, so that a use after discard meets the
// audit word of a dead object rather than somebody else's live one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>

#include "base/assert.h"
#include "base/exhaustion.h"

namespace reclaim::manual {

template <bool = checked>
struct Quarantine {
  void put(void* memory) { std::free(memory); }
};

/// The last `capacity` objects that a mutator freed. One thread.
template <>
class Quarantine<true> {
 public:
  static constexpr std::size_t capacity = 512;
  Quarantine() = default;
  ~Quarantine() {
    for (void* memory : held_) std::free(memory);
  }
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  void put(void* memory) {
    std::free(held_[next_]);
    held_[next_] = memory;
    next_ = (next_ + 1) % capacity;
  }

 private:
  std::array<void*, capacity> held_{};
  std::size_t next_ = 0;
};

/// The memory policy of parts::RawModel for `manual`. Exhaustion ends the process.
class MallocMemory {
 public:
  static constexpr bool reclaims = true;

  void* allocate(std::size_t bytes) { return verified(std::malloc(bytes), bytes); }
  void* allocate_zeroed(std::size_t bytes) { return verified(std::calloc(1, bytes), bytes); }
  void* reallocate(void* memory, std::size_t, std::size_t bytes) {
    return verified(std::realloc(memory, bytes), bytes);
  }
  void release(void* memory) { quarantine_.put(memory); }

 private:
  static void* verified(void* memory, std::size_t bytes) {
    if (memory == nullptr) [[unlikely]] {
      out_of_memory("malloc", bytes, 0);
    }
    return memory;
  }

  [[no_unique_address]] Quarantine<> quarantine_;
};

}  // namespace reclaim::manual
