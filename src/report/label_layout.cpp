// See label_layout.h.
#include "report/label_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace reclaim::report {
namespace {

/// Widths in pixels of the drawing area for which places are checked: a phone to a wide screen.
constexpr std::array<double, 4> widths{290, 380, 480, 600};
constexpr double character_width = 6.6;
constexpr double half_line = 7;
constexpr double mark_radius = 6;
constexpr int most_steps = 12;

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

/// Whether the label of `marks[i]` is inside the chart and clear of all marks and of the labels in
/// `placed`, at every width.
bool is_free(const std::vector<LabelledMark>& marks, std::size_t i,
             const std::vector<std::size_t>& placed, double height) {
  return std::all_of(widths.begin(), widths.end(), [&](double width) {
    const Box box = label_box(marks[i], width);
    if (box.left < 0 || box.right > width || box.top < 0 || box.bottom > height) return false;
    for (std::size_t k = 0; k < marks.size(); ++k) {
      if (k != i && box.overlaps(mark_box(marks[k], width))) return false;
    }
    return std::none_of(placed.begin(), placed.end(),
                        [&](std::size_t k) { return box.overlaps(label_box(marks[k], width)); });
  });
}

}  // namespace

void place_labels(std::vector<LabelledMark>& marks, double height) {
  constexpr double middle = 50;  // per cent
  std::vector<std::size_t> order(marks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Marks near the sides first: they have the fewest places.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(marks[a].x - middle) > std::abs(marks[b].x - middle);
  });
  std::vector<std::size_t> placed;
  for (const std::size_t i : order) {
    const bool prefer_left = marks[i].x > middle;
    bool found = false;
    for (int step = 0; step <= most_steps && !found; ++step) {
      for (const double sign : {-1.0, 1.0}) {
        for (const bool left : {prefer_left, !prefer_left}) {
          if (found) break;
          marks[i].shift = sign * step * half_line;
          marks[i].to_left = left;
          found = is_free(marks, i, placed, height);
        }
      }
    }
    if (!found) {
      marks[i].shift = 0;
      marks[i].to_left = prefer_left;
    }
    placed.push_back(i);
  }
}

}  // namespace reclaim::report
