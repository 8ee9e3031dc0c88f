// Durations in log-linear buckets, after HdrHistogram (Tene): each power of two is cut into 128
// equal parts, so a recorded value and the value reported for it differ by at most 1/256 (0.4 %).
// Fixed size, no allocation after construction; one writer, readers after it has stopped.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace reclaim {

/// Counts of values in [0, 2^44) nanoseconds (about five hours); larger ones count as the largest.
class Histogram {
 public:
  static constexpr int part_bits = 7;
  static constexpr std::uint64_t parts = 1u << part_bits;
  static constexpr int largest_bits = 44;
  static constexpr std::size_t bucket_count = (largest_bits - part_bits + 1) * parts;

  void record(std::int64_t nanoseconds) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    ++buckets_[bucket_of(value)];
    ++count_;
    total_ += value;
    max_ = std::max(max_, value);
  }

  void add(const Histogram& other) {
    for (std::size_t i = 0; i < bucket_count; ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t total_ns() const { return total_; }  ///< exact
  std::uint64_t max_ns() const { return max_; }      ///< exact

  /// The least recorded value v with at least q * count() values <= v, within 0.4 %; 0 when empty.
  /// q in [0, 1].
  std::uint64_t quantile_ns(double q) const {
    const auto wanted =
        static_cast<std::uint64_t>(std::max(1.0, q * static_cast<double>(count_) + 0.999999));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < bucket_count; ++i) {
      seen += buckets_[i];
      if (buckets_[i] != 0 && seen >= wanted) return std::min(middle_of(i), max_);
    }
    return max_;
  }

  /// Calls f(middle in nanoseconds, count) for each bucket that is not empty, ascending.
  template <class F>
  void for_each_bucket(F&& f) const {
    for (std::size_t i = 0; i < bucket_count; ++i) {
      if (buckets_[i] != 0) f(middle_of(i), buckets_[i]);
    }
  }

  /// Bucket of a value: values below 2 * parts have a bucket each; above, parts buckets an octave.
  static constexpr std::size_t bucket_of(std::uint64_t value) {
    value = std::min(value, (std::uint64_t{1} << largest_bits) - 1);
    if (value < 2 * parts) return static_cast<std::size_t>(value);
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - part_bits;
    return static_cast<std::size_t>((static_cast<std::uint64_t>(shift) << part_bits) +
                                    (value >> shift));
  }

  /// The middle of a bucket's values.
  static constexpr std::uint64_t middle_of(std::size_t bucket) {
    if (bucket < 2 * parts) return bucket;
    const auto shift = (bucket >> part_bits) - 1;
    const auto low = ((bucket & (parts - 1)) + parts) << shift;
    return low + ((std::uint64_t{1} << shift) >> 1);
  }

 private:
  std::array<std::uint64_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace reclaim
