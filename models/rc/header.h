// The eight bytes in front of every counted object:
//   alive  [count 32][0 16][type 16]
//   dead   [next dead, bits 0..31][next dead, bits 32..47][type 16]
// A dead object waits for its end in a list that is threaded through the objects themselves, so
// that reclaiming a chain of any length takes neither recursion nor memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "boundary/type_info.h"

namespace reclaim::rc {

template <class CountPolicy>
struct alignas(void*) Header {
  using Count = CountPolicy;
  static constexpr bool has_lock_word = false;
  static constexpr bool is_traced = false;
  /// Where the dead go on being counted, their link is not threaded through the count's word.
  static constexpr bool has_own_link = requires(const Count& c) { c.link(); };

  Count count;

  /// The count is one; the type has to be set. (Written once, whole: a header that is zeroed first
  /// and filled in later costs clang's code a store that the next load cannot be forwarded from.)
  Header() {}  // NOLINT(clang-analyzer-optin.cplusplus.UninitializedObject)

  std::uint32_t type_id() const { return link_and_type_ >> 16; }
  const TypeInfo& type() const { return *TypeTable::instance().types[type_id()]; }
  void set_type(const TypeInfo& type) { link_and_type_ = type.id << 16; }

  Header* next_dead() const {
    if constexpr (has_own_link) {
      return static_cast<Header*>(count.link());
    } else {
      const auto low = std::uintptr_t{count.value()};
      return reinterpret_cast<Header*>(std::uintptr_t{link_and_type_ & 0xffff} << 32 | low);
    }
  }
  void set_next_dead(Header* next) {
    if constexpr (has_own_link) {
      count.set_link(next);
    } else {
      const auto address = reinterpret_cast<std::uintptr_t>(next);
      if constexpr (checked) require(address >> 48 == 0, "an address has more than 48 bits");
      count.reuse(static_cast<std::uint32_t>(address));
      link_and_type_ = (link_and_type_ & ~0xffffu) | static_cast<std::uint32_t>(address >> 32);
    }
  }

 private:
  std::uint32_t link_and_type_;
};

static_assert(max_types <= std::size_t{1} << 16);

/// The length of an array, which is the last word of its head.
template <class Header>
std::size_t array_length(const Header* object, const TypeInfo& type) {
  if (type.shape != Shape::array) return 0;
  const auto* end = reinterpret_cast<const std::byte*>(object) + type.head_bytes;
  return *reinterpret_cast<const std::size_t*>(end - sizeof(std::size_t));
}

/// Calls f(Header*& child) for each reference of the object that is not null.
template <class Header, class F>
void for_each_child(Header* object, const TypeInfo& type, F&& f) {
  for_each_slot(type, object, array_length(object, type), [&](void** slot) {
    if (*slot != nullptr) f(*reinterpret_cast<Header**>(slot));
  });
}

}  // namespace reclaim::rc
