// See label_layout.h.
#include "report/label_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

namespace reclaim::report {
namespace {

/// Widths in pixels of the drawing area for which places are checked: a phone to a wide screen.
constexpr std::array<double, 5> widths{290, 380, 480, 560, 650};
constexpr double character_width = 6.6;
constexpr double half_line = 7;
constexpr double mark_radius = 6;
constexpr int most_steps = 12;
constexpr double centre = 50;  // per cent

struct Box {
  double left, right, top, bottom;
  bool overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

Box mark_box(const LabelledMark& mark, double width) {
  const double x = mark.x / 100 * width;
  return {x - mark_radius, x + mark_radius, mark.y - mark_radius, mark.y + mark_radius};
}

Box label_box(const LabelledMark& mark, double width) {
  const double x = mark.x / 100 * width;
  const double gap = mark.shift == 0 ? label_gap : leader_gap;
  const double length = character_width * static_cast<double>(mark.characters);
  const double middle = mark.y + mark.shift;
  const double left = mark.to_left ? x - gap - length : x + gap;
  return {left, left + length, middle - half_line, middle + half_line};
}

/// The line from a mark to its label, as the box around it; empty where the label is beside the
/// mark.
Box leader_box(const LabelledMark& mark, double width) {
  const double x = mark.x / 100 * width;
  const double end = mark.to_left ? x - leader_gap : x + leader_gap;
  const double beyond = std::abs(mark.shift) > mark_radius ? mark.shift : 0;
  return {std::min(x, end), std::max(x, end), mark.y + std::min(0.0, beyond),
          mark.y + std::max(0.0, beyond)};
}

/// Whether the label of `marks[i]` is inside the chart and clear of all marks and of the labels in
/// `placed`, at each of `at_widths`.
bool is_free(const std::vector<LabelledMark>& marks, std::size_t i,
             const std::vector<std::size_t>& placed, double height,
             std::span<const double> at_widths) {
  return std::all_of(at_widths.begin(), at_widths.end(), [&](double width) {
    const Box box = label_box(marks[i], width);
    const Box leader = leader_box(marks[i], width);
    if (box.left < 0 || box.right > width || box.top < 0 || box.bottom > height) return false;
    for (std::size_t k = 0; k < marks.size(); ++k) {
      if (k == i) continue;
      const Box other = mark_box(marks[k], width);
      const bool crossed = leader.overlaps(other) && !other.overlaps(mark_box(marks[i], width));
      if (box.overlaps(other) || crossed) return false;
    }
    return std::none_of(placed.begin(), placed.end(),
                        [&](std::size_t k) { return box.overlaps(label_box(marks[k], width)); });
  });
}

/// Gives `mark` the place nearest to it that is free at each of `at_widths`; false when none is.
bool place_label(std::vector<LabelledMark>& marks, std::size_t i,
                 const std::vector<std::size_t>& placed, double height,
                 std::span<const double> at_widths) {
  const bool prefer_left = marks[i].x > centre;
  for (int step = 0; step <= most_steps; ++step) {
    for (const double sign : {-1.0, 1.0}) {
      for (const bool left : {prefer_left, !prefer_left}) {
        marks[i].shift = sign * step * half_line;
        marks[i].to_left = left;
        if (is_free(marks, i, placed, height, at_widths)) return true;
      }
    }
  }
  marks[i].shift = 0;
  marks[i].to_left = prefer_left;
  return false;
}

}  // namespace

void place_labels(std::vector<LabelledMark>& marks, double height) {
  std::vector<std::size_t> order(marks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Marks near the sides first: they have the fewest places.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(marks[a].x - centre) > std::abs(marks[b].x - centre);
  });
  std::vector<std::size_t> placed;
  for (const std::size_t i : order) {
    // Where no place serves every width, the narrowest are given up first.
    for (std::size_t narrow = 0; narrow < widths.size(); ++narrow) {
      if (place_label(marks, i, placed, height, std::span(widths).subspan(narrow))) break;
    }
    placed.push_back(i);
  }
}

}  // namespace reclaim::report
