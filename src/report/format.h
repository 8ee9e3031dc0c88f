// Numbers for people: three significant digits, a unit, and one unit a column so that numerals
// align.
#pragma once

#include <string>
#include <string_view>

namespace reclaim::report {

/// "61.2 ms", "950 ns", "2.31 s".
std::string duration(double seconds);

/// "34.1 MB"; decimal units (1 MB = 10^6 bytes).
std::string bytes(double count);

/// "20,000"; from ten million on "12.3 M".
std::string count(double number);

/// "20.0 k", "1.20 M": three significant digits from a thousand on.
std::string rough_count(double number);

/// "1.31×", "13.1×", "131×".
std::string ratio(double value);

/// "3.1 %".
std::string percent(double share);

/// p-value: "p = 0.002", never "p = 0.000".
std::string p_value(double p);

/// A unit and a number of decimals that serve all numbers of a column.
struct Scale {
  double divisor = 1;
  std::string_view unit;
  int decimals = 0;

  /// The number alone, in the column's unit.
  std::string number(double value) const;
};

/// The unit that fits `least` with three significant digits, unless `most` would need over six
/// digits before the point. Both are non-negative.
Scale time_scale(double least, double most);
Scale byte_scale(double least, double most);

}  // namespace reclaim::report
