// Identity hashes: a number that stays with an object while it lives. Where objects stay put it is
// a mix of the address and costs nothing. Where they move it is drawn from a counter when it is
// first asked for, and kept in a word that the option IdentityHashed embeds: eight bytes in the
// objects of such types, none in others. (Java keeps it in the header, which is longer for it;
// Bacon, Fink and Grove 2002 let an object grow by a word when it moves, which each copying loop
// would pay for.)
#pragma once

#include <atomic>
#include <cstdint>

#include "base/bits.h"

namespace reclaim::parts {

/// Never 0. Two objects may share a hash. Thread-safe.
template <class T>
std::uint64_t identity_hash_of(T* object) {
  static_assert(T::is_identity_hashed,
                "a type whose identity is hashed opts in: Object<T, IdentityHashed>");
  if constexpr (T::is_traced) {
    static std::atomic<std::uint64_t> drawn{0};
    std::uint64_t hash = object->hash.load(std::memory_order_relaxed);
    if (hash != 0) return hash;
    const std::uint64_t mine = mix(drawn.fetch_add(1, std::memory_order_relaxed)) | 1;
    return object->hash.compare_exchange_strong(hash, mine, std::memory_order_relaxed) ? mine
                                                                                       : hash;
  } else {
    return mix(reinterpret_cast<std::uintptr_t>(object)) | 1;
  }
}

}  // namespace reclaim::parts
