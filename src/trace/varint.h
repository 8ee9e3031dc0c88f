// Little-endian base-128 integers (DWARF's ULEB128), shared by the recorder, which may not use the
// standard library's objects, and by everything that reads what it wrote.
#pragma once

#include <cstdint>

namespace reclaim::trace {

/// The most bytes that one 64-bit integer takes.
inline constexpr unsigned varint_most_bytes = 10;

/// Writes `value` at `out` (room for varint_most_bytes) and returns the place behind it.
inline std::uint8_t* put_varint(std::uint8_t* out, std::uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<std::uint8_t>(value);
  return out;
}

/// Reads an integer from [at, end). Returns false, and leaves `at` where it is, when the bytes end
/// within the integer or it does not fit 64 bits.
inline bool get_varint(const std::uint8_t*& at, const std::uint8_t* end, std::uint64_t& value) {
  std::uint64_t sum = 0;
  const std::uint8_t* in = at;
  for (unsigned shift = 0; shift < 64 && in != end; shift += 7) {
    const std::uint64_t byte = *in++;
    if (shift == 63 && byte > 1) return false;
    sum |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = sum;
      at = in;
      return true;
    }
  }
  return false;
}

/// Signed differences as unsigned integers, small ones small (zigzag).
constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t code) { return (code >> 1) ^ (0 - (code & 1)); }

}  // namespace reclaim::trace
