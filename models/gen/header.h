// The eight bytes before every object's fields.
//
//   bit  63            32 31     16 15 13 12           1   0
//        [ lock word     ][ flags  ][ age ][ type id    ][ 1 ]
//
// Bit 0 is set in every header, so a word whose bit 0 is clear is either a forwarding address (an
// object has moved, and this is where to) or no object at all.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "boundary/type_info.h"

namespace reclaim::gen {

/// The header as one word: what the collector copies, and what a forwarding address replaces.
using HeaderWord [[gnu::may_alias]] = std::uint64_t;

namespace header {
inline constexpr std::uint32_t object = 1u << 0;  ///< always set: this is no forwarding address
inline constexpr int type_shift = 1;
inline constexpr std::uint32_t type_mask = 0xfffu;
inline constexpr int age_shift = 13;
inline constexpr std::uint32_t age_one = 1u << age_shift;
inline constexpr std::uint32_t age_mask = 7u << age_shift;
inline constexpr std::uint32_t unlogged = 1u << 16;  ///< old, and not remembered
inline constexpr std::uint32_t chunked = 1u << 17;   ///< large array: recorded by chunk
inline constexpr std::uint32_t old = 1u << 18;       ///< in the old generation
inline constexpr std::uint32_t pinned = 1u << 19;    ///< must not move
inline constexpr std::uint32_t marked = 1u << 20;  ///< large or pinned: reached by this collection
}  // namespace header

static_assert(max_types <= header::type_mask + 1);

struct Header {
  static constexpr bool has_lock_word = true;
  static constexpr bool is_traced = true;
  std::atomic<std::uint32_t> bits{0};
  std::atomic<std::uint32_t> lock{0};  ///< the monitor's (models/parts/monitor.h)

  std::uint32_t flags() const { return bits.load(std::memory_order_relaxed); }
  /// flags(), for the write barrier's fast path: a plain read. Another thread may write them
  /// meanwhile, which changes nothing: remember() looks again, atomically, and an object becomes
  /// old only while its mutators stand. To compilers an atomic operation, and a volatile read, is
  /// an event of its own; a plain one they leave out where they have just seen begin(), with the
  /// whole barrier of an object that is being filled, and so keep alive no Locals for it. Checked
  /// builds, which the race detector sees, read atomically.
  std::uint32_t barrier_flags() const {
    if constexpr (checked) return flags();
    return *reinterpret_cast<const std::uint32_t*>(&bits);
  }
  HeaderWord& word() { return *reinterpret_cast<HeaderWord*>(this); }
  HeaderWord word() const { return *reinterpret_cast<const HeaderWord*>(this); }

  /// A new object's header, in one store. That a type's id reaches no flag is for the compiler
  /// (barrier_flags).
  void begin(std::uint32_t type_id) {
    if (type_id > header::type_mask) __builtin_unreachable();
    word() = HeaderWord{header::object | (type_id << header::type_shift)};
  }
};
static_assert(sizeof(Header) == sizeof(HeaderWord));

/// Any object, as the collector sees it.
using Object = Header;

constexpr std::uint32_t type_of(HeaderWord word) {
  return static_cast<std::uint32_t>(word >> header::type_shift) & header::type_mask;
}
constexpr std::uint32_t age_of(HeaderWord word) {
  return (static_cast<std::uint32_t>(word) & header::age_mask) >> header::age_shift;
}
constexpr bool is_forwarded(HeaderWord word) { return (word & header::object) == 0; }

inline std::uintptr_t address_of(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

}  // namespace reclaim::gen
