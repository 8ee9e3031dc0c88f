// See format.h.
#include "report/format.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace reclaim::report {
namespace {

struct SizedUnit {
  double size;
  std::string_view name;
};

constexpr std::array<SizedUnit, 4> time_units{{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}};
constexpr std::array<SizedUnit, 5> byte_units{
    {{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}};

constexpr std::array<SizedUnit, 3> count_units{{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};

/// Decimals that leave three significant digits of a value >= 0.
int decimals_for(double value) { return value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2; }

/// The largest unit in which the value, rounded to three digits, is at least 1; else the smallest.
const SizedUnit& unit_for(std::span<const SizedUnit> units, double value) {
  for (const SizedUnit& unit : units) {
    if (value >= 0.9995 * unit.size) return unit;
  }
  return units.back();
}

std::string with_unit(std::span<const SizedUnit> units, double value) {
  if (value == 0) return "0";
  const SizedUnit& unit = unit_for(units, value);
  const double scaled = value / unit.size;
  return fmt::format("{:.{}f} {}", scaled,
                     unit.size == 1 && unit.name == "B" ? 0 : decimals_for(scaled), unit.name);
}

Scale scale_for(std::span<const SizedUnit> units, double least, double most) {
  const SizedUnit* unit = &unit_for(units, least > 0 ? least : most);
  while (most / unit->size >= 1e6 && unit != &units.front()) --unit;
  const int decimals = unit->name == "B" ? 0 : decimals_for(least / unit->size);
  return {unit->size, unit->name, decimals};
}

}  // namespace

std::string duration(double seconds) { return with_unit(time_units, seconds); }

std::string bytes(double count) { return with_unit(byte_units, count); }

std::string count(double number) {
  if (number >= 1e7) return rough_count(number);
  const std::string digits = fmt::format("{:.0f}", number);
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string rough_count(double number) {
  if (number < 1000) return count(number);
  const SizedUnit& unit = unit_for(count_units, number);
  return fmt::format("{:.{}f} {}", number / unit.size, decimals_for(number / unit.size), unit.name);
}

std::string ratio(double value) { return fmt::format("{:.{}f}×", value, decimals_for(value)); }

std::string percent(double share) {
  const double value = share * 100;
  return fmt::format("{:.{}f} %", value, value < 9.95 ? 1 : 0);
}

std::string p_value(double p) {
  return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.{}f}", p, p < 0.1 ? 3 : 2);
}

std::string Scale::number(double value) const {
  return fmt::format("{:.{}f}", value / divisor, decimals);
}

Scale time_scale(double least, double most) { return scale_for(time_units, least, most); }

Scale byte_scale(double least, double most) { return scale_for(byte_units, least, most); }

}  // namespace reclaim::report
