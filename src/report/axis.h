// Axes of charts: where a value lies, and which round numbers deserve a tick.
#pragma once

#include <vector>

namespace reclaim::report {

/// Maps values to per cent of the drawing area's length.
class Axis {
 public:
  /// From 0 to a little over `most`.
  static Axis linear(double most);
  /// Covers [least, most] with a margin, at least `decades` wide. Both positive.
  static Axis logarithmic(double least, double most, double decades = 0.5);

  /// 0 to 100 for values on the axis; clamped to it.
  double place(double value) const;
  /// Round values on the axis, at most about `wanted` of them.
  std::vector<double> ticks(int wanted) const;

 private:
  Axis(bool log, double low, double high) : logarithmic_(log), low_(low), high_(high) {}
  bool logarithmic_;
  double low_, high_;  // of log10(value) when logarithmic
};

}  // namespace reclaim::report
