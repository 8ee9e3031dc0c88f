// guarded: malloc and free with a canary on either side of each object, looked at when the object
// is freed: what a debugging allocator costs, and what it finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "boundary/census.h"
#include "boundary/traits.h"
#include "models/manual/malloc_memory.h"
#include "models/parts/raw_model.h"

namespace reclaim {

namespace guarded {

/// The memory policy of parts::RawModel:  [bytes][canary] object [canary]
class GuardedMemory {
 public:
  static constexpr bool reclaims = true;

  void* allocate(std::size_t bytes) { return guard(malloc_.allocate(bytes + extra), bytes); }
  void* allocate_zeroed(std::size_t bytes) {
    return guard(malloc_.allocate_zeroed(bytes + extra), bytes);
  }
  void* reallocate(void* object, std::size_t old_bytes, std::size_t bytes) {
    verify(object);
    void* whole = malloc_.reallocate(begin(object), old_bytes + extra, bytes + extra);
    return guard(whole, bytes);
  }
  void release(void* object) {
    verify(object);
    malloc_.release(begin(object));
  }

 private:
  static constexpr std::uint64_t canary = 0x5ca1ab1e0ddba11;
  static constexpr std::size_t front = 16;  // malloc's alignment is kept
  static constexpr std::size_t extra = front + sizeof canary;

  static std::byte* begin(void* object) { return static_cast<std::byte*>(object) - front; }

  static void* guard(void* whole, std::size_t bytes) {
    auto* object = static_cast<std::byte*>(whole) + front;
    std::memcpy(object - front, &bytes, sizeof bytes);
    std::memcpy(object - sizeof canary, &canary, sizeof canary);
    std::memcpy(object + bytes, &canary, sizeof canary);
    return object;
  }
  static void verify(void* object) {
    std::size_t bytes = 0;
    std::memcpy(&bytes, begin(object), sizeof bytes);
    const auto* end = static_cast<std::byte*>(object) + bytes;
    if (std::memcmp(begin(object) + sizeof bytes, &canary, sizeof canary) != 0 ||
        std::memcmp(end, &canary, sizeof canary) != 0) {
      violation("a program writes inside its objects", "it wrote beside one");
    }
  }

  manual::MallocMemory malloc_;
};

}  // namespace guarded

template <class Counting = Counted>
struct Guarded : parts::RawModel<Counting, parts::RawHandles, guarded::GuardedMemory> {
  static constexpr ModelTraits traits{.id = "guarded",
                                      .like = "a debugging allocator",
                                      .summary = "malloc and free with canaries around each object",
                                      .uses_malloc = true,
                                      .wants_discard = true};
};

}  // namespace reclaim
