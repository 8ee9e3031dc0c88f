// In checked builds freed memory is held back for a while, so that a use after discard meets the
// audit word of a dead object rather than somebody else's live one. Nothing in unchecked builds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>

#include "base/assert.h"

namespace reclaim::manual {

template <bool = checked>
class Quarantine {};

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

}  // namespace reclaim::manual
