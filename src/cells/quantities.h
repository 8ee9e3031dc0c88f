// Sizes and heap limits as people write them: 50MB, 64MiB, 50m, 2x, min, grow:1.5x.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reclaim::cells {

/// Bytes of "4096", "50MB" (50 000 000), "50MiB" or, as a JVM spells it, "50m" (52 428 800).
/// Nothing when the text is no such number or exceeds 2^63.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// "52.4 MB": three significant digits, decimal units, as in the reports.
std::string format_bytes(std::uint64_t bytes);

/// "850 ms", "12.3 s", "3 min 20 s".
std::string format_seconds(double seconds);

/// A heap limit that was asked for; what it comes to in bytes depends on the workload.
struct HeapLimit {
  enum class Kind { bytes, times_live_peak, minimum, growing, unlimited };
  Kind kind = Kind::unlimited;
  double times = 0;         ///< kind == times_live_peak; kind == growing: HeapOptions::growth
  std::uint64_t bytes = 0;  ///< kind == bytes
  std::string label;        ///< as typed: stands in the record as "heap"
};

/// One element of `--heap`. Throws UsageError.
HeapLimit parse_heap_limit(std::string_view text);

/// At which operations are due.
struct Arrivals {
  double per_s = 0;   ///< over all threads; 0: by the load
  double load = 0;    ///< of the rate that the same cell reaches without a schedule; 0: not asked
  std::string label;  ///< as typed: stands in the record as "arrivals"
};

/// The value of `--rate`: operations a second, or "80%". Throws UsageError.
Arrivals parse_arrivals(std::string_view text);

}  // namespace reclaim::cells
