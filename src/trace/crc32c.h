// CRC-32C (Castagnoli), eight bytes a step by tables (Kounavis, Berry 2005): finds every single-bit
// and every burst error up to 32 bits, on any machine, without special instructions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reclaim::trace {

namespace internal {
consteval std::array<std::array<std::uint32_t, 256>, 8> crc32c_tables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78u : 0);
    tables[0][byte] = value;
  }
  for (std::size_t table = 1; table < 8; ++table) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}
inline constexpr auto crc_tables = crc32c_tables();
}  // namespace internal

/// The CRC of `size` bytes, continuing from that of the bytes before them (`crc` 0: from the
/// start).
inline std::uint32_t crc32c(const std::uint8_t* bytes, std::size_t size, std::uint32_t crc = 0) {
  const auto& table = internal::crc_tables;
  std::uint32_t value = ~crc;
  for (; size >= 8; bytes += 8, size -= 8) {
    // The analyzer loses sight of a header whose fields were set one by one.
    const std::uint32_t low =  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult)
        value ^ (std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 |
                 std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24);
    value = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff] ^
            table[4][low >> 24] ^ table[3][bytes[4]] ^ table[2][bytes[5]] ^ table[1][bytes[6]] ^
            table[0][bytes[7]];
  }
  for (; size != 0; ++bytes, --size) value = (value >> 8) ^ table[0][(value ^ *bytes) & 0xff];
  return ~value;
}

}  // namespace reclaim::trace
