// The two words of a monitor (models/parts/monitor_protocol.h):
//   word   0                                    free
//          [recursion:16][owner:15][0]          thin: held `recursion + 1` times by `owner`
//          [index:31][1]                        inflated: the state is in monitor `index`
//   state  [generation:32][entrants:15][handoff:1][woken:1][owner:15]
//          generation odd: belongs to an object; even: free, or being deflated
//          entrants = threads that have announced themselves and do not own it yet
#pragma once

#include <cstdint>

namespace reclaim::parts {

/// The 32 bits in the object.
namespace lock_word {
inline constexpr std::uint32_t most_threads = 32767;
inline constexpr std::uint32_t most_recursion = 65535;
inline constexpr std::uint32_t one_recursion = 1u << 16;

constexpr std::uint32_t thin(std::uint32_t thread) { return thread << 1; }
constexpr std::uint32_t inflated(std::uint32_t index) { return index << 1 | 1u; }
constexpr bool is_inflated(std::uint32_t word) { return (word & 1u) != 0; }
constexpr std::uint32_t index(std::uint32_t word) { return word >> 1; }
constexpr std::uint32_t owner(std::uint32_t word) { return (word >> 1) & most_threads; }
constexpr std::uint32_t recursion(std::uint32_t word) { return word >> 16; }
}  // namespace lock_word

/// The 64 bits in the monitor.
namespace monitor_state {
inline constexpr std::uint64_t owner_mask = lock_word::most_threads;
inline constexpr std::uint64_t woken = 1ull << 15;
inline constexpr std::uint64_t handoff = 1ull << 16;
inline constexpr std::uint64_t one_entrant = 1ull << 17;
inline constexpr std::uint64_t entrants_mask = std::uint64_t{lock_word::most_threads} << 17;
inline constexpr std::uint64_t one_generation = 1ull << 32;
inline constexpr std::uint64_t generation_mask = ~(one_generation - 1);

constexpr std::uint32_t owner(std::uint64_t s) {
  return static_cast<std::uint32_t>(s & owner_mask);
}
constexpr bool bound(std::uint64_t s) { return (s & one_generation) != 0; }
}  // namespace monitor_state

}  // namespace reclaim::parts
