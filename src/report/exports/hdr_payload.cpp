// The V2 encoding: a head of 40 bytes, then the counts of all buckets up to the last that is used,
// each a ZigZag LEB128 number, a run of empty ones a negative number; deflated behind a head of 8.
#include "report/exports/hdr_payload.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "measure/histogram.h"

namespace reclaim::report {
namespace {

constexpr std::uint32_t counts_cookie =
    0x1c849303 | 0x10;  // | 0x10: LEB128, not words of fixed size
constexpr std::uint32_t compressed_cookie = 0x1c849304 | 0x10;
constexpr std::uint32_t significant_digits = 2;

// With d digits HdrHistogram has 2 * 10^d buckets, rounded up to a power of two, before it begins
// to cut octaves into half as many.
static_assert(2 * Histogram::parts == 256 && significant_digits == 2);

template <class Number>
void append(std::string& bytes, Number number) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>((number >> shift) & 0xff);
  }
}

/// The ninth byte has eight bits of the number, so that 64 fit.
void append_leb128(std::string& bytes, std::uint64_t number) {
  for (int i = 0; i < 8 && number >= 0x80; ++i) {
    bytes += static_cast<char>((number & 0x7f) | 0x80);
    number >>= 7;
  }
  bytes += static_cast<char>(number);
}

void append_zigzag(std::string& bytes, std::int64_t number) {
  append_leb128(
      bytes, (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63));
}

std::string counts_of(const Buckets& histogram) {
  std::string bytes;
  std::size_t next = 0;  // bucket that is to be written
  for (std::size_t i = 0; i < histogram.size();) {
    const std::size_t bucket = Histogram::bucket_of(histogram[i].first);
    std::uint64_t count = 0;
    for (; i < histogram.size() && Histogram::bucket_of(histogram[i].first) == bucket; ++i) {
      count += histogram[i].second;
    }
    if (count == 0) continue;
    if (bucket > next) append_zigzag(bytes, -static_cast<std::int64_t>(bucket - next));
    append_zigzag(bytes, static_cast<std::int64_t>(count));
    next = bucket + 1;
  }
  return bytes;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8) | (k < present ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= present ? digits[(group >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return text;
}

}  // namespace

std::string hdr_payload(const Buckets& histogram) {
  const std::string counts = counts_of(histogram);
  std::string plain;
  append(plain, counts_cookie);
  append(plain, static_cast<std::uint32_t>(counts.size()));
  append(plain, std::uint32_t{0});  // offset that normalises indices
  append(plain, significant_digits);
  append(plain, std::uint64_t{1});                                   // least value told apart
  append(plain, (std::uint64_t{1} << Histogram::largest_bits) - 1);  // greatest value
  append(plain, std::bit_cast<std::uint64_t>(1.0));                  // integers to doubles
  plain += counts;

  uLongf size = ::compressBound(static_cast<uLong>(plain.size()));
  std::string deflated(size, '\0');
  const int status =
      ::compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
                 reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()));
  if (status != Z_OK) throw std::runtime_error("zlib cannot compress a histogram");
  deflated.resize(size);

  std::string bytes;
  append(bytes, compressed_cookie);
  append(bytes, static_cast<std::uint32_t>(deflated.size()));
  return base64(bytes + deflated);
}

}  // namespace reclaim::report
