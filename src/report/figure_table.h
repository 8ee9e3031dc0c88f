// A table of a scenario with a row for each model and a column for each figure that its cells may
// hold beside times and counts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/table.h"

namespace reclaim::report {

/// What a cell holds of a figure; empty: it was not measured.
using FigureOfCell = std::function<std::optional<double>(const Cell&)>;

/// Of the rounds that ended well and hold it, by environment and round.
std::vector<double> over_rounds(const Row& row, const FigureOfCell& figure);

struct FigureColumn {
  Column column;
  FigureOfCell figure;
  bool greatest = false;  ///< of all rounds, not their median
};

/// `first`: what stands over the models. `words`: a figure as text, duration() or bytes(). Models
/// that have none of the figures have no row.
Table figure_table(const Scenario& scenario, const Column& first,
                   const std::vector<FigureColumn>& columns, std::string (*words)(double));

}  // namespace reclaim::report
