// A comparison of two sets of results as text.
#include <fmt/core.h>

#include "report/format.h"
#include "report/report.h"
#include "report/terminal_text.h"

namespace reclaim::report {
namespace {

TableCell change_cell(const std::optional<Change>& change, double threshold) {
  if (!change) return {"–", Emphasis::quiet};
  const std::string text = ratio(change->ratio);
  if (!change->test) return {"?" + text, Emphasis::quiet};
  if (!change->differs()) return {"~" + text, Emphasis::quiet};
  if (change->ratio > 1 + threshold) return {text, Emphasis::alarm};
  return {text, change->ratio < 1 ? Emphasis::best : Emphasis::plain};
}

TableCell interval_cell(const std::optional<Change>& change) {
  if (!change || !change->test) return {"–", Emphasis::quiet};
  return {fmt::format("{:.2f} to {:.2f}", change->test->interval.low, change->test->interval.high),
          Emphasis::quiet};
}

TableCell p_cell(const std::optional<Change>& change) {
  if (!change || !change->test) return {"–", Emphasis::quiet};
  const double p = change->test->test.p;
  return {p < 0.001 ? "<.001" : fmt::format("{:.3f}", p), Emphasis::quiet};
}

std::string medians(const std::optional<Change>& change, std::string (*shown)(double)) {
  if (!change) return "–";
  return shown(change->before) + " → " + shown(change->after);
}

}  // namespace

std::string compare_text(const ResultsComparison& comparison, TerminalStyle style) {
  std::string result;
  for (const std::string& note : comparison.notes) {
    result += coloured(wrapped("note: " + note, style.width, 6), Emphasis::alarm, style.colour);
  }
  Table table;
  table.columns = {{"model", "", false}, {"wall", "", true}, {"ratio", "", true},
                   {"95 %", "", true},   {"p", "", true},    {"peak RSS", "", true},
                   {"ratio", "", true},  {"", "", false}};
  std::string heading;
  const auto flush = [&] {
    if (table.rows.empty()) return;
    result += bold(heading, style.colour) + '\n' + aligned(table, style.width, style.colour) + '\n';
    table.rows.clear();
  };
  std::string remarks;
  for (const ComparedRow& row : comparison.rows) {
    const std::string here =
        fmt::format("{}, {} thread{}", row.setting, row.threads, row.threads == 1 ? "" : "s");
    if (here != heading) flush();
    heading = here;
    if (!row.remark.empty()) {
      remarks += wrapped(fmt::format("{}, {}: {}", here, row.model, row.remark), style.width, 2);
    }
    table.rows.push_back({{row.model},
                          {medians(row.wall, duration)},
                          change_cell(row.wall, comparison.threshold),
                          interval_cell(row.wall),
                          p_cell(row.wall),
                          {medians(row.peak_rss, bytes)},
                          change_cell(row.peak_rss, comparison.threshold),
                          {row.regressed ? "worse" : "", Emphasis::alarm}});
  }
  flush();
  result += remarks;
  if (comparison.only_before != 0 || comparison.only_after != 0) {
    result += fmt::format("Not in both: {} only before, {} only after.\n", comparison.only_before,
                          comparison.only_after);
  }
  std::size_t regressions = 0;
  for (const ComparedRow& row : comparison.rows) regressions += row.regressed ? 1 : 0;
  result += wrapped(
      fmt::format("{} of {} rows regressed: grew by more than {} for sure (Mann-Whitney p < 0.05, "
                  "interval of the ratio above 1), fail now, or leak more than is expected. "
                  "Ratios are after over before; ~ not told apart, ? under six rounds.",
                  regressions, comparison.rows.size(), percent(comparison.threshold)),
      style.width, 0);
  return result;
}

}  // namespace reclaim::report
