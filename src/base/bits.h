// Small arithmetic on sizes and addresses.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace reclaim {

inline constexpr std::size_t cache_line_bytes = 64;

/// The least multiple of `alignment` that is >= n. `alignment` is a power of two.
constexpr std::size_t align_up(std::size_t n, std::size_t alignment) {
  return (n + alignment - 1) & ~(alignment - 1);
}

/// A well-mixed 64-bit value of x: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// A pattern for (seed, logical operation): what an object carries and what its last use folds in.
constexpr std::uint64_t pattern(std::uint64_t seed, std::uint64_t operation) {
  return mix(seed ^ mix(operation));
}

}  // namespace reclaim
