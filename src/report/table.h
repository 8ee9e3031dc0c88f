// The comparison table of one scenario, as text: built once, drawn by the terminal, Markdown and
// HTML renderers. Every column carries its explanation, because numbers without one mislead.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/analysis.h"

namespace reclaim::report {

struct Column {
  std::string heading;  ///< with its unit: "wall, ms"
  std::string_view explanation;
  bool numeric = true;  ///< aligned to the right
};

enum class Emphasis : unsigned char { plain, best, quiet, alarm };

struct TableCell {
  std::string text;
  Emphasis emphasis = Emphasis::plain;
  std::string anchor{};  ///< what in a page it names; empty: nothing
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<TableCell>> rows;
};

enum class Detail : unsigned char {
  brief,  ///< fits a terminal
  full    ///< intervals in place of spreads, further columns
};

/// Rows in the scenario's order, fastest first. Where rounds failed, the full table has a column of
/// failures; the brief one has the status in place of the time, or a "!" at the model's name.
Table comparison_table(const Scenario& scenario, Detail detail);

/// One model in each setting, at the thread count that stands for the setting.
Table model_table(const Analysis& analysis, const std::string& model);

/// Stops by cause: one line for each row and cause met; no lines where none was.
Table stops_table(const Scenario& scenario);

/// A row's first failure in a few letters: "no memory", "timeout"; empty when no round failed.
std::string short_failure(const Row& row);

/// Signs that the cells of both tables use, each with its meaning.
struct Sign {
  std::string_view sign, meaning;
};
std::span<const Sign> signs();

}  // namespace reclaim::report
