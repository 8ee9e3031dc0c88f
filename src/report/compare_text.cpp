// Comparisons of sets of results for a terminal.
#include <fmt/core.h>

#include "report/compare_table.h"
#include "report/report.h"
#include "report/terminal_text.h"

namespace reclaim::report {
namespace {

void add_table(std::string& result, const std::string& heading, const Table& table,
               TerminalStyle style) {
  if (table.rows.empty()) return;
  result += bold(heading, style.colour) + '\n' + aligned(table, style.width, style.colour) + '\n';
}

}  // namespace

std::string compare_text(const ResultsComparison& comparison, TerminalStyle style) {
  std::string result =
      bold(comparison.before, style.colour) + " → " + bold(comparison.after, style.colour) + '\n';
  for (const std::string& note : comparison.notes) {
    result += coloured(wrapped("note: " + note, style.width, 6), Emphasis::alarm, style.colour);
  }
  result += '\n';
  add_table(result, "Changed", changes_table(comparison, Detail::brief), style);
  for (const std::string& remark : remarks(comparison)) result += wrapped(remark, style.width, 2);
  add_table(result, "Not told apart", unchanged_table(comparison, Detail::brief), style);
  add_table(result, "Geometric means by model, after over before", means_table(comparison), style);
  for (const std::string& finding : findings(comparison)) {
    result += wrapped(finding, style.width, 0);
  }
  return result + coloured(wrapped(compare_rules(comparison.threshold), style.width, 0),
                           Emphasis::quiet, style.colour);
}

}  // namespace reclaim::report
