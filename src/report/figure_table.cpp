// See figure_table.h.
#include "report/figure_table.h"

#include <algorithm>

namespace reclaim::report {

std::vector<double> over_rounds(const Row& row, const FigureOfCell& figure) {
  std::vector<double> values;
  for (const Cell* cell : row.cells) {
    if (!cell->ok()) continue;
    if (const auto found = figure(*cell)) values.push_back(*found);
  }
  return values;
}

Table figure_table(const Scenario& scenario, const Column& first,
                   const std::vector<FigureColumn>& columns, std::string (*words)(double)) {
  Table table;
  table.columns.push_back(first);
  for (const FigureColumn& column : columns) table.columns.push_back(column.column);
  for (const Row& row : scenario.rows) {
    std::vector<TableCell> cells = {{row.model}};
    bool any = false;
    for (const FigureColumn& column : columns) {
      const std::vector<double> values = over_rounds(row, column.figure);
      any = any || !values.empty();
      cells.push_back({values.empty()    ? "—"
                       : column.greatest ? words(*std::max_element(values.begin(), values.end()))
                                         : words(measure::median(values))});
    }
    if (any) table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace reclaim::report
