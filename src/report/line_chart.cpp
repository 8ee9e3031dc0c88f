// See line_chart.h. Lines are drawn in a nested picture that is stretched to the width there is;
// what must not be stretched, marks and words, stands beside it in per cent and pixels.
#include "report/line_chart.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "report/axis.h"
#include "report/chart_data.h"
#include "report/chart_parts.h"
#include "report/escape.h"
#include "report/format.h"

namespace reclaim::report {
namespace {

constexpr int height = 240;
constexpr double label_height = 13;
constexpr std::size_t most_columns = 12;

template <class Take>
Axis axis_of(const LineChart& chart, const Dimension& dimension, Take take) {
  double least = std::numeric_limits<double>::max(), most = 0;
  const auto see = [&](double value) {
    if (dimension.logarithmic && !(value > 0)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (const Line& line : chart.lines) {
    for (const auto& point : line.points) see(take(point));
  }
  for (const auto& point : chart.ideal) see(take(point));
  least = dimension.least.value_or(least);
  most = dimension.most.value_or(most);
  if (!dimension.logarithmic) return Axis::linear(most);
  if (!(most > 0)) return Axis::logarithmic(1, 1);
  return Axis::logarithmic(least, most);
}

std::vector<std::pair<double, std::string>> ticks_of(const Dimension& dimension, const Axis& axis,
                                                     int wanted) {
  if (!dimension.ticks.empty()) return dimension.ticks;
  std::vector<std::pair<double, std::string>> result;
  for (const double tick : axis.ticks(wanted)) {
    result.emplace_back(tick, tick_text(shown(dimension.unit, tick)));
  }
  return result;
}

std::string points_text(const std::vector<std::pair<double, double>>& points, const Axis& x,
                        const Axis& y) {
  std::string result;
  for (const auto& [at, value] : points) {
    result += fmt::format("{:.0f},{:.0f} ", x.place(at) * 10, (100 - y.place(value)) * 10);
  }
  if (!result.empty()) result.pop_back();
  return result;
}

/// Where the names of lines stand: at their ends, but never over one another.
std::vector<double> label_places(const std::vector<double>& wanted) {
  std::vector<std::size_t> order(wanted.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
  std::vector<double> places(wanted.size());
  double free_from = 0;
  for (const std::size_t i : order) {
    places[i] = std::max(wanted[i], free_from);
    free_from = places[i] + label_height;
  }
  double end = std::max(height - label_height / 2, label_height * double(wanted.size()));
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    places[*it] = std::min(places[*it], end);
    end = places[*it] - label_height;
  }
  return places;
}

std::string name_of(const Line& line) {
  return line.variant.empty() ? line.model : line.model + ", " + line.variant;
}

const char* unit_name(Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return "s";
    case Unit::bytes:
      return "B";
    case Unit::count:
      return "n";
    case Unit::share:
      return "%";
    case Unit::factor:
      return "x";
  }
  return "";
}

nlohmann::json dimension_data(const Dimension& dimension) {
  nlohmann::json result = {{"name", dimension.name}, {"unit", unit_name(dimension.unit)}};
  if (dimension.logarithmic) result["log"] = true;
  if (dimension.least) result["least"] = *dimension.least;
  if (dimension.most) result["most"] = *dimension.most;
  if (!dimension.ticks.empty()) result["ticks"] = dimension.ticks;
  return result;
}

nlohmann::json points_data(const std::vector<std::pair<double, double>>& points) {
  nlohmann::json result = nlohmann::json::array();
  for (const auto& [x, y] : points) {
    result.push_back(rounded(x));
    result.push_back(rounded(y));
  }
  return result;
}

}  // namespace

bool LineChart::worth_drawing() const {
  return std::any_of(lines.begin(), lines.end(),
                     [](const Line& line) { return line.points.size() > 1; });
}

std::string shown(Unit unit, double value) {
  switch (unit) {
    case Unit::seconds:
      return duration(value);
    case Unit::bytes:
      return bytes(value);
    case Unit::count:
      return count(value);
    case Unit::share:
      return percent(value);
    case Unit::factor:
      return ratio(value);
  }
  return {};
}

std::string line_chart_svg(const LineChart& chart, const Palette& palette, const std::string& id) {
  if (!chart.worth_drawing()) return {};
  const Axis x = axis_of(chart, chart.x, [](const auto& point) { return point.first; });
  const Axis y = axis_of(chart, chart.y, [](const auto& point) { return point.second; });
  std::string result = open_chart("lines", height + 2 * axis_height, id, chart.title,
                                  "A line for each model; the table has the numbers.");
  if (chart.shaded_from) {
    result +=
        fmt::format("<rect class=\"shade\" x=\"{:.2f}%\" y=\"0\" width=\"{:.2f}%\" height=\"{}\"/>",
                    x.place(*chart.shaded_from), 100 - x.place(*chart.shaded_from), height);
  }
  for (const auto& [tick, words] : ticks_of(chart.x, x, 5)) {
    result +=
        fmt::format("<line class=\"grid\" x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=\"0\" y2=\"{1}\"/>",
                    x.place(tick), height);
    result +=
        text(fmt::format("x=\"{:.2f}%\" y=\"{}\"", x.place(tick), height + 16), "tick", words);
  }
  for (const auto& [tick, words] : ticks_of(chart.y, y, 5)) {
    const double at = height * (1 - y.place(tick) / 100);
    result += fmt::format(
        "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>", at);
    result += text(fmt::format("x=\"0\" dx=\"-8\" y=\"{:.1f}\"", at + 4), "label tick-left", words);
  }
  result +=
      text(fmt::format("x=\"100%\" y=\"{}\"", height + 34), "axis-name end", chart.x.name + " →");
  result += text("x=\"0\" dx=\"-8\" y=\"-8\"", "axis-name", chart.y.name + " ↑");
  result += fmt::format(
      "<svg width=\"100%\" height=\"{}\" viewBox=\"0 0 1000 1000\" "
      "preserveAspectRatio=\"none\">",
      height);
  if (!chart.ideal.empty()) {
    result += "<polyline class=\"ideal\" points=\"" + points_text(chart.ideal, x, y) + "\"/>";
  }
  std::vector<double> ends;
  for (const Line& line : chart.lines) {
    result += fmt::format("<polyline class=\"line {}{}\" points=\"{}\"/>",
                          palette.colour_class(line.model), line.variant.empty() ? "" : " second",
                          points_text(line.points, x, y));
    ends.push_back(height * (1 - y.place(line.points.back().second) / 100));
  }
  result += "</svg>\n";
  const std::vector<double> places = label_places(ends);
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const Line& line = chart.lines[i];
    result += fmt::format(
        "<svg class=\"at {}\" x=\"{:.2f}%\" y=\"{:.1f}\"><circle class=\"dot\" r=\"3\"/></svg>",
        palette.colour_class(line.model), x.place(line.points.back().first), ends[i]);
    result += text(fmt::format("x=\"100%\" dx=\"10\" y=\"{:.1f}\"", places[i] + 4), "name",
                   name_of(line));
  }
  return result + close_chart();
}

Table line_chart_table(const LineChart& chart) {
  std::set<double> all;
  for (const Line& line : chart.lines) {
    for (const auto& point : line.points) all.insert(point.first);
  }
  Table table;
  table.columns.push_back({"model", "", false});
  const auto value = [&](double y) { return TableCell{shown(chart.y.unit, y)}; };
  if (all.size() <= most_columns) {
    for (const double x : all) {
      std::string heading = shown(chart.x.unit, x);
      for (const auto& [tick, words] : chart.x.ticks) {
        if (tick == x) heading = words;
      }
      table.columns.push_back({heading, ""});
    }
    for (const Line& line : chart.lines) {
      std::vector<TableCell> row = {{name_of(line)}};
      auto point = line.points.begin();
      for (const double x : all) {
        const bool here = point != line.points.end() && point->first == x;
        row.push_back(here ? value(point->second) : TableCell{"–"});
        if (here) ++point;
      }
      table.rows.push_back(std::move(row));
    }
    return table;
  }
  for (const char* heading : {"first", "least", "most", "last", "at the end"}) {
    table.columns.push_back({heading, ""});
  }
  table.columns.back().heading = chart.x.name + ", last";
  for (const Line& line : chart.lines) {
    const auto [least, most] =
        std::minmax_element(line.points.begin(), line.points.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; });
    table.rows.push_back({{name_of(line)},
                          value(line.points.front().second),
                          value(least->second),
                          value(most->second),
                          value(line.points.back().second),
                          {shown(chart.x.unit, line.points.back().first)}});
  }
  return table;
}

nlohmann::json line_chart_data(const LineChart& chart, const Palette& palette) {
  nlohmann::json lines = nlohmann::json::array();
  for (const Line& line : chart.lines) {
    lines.push_back({{"model", palette.number(line.model)}, {"points", points_data(line.points)}});
    if (!line.variant.empty()) lines.back()["variant"] = line.variant;
  }
  nlohmann::json result = {{"kind", "lines"},
                           {"name", chart.title},
                           {"x", dimension_data(chart.x)},
                           {"y", dimension_data(chart.y)},
                           {"lines", std::move(lines)}};
  if (!chart.ideal.empty()) result["ideal"] = points_data(chart.ideal);
  if (chart.shaded_from) result["shadedFrom"] = *chart.shaded_from;
  return result;
}

std::vector<std::pair<double, double>> thinned(const std::vector<std::pair<double, double>>& points,
                                               std::size_t most) {
  if (points.size() <= most || most < 4) return points;
  const std::size_t stretches = (most - 2) / 2;
  std::vector<std::pair<double, double>> result = {points.front()};
  for (std::size_t s = 0; s < stretches; ++s) {
    const auto begin =
        points.begin() + 1 + static_cast<std::ptrdiff_t>((points.size() - 2) * s / stretches);
    const auto end =
        points.begin() + 1 + static_cast<std::ptrdiff_t>((points.size() - 2) * (s + 1) / stretches);
    if (begin == end) continue;
    const auto [low, high] = std::minmax_element(
        begin, end, [](const auto& a, const auto& b) { return a.second < b.second; });
    result.push_back(*std::min(low, high));
    if (low != high) result.push_back(*std::max(low, high));
  }
  result.push_back(points.back());
  return result;
}

}  // namespace reclaim::report
