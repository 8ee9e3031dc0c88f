// Mistakes that programs make with their memory, made on purpose: which, and how often. They come
// from a seed, so that every model meets the same ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reclaim {

enum class Mistake : std::uint8_t {
  forget_free,     ///< a discard is left out
  double_free,     ///< an object is discarded twice
  use_after_free,  ///< an object is written after it was discarded
  missing_lock,    ///< what should be done inside synchronized is done outside
};

inline constexpr std::size_t mistake_count = 4;

/// Index: Mistake. As they are written on a command line.
inline constexpr std::array<std::string_view, mistake_count> mistake_names = {
    "forget-free", "double-free", "use-after-free", "missing-lock"};

/// One kind of mistake, made at random.
struct MistakeRate {
  Mistake mistake = Mistake::forget_free;
  double rate = 0;  ///< of the discards, or of the synchronized; 0: the program is right
  std::uint64_t seed = 0;

  bool any() const { return rate > 0; }
};

}  // namespace reclaim
