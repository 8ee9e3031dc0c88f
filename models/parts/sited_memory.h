// Memory that keeps, in front of each object, the number of the place where it was made: for the
// census by site (boundary/sites.h), and only in its instantiation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace reclaim::parts {

/// As large as malloc's alignment, so that what follows is aligned as ever.
struct alignas(std::max_align_t) SiteMark {
  std::uint32_t number = 0;

  /// `prefix_bytes`: what the model itself puts between the mark and the object.
  static SiteMark& of(void* object, std::size_t prefix_bytes = 0) {
    return *(reinterpret_cast<SiteMark*>(static_cast<std::byte*>(object) - prefix_bytes) - 1);
  }
};

/// Memory: a policy that keeps nothing in the heap.
template <class Memory>
class SitedMemory {
 public:
  static constexpr bool reclaims = Memory::reclaims;

  void* allocate(std::size_t bytes) { return behind(memory_.allocate(whole(bytes))); }
  void* allocate_zeroed(std::size_t bytes) { return behind(memory_.allocate_zeroed(whole(bytes))); }
  /// The mark goes with it.
  void* reallocate(void* memory, std::size_t old_bytes, std::size_t bytes) {
    return behind(memory_.reallocate(&SiteMark::of(memory), whole(old_bytes), whole(bytes)));
  }
  void release(void* memory) { memory_.release(&SiteMark::of(memory)); }

 private:
  static std::size_t whole(std::size_t bytes) { return sizeof(SiteMark) + bytes; }
  static void* behind(void* mark) { return static_cast<SiteMark*>(mark) + 1; }

  [[no_unique_address]] Memory memory_;
};

/// The memory of a model that counts so.
template <class Counting, class Memory>
using MemoryFor = std::conditional_t<Counting::by_site, SitedMemory<Memory>, Memory>;

/// What such a model has in front of an object for it.
template <class Counting>
inline constexpr std::size_t mark_bytes = Counting::by_site ? sizeof(SiteMark) : 0;

}  // namespace reclaim::parts
