// See charts.h. Each mark carries a <title> with its numbers; each chart a title and a description
// for those who do not see it, and the page has the table beside it.
#include "report/charts.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "report/axis.h"
#include "report/chart_parts.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/label_layout.h"
#include "report/terminal_text.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr int row_height = 24;
constexpr int tall_row_height = 32;           // label of two lines
constexpr std::size_t most_round_marks = 40;  // more would only smear

std::string row_label(const std::string& words, int y, const char* style = "label") {
  return text(fmt::format("x=\"0\" dx=\"-10\" y=\"{}\"", y + 4), style, words);
}

std::string row_value(const std::string& words, int y) {
  return text(fmt::format("x=\"100%\" dx=\"8\" y=\"{}\"", y + 4), "value", words);
}

std::string interval_words(const Estimate& estimate, std::string (*shown)(double)) {
  if (!estimate.interval) {
    return fmt::format("{} ({} to {} over {})", shown(estimate.median), shown(estimate.least),
                       shown(estimate.most), counted(estimate.samples.size(), "round"));
  }
  return fmt::format("{} (95 % {} to {}, {})", shown(estimate.median),
                     shown(estimate.interval->low), shown(estimate.interval->high),
                     counted(estimate.samples.size(), "round"));
}

measure::Interval interval_or_range(const Estimate& estimate) {
  return estimate.interval.value_or(measure::Interval{estimate.least, estimate.most});
}

}  // namespace

Palette::Palette(const Analysis& analysis)
    : models_(analysis.models), quiet_(analysis.never_reclaim) {
  for (const std::string& model : models_) {
    const std::string family(id_of(model));
    if (!analysis.reclaims(model)) continue;
    if (std::find(families_.begin(), families_.end(), family) == families_.end()) {
      families_.push_back(family);
    }
  }
}

std::string Palette::colour_class(const std::string& model) const {
  constexpr std::size_t colours = 7;
  if (std::find(quiet_.begin(), quiet_.end(), model) != quiet_.end()) return "quiet";
  const auto found = std::find(families_.begin(), families_.end(), id_of(model));
  return fmt::format("f{}", static_cast<std::size_t>(found - families_.begin()) % colours);
}

std::size_t Palette::number(const std::string& model) const {
  return static_cast<std::size_t>(std::find(models_.begin(), models_.end(), model) -
                                  models_.begin());
}

std::string wall_chart(const Scenario& scenario, const Palette& palette, const std::string& id) {
  double most = 0;
  int rows = 0;
  for (const Row& row : scenario.rows) {
    if (!row.wall.known()) continue;
    most = std::max({most, row.wall.most, interval_or_range(row.wall).high});
    ++rows;
  }
  if (rows == 0) return {};
  const Axis axis = Axis::linear(most);
  const int height = rows * row_height;
  std::string result =
      open_chart("bars", height + axis_height, id, "Wall time, " + threads_words(scenario.threads),
                 "One bar a model, fastest first; the table has the numbers.");
  result += grid(axis, 3, height, duration);
  int y = row_height / 2;
  for (const Row& row : scenario.rows) {
    if (!row.wall.known()) continue;
    const measure::Interval interval = interval_or_range(row.wall);
    result += fmt::format("<g class=\"{}\"><title>{}: {}</title>", palette.colour_class(row.model),
                          markup(row.model), markup(interval_words(row.wall, duration)));
    result += fmt::format("<rect class=\"bar\" x=\"0\" y=\"{}\" width=\"{:.2f}%\" height=\"12\"/>",
                          y - 6, axis.place(row.wall.median));
    if (row.wall.samples.size() <= most_round_marks) {
      for (const double sample : row.wall.samples) {
        result += fmt::format("<circle class=\"round\" cx=\"{:.2f}%\" cy=\"{}\" r=\"2\"/>",
                              axis.place(sample), y);
      }
    }
    result += fmt::format(
        "<line class=\"whisker\" x1=\"{:.2f}%\" x2=\"{:.2f}%\" y1=\"{}\" y2=\"{}\"/></g>",
        axis.place(interval.low), axis.place(interval.high), y, y);
    result += row_label(row.model, y) + row_value(duration(row.wall.median), y) + '\n';
    y += row_height;
  }
  return result + close_chart();
}

std::string tradeoff_chart(const Scenario& scenario, const Palette& palette,
                           const std::string& id) {
  constexpr int height = 300;
  double least_time = std::numeric_limits<double>::max(), most_time = 0;
  double least_memory = std::numeric_limits<double>::max(), most_memory = 0;
  std::vector<const Row*> rows;
  for (const Row& row : scenario.rows) {
    if (!(row.wall.median > 0) || !(row.peak_rss.median > 0)) continue;
    least_time = std::min(least_time, row.wall.median);
    most_time = std::max(most_time, row.wall.median);
    least_memory = std::min(least_memory, row.peak_rss.median);
    most_memory = std::max(most_memory, row.peak_rss.median);
    rows.push_back(&row);
  }
  if (rows.size() < 2) return {};
  const Axis time = Axis::logarithmic(least_time, most_time);
  const Axis memory = Axis::logarithmic(least_memory, most_memory);
  std::vector<LabelledMark> marks;
  for (const Row* row : rows) {
    LabelledMark mark;
    mark.x = time.place(row->wall.median);
    mark.y = height * (1 - memory.place(row->peak_rss.median) / 100);
    mark.characters = shown_width(row->model);
    marks.push_back(mark);
  }
  place_labels(marks, height);
  std::string result =
      open_chart("scatter", height + 2 * axis_height, id,
                 "Memory against time, " + threads_words(scenario.threads),
                 "One mark a model; lower left is better in both. The table has the numbers.");
  result += grid(time, 4, height, duration);
  for (const double tick : memory.ticks(5)) {
    const double y = height * (1 - memory.place(tick) / 100);
    result +=
        fmt::format("<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>", y);
    result += text(fmt::format("x=\"0\" dx=\"-8\" y=\"{:.1f}\"", y + 4), "label tick-left",
                   tick_text(bytes(tick)));
  }
  result += text(fmt::format("x=\"100%\" y=\"{}\"", height + 34), "axis-name end", "wall time →");
  result += text("x=\"0\" dx=\"-8\" y=\"-8\"", "axis-name label", "peak RSS ↑") + '\n';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = *rows[i];
    const LabelledMark& mark = marks[i];
    const double side = mark.to_left ? -1 : 1;
    const bool led = mark.shift != 0;
    result += fmt::format(
        "<svg class=\"at {}\" x=\"{:.2f}%\" y=\"{:.1f}\"><title>{}: {}; {}</title>",
        palette.colour_class(row.model), mark.x, mark.y, markup(row.model),
        markup(interval_words(row.wall, duration)), markup(interval_words(row.peak_rss, bytes)));
    if (led) {
      result +=
          fmt::format("<line class=\"leader\" x1=\"0\" y1=\"0\" x2=\"{:.0f}\" y2=\"{:.1f}\"/>",
                      side * (leader_gap - 3), mark.shift);
    }
    result += "<circle class=\"dot\" r=\"5\"/>";
    result += text(fmt::format("x=\"{:.0f}\" y=\"{:.1f}\"", side * (led ? leader_gap : label_gap),
                               mark.shift + 4),
                   mark.to_left ? "name end" : "name", row.model);
    result += "</svg>\n";
  }
  return result + close_chart();
}

std::string stops_chart(const Scenario& scenario, const Palette& palette, const std::string& id) {
  double least = std::numeric_limits<double>::max(), most = 0;
  int rows = 0;
  for (const Row& row : scenario.rows) {
    for (const StopSummary& stop : row.stops) {
      if (!stop.max_s || !(*stop.max_s > 0)) continue;
      ++rows;
      most = std::max(most, *stop.max_s);
      for (const auto& value : {stop.p50_s, stop.p99_s, stop.max_s}) {
        if (value && *value > 0) least = std::min(least, *value);
      }
    }
  }
  if (rows == 0) return {};
  const Axis axis = Axis::logarithmic(least, most, 2);
  const int height = rows * tall_row_height;
  std::string result =
      open_chart("stops", height + axis_height, id,
                 "Stops by model and cause, " + threads_words(scenario.threads),
                 "Median, 99th percentile and longest stop on a logarithmic scale; "
                 "the table has the numbers.");
  result += grid(axis, 4, height, duration);
  int y = tall_row_height / 2;
  for (const Row& row : scenario.rows) {
    for (const StopSummary& stop : row.stops) {
      if (!stop.max_s || !(*stop.max_s > 0)) continue;
      const auto words = [](const std::optional<double>& value) {
        return value ? duration(*value) : std::string("too few stops");
      };
      const bool part = stop.cause == part_of_a_stop;
      result += fmt::format(
          "<g class=\"{}{}\"><title>{}, {}: p50 {}, p99 {}, longest {}; {} stops, {} "
          "in all</title>",
          palette.colour_class(row.model), part ? " part" : "", markup(row.model),
          markup(stop.cause), words(stop.p50_s), words(stop.p99_s), words(stop.max_s),
          count(stop.count), duration(stop.total_s));
      const double start = axis.place(stop.p50_s.value_or(stop.p99_s.value_or(*stop.max_s)));
      const double end = axis.place(*stop.max_s);
      result +=
          fmt::format("<line class=\"span\" x1=\"{:.2f}%\" x2=\"{:.2f}%\" y1=\"{}\" y2=\"{}\"/>",
                      start, end, y, y);
      if (stop.p50_s) {
        result += fmt::format("<circle class=\"p50\" cx=\"{:.2f}%\" cy=\"{}\" r=\"4\"/>",
                              axis.place(*stop.p50_s), y);
      }
      if (stop.p99_s) {
        result += fmt::format("<circle class=\"dot\" cx=\"{:.2f}%\" cy=\"{}\" r=\"4\"/>",
                              axis.place(*stop.p99_s), y);
      }
      result += fmt::format(
          "<svg class=\"at\" x=\"{:.2f}%\" y=\"{}\"><path class=\"dot\" d=\"M0-6 "
          "4 0 0 6-4 0Z\"/></svg></g>",
          end, y);
      result += fmt::format(
          "<text x=\"0\" dx=\"-10\" y=\"{}\" class=\"label\">{}<tspan class=\"minor\" "
          "x=\"0\" dx=\"-10\" dy=\"12\">{}</tspan></text>",
          y - 1, markup(row.model), markup(stop.cause));
      result += row_value(duration(*stop.max_s), y) + '\n';
      y += tall_row_height;
    }
  }
  return result + close_chart();
}

std::string leaks_chart(const Analysis& analysis, const Palette& palette, const std::string& id) {
  struct Line {
    std::string label;
    std::string place;
    const Row* row;
  };
  std::vector<Line> lines;
  double most = 1;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        const Leak& leak = row.leak;
        if (!leak.worth_telling()) continue;
        lines.push_back({row.model, setting.title + ", " + threads_words(scenario.threads), &row});
        most = std::max({most, static_cast<double>(leak.left.objects),
                         static_cast<double>(leak.expected.value_or(0))});
      }
    }
  }
  if (lines.empty()) return {};
  const Axis axis = Axis::logarithmic(1, most, 2);
  const int height = static_cast<int>(lines.size()) * tall_row_height;
  std::string result =
      open_chart("stops", height + axis_height, id, "Leaked objects",
                 "Leaked objects and the number expected of the model's design, on "
                 "a logarithmic scale; the table has the numbers.");
  result += grid(axis, 5, height, count);
  int y = tall_row_height / 2;
  for (const Line& line : lines) {
    const Leak& leak = line.row->leak;
    const auto left = static_cast<double>(leak.left.objects);
    const auto expected = static_cast<double>(leak.expected.value_or(0));
    result += fmt::format("<g class=\"{}\"><title>{}, {}: {} objects leaked, {} expected</title>",
                          palette.colour_class(line.row->model), markup(line.label),
                          markup(line.place), count(left), count(expected));
    if (left > 0) {
      result += fmt::format(
          "<line class=\"span\" x1=\"0\" x2=\"{:.2f}%\" y1=\"{}\" y2=\"{}\"/>"
          "<circle class=\"dot\" cx=\"{:.2f}%\" cy=\"{}\" r=\"4\"/>",
          axis.place(left), y, y, axis.place(left), y);
    }
    if (expected > 0) {
      result += fmt::format("<circle class=\"expected\" cx=\"{:.2f}%\" cy=\"{}\" r=\"7\"/>",
                            axis.place(expected), y);
    }
    result += "</g>";
    result += fmt::format(
        "<text x=\"0\" dx=\"-10\" y=\"{}\" class=\"label\">{}<tspan class=\"minor\" "
        "x=\"0\" dx=\"-10\" dy=\"12\">{}</tspan></text>",
        y - 1, markup(line.label), markup(line.place));
    result += row_value(count(left), y) + '\n';
    y += tall_row_height;
  }
  return result + close_chart();
}

}  // namespace reclaim::report
