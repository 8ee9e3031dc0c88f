// Numbers with units, both ways.
#include "cells/quantities.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "cells/names.h"

namespace reclaim::cells {

namespace {

/// The number at the start of `text`, which it removes. Digits and at most one point.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || !(value >= 0)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 17> units = {{
      {"", 1},
      {"B", 1},
      {"kB", 1e3},
      {"KB", 1e3},
      {"MB", 1e6},
      {"GB", 1e9},
      {"KiB", 0x1p10},
      {"MiB", 0x1p20},
      {"GiB", 0x1p30},
      {"k", 0x1p10},
      {"K", 0x1p10},
      {"m", 0x1p20},
      {"M", 0x1p20},
      {"g", 0x1p30},
      {"G", 0x1p30},
      {"kb", 1e3},
      {"mb", 1e6},
  }};
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const auto& [unit, factor] : units) {
    if (text == unit && *number * factor < 0x1p63) {
      return static_cast<std::uint64_t>(std::llround(*number * factor));
    }
  }
  return std::nullopt;
}

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> units = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, units[unit]);
}

std::string format_seconds(double seconds) {
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

Arrivals parse_arrivals(std::string_view text) {
  Arrivals arrivals;
  arrivals.label = std::string(text);
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (number && *number > 0 && rest == "%" && *number <= 1000) {
    arrivals.load = *number / 100;
  } else if (number && *number > 0 && rest.empty() && *number <= 1e12) {
    arrivals.per_s = *number;
  } else {
    throw UsageError(fmt::format(
        "--rate {}: operations a second, or a part of what is reached without a rate, as 80%",
        text));
  }
  return arrivals;
}

namespace {
constexpr double least_growth = 1.05, most_growth = 1000;
}

HeapLimit parse_heap_limit(std::string_view text) {
  HeapLimit limit;
  limit.label = std::string(text);
  if (text == "min") {
    limit.kind = HeapLimit::Kind::minimum;
    return limit;
  }
  if (text == "none") return limit;
  if (constexpr std::string_view grow = "grow:"; text.starts_with(grow)) {
    std::string_view rest = text.substr(grow.size());
    const auto times = take_number(rest);
    if (times && rest == "x" && *times >= least_growth && *times <= most_growth) {
      limit.kind = HeapLimit::Kind::growing;
      limit.times = *times;
      return limit;
    }
    throw UsageError(fmt::format("'{}': a heap grows to grow:{}x .. grow:{}x of what lives", text,
                                 least_growth, most_growth));
  }
  if (text.size() > 1 && text.back() == 'x') {
    std::string_view rest = text;
    const auto times = take_number(rest);
    if (times && rest == "x" && *times > 0 && *times <= 1e6) {
      limit.kind = HeapLimit::Kind::times_live_peak;
      limit.times = *times;
      return limit;
    }
  } else if (const auto bytes = parse_bytes(text); bytes && *bytes > 0) {
    limit.kind = HeapLimit::Kind::bytes;
    limit.bytes = *bytes;
    return limit;
  }
  throw UsageError(
      fmt::format("'{}' is no heap limit: write 2x (of the declared live peak), 50MB, 50MiB, min, "
                  "grow:1.5x (of what the last full collection left) or none",
                  text));
}

}  // namespace reclaim::cells
