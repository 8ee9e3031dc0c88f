// Direct labels for marks of a chart whose width is not known: places that collide at none of the
// widths from a phone to a wide screen. Greedy, after Wagner and Wolff's point-labelling
// heuristics.
#pragma once

#include <cstddef>
#include <vector>

namespace reclaim::report {

/// A mark and, after place_labels, where its label goes.
struct LabelledMark {
  double x = 0;                ///< of the mark, per cent of the chart's width
  double y = 0;                ///< of the mark, pixels from the top
  std::size_t characters = 0;  ///< of the label
  double shift = 0;            ///< of the label's middle against y, pixels
  bool to_left = false;        ///< the label ends left of the mark instead of beginning right of it
};

/// Gaps between a mark's middle and its label: beside it, and where a line leads to it.
inline constexpr double label_gap = 9;
inline constexpr double leader_gap = 15;

/// Chooses side and shift of every label; where no place is free, the label stays beside its mark.
void place_labels(std::vector<LabelledMark>& marks, double height);

}  // namespace reclaim::report
