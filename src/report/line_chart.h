// Curves, a line for each model: one way to draw, tabulate and hand to the viewer whatever is a
// quantity against another one. What it is that is drawn stands in curves.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/charts.h"
#include "report/table.h"

namespace reclaim::report {

/// How a quantity is written: "61.2 ms", "34.1 MB", "20,000", "42 %", "1.31×".
enum class Unit : unsigned char { seconds, bytes, count, share, factor };

struct Dimension {
  std::string name;  ///< "wall time"; stands at the axis
  Unit unit = Unit::count;
  bool logarithmic = false;
  /// Ticks with their words, in place of round numbers; empty: round numbers.
  std::vector<std::pair<double, std::string>> ticks;
  std::optional<double> least, most;  ///< ends of the axis, where the values should not set them
};

struct Line {
  std::string model;
  std::string variant;                            ///< "metered": a second line of the same model
  std::vector<std::pair<double, double>> points;  ///< ascending x
};

struct LineChart {
  std::string title;  ///< for those who do not see it
  Dimension x, y;
  std::vector<Line> lines;
  std::vector<std::pair<double, double>> ideal;  ///< drawn thin behind the lines; empty: none
  std::optional<double> shaded_from;             ///< x beyond which the machine has no more cores

  /// There is a line that leads somewhere.
  bool worth_drawing() const;
};

/// As a still picture, "id" unique on the page.
std::string line_chart_svg(const LineChart& chart, const Palette& palette, const std::string& id);

/// A row a line. Its points, where there are few and the lines have them at the same x; otherwise
/// the first, the least, the most and the last.
Table line_chart_table(const LineChart& chart);

/// For the viewer.
nlohmann::json line_chart_data(const LineChart& chart, const Palette& palette);

/// At most about `most` of the points, each peak and valley among them: both ends, and the lowest
/// and highest of each stretch.
std::vector<std::pair<double, double>> thinned(const std::vector<std::pair<double, double>>& points,
                                               std::size_t most);

/// "61.2 ms" of 0.0612 seconds.
std::string shown(Unit unit, double value);

}  // namespace reclaim::report
