// See compare_table.h.
#include "report/compare_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr std::string_view none = "–";

TableCell change_cell(const std::optional<Change>& change, double threshold) {
  if (!change) return {std::string(none), Emphasis::quiet};
  const std::string text = ratio(change->ratio);
  if (!change->test) return {"?" + text, Emphasis::quiet};
  if (!change->differs()) return {"~" + text, Emphasis::quiet};
  if (change->ratio > 1 + threshold) return {text, Emphasis::alarm};
  return {text, change->ratio < 1 ? Emphasis::best : Emphasis::plain};
}

TableCell interval_cell(const std::optional<Change>& change) {
  if (!change || !change->test) return {std::string(none), Emphasis::quiet};
  return {fmt::format("{:.2f} to {:.2f}", change->test->interval.low, change->test->interval.high),
          Emphasis::quiet};
}

TableCell p_cell(const std::optional<Change>& change) {
  if (!change || !change->test) return {std::string(none), Emphasis::quiet};
  const double p = change->test->test.p;
  return {p < 0.001 ? "<.001" : fmt::format("{:.3f}", p), Emphasis::quiet};
}

TableCell effect_cell(const std::optional<Change>& change) {
  if (!change || !change->test) return {std::string(none), Emphasis::quiet};
  return {fmt::format("{:+.2f}", change->test->test.cliffs_delta), Emphasis::quiet};
}

TableCell medians(const std::optional<Change>& change, std::string (*shown)(double)) {
  if (!change) return {std::string(none), Emphasis::quiet};
  return {shown(change->before) + " → " + shown(change->after)};
}

TableCell verdict_cell(const ComparedRow& row) {
  if (row.regressed) return {"worse", Emphasis::alarm};
  const auto less = [](const std::optional<Change>& change) {
    return change && change->differs() && change->ratio < 1;
  };
  const auto more = [](const std::optional<Change>& change) {
    return change && change->differs() && change->ratio > 1;
  };
  if (more(row.wall) || more(row.peak_rss)) return {"more"};
  if (less(row.wall) || less(row.peak_rss)) return {"less", Emphasis::best};
  return {row.remark.empty() ? std::string() : "see below"};
}

std::vector<Column> columns(Detail detail) {
  std::vector<Column> result = {
      {"model", "way to manage memory, and the allocator behind it", false},
      {"workload", "with the number of threads where it is not one", false},
      {"wall", "median wall time before → after"},
      {"ratio", "wall time after over before; ~ not told apart, ? under six rounds"},
      {"95 %", "bootstrap interval of that ratio"},
      {"p", "of a Mann-Whitney U test of the rounds' wall times"}};
  if (detail == Detail::full) {
    result.push_back({"effect",
                      "Cliff's delta: the share of pairs of rounds in which the later took longer, "
                      "less the share in which it took less; -1 to +1"});
    result.push_back({"peak RSS", "median peak resident memory before → after"});
  }
  result.push_back(
      {detail == Detail::full ? "ratio" : "RSS",
       "peak resident memory after over before; ~ not told apart, ? under six rounds"});
  if (detail == Detail::full) {
    result.push_back({"95 %", "bootstrap interval of that ratio"});
    result.push_back({"p", "of a Mann-Whitney U test of the rounds' peak memory"});
  }
  result.push_back({"", "worse: past the threshold, for sure", false});
  return result;
}

std::string where(const ComparedRow& row) {
  return row.setting + (row.threads == 1 ? "" : fmt::format(", {} threads", row.threads));
}

std::vector<TableCell> cells(const ComparedRow& row, Detail detail, double threshold) {
  std::vector<TableCell> result = {{row.model},
                                   {where(row)},
                                   medians(row.wall, duration),
                                   change_cell(row.wall, threshold),
                                   interval_cell(row.wall),
                                   p_cell(row.wall)};
  if (detail == Detail::full) {
    result.push_back(effect_cell(row.wall));
    result.push_back(medians(row.peak_rss, bytes));
  }
  result.push_back(change_cell(row.peak_rss, threshold));
  if (detail == Detail::full) {
    result.push_back(interval_cell(row.peak_rss));
    result.push_back(p_cell(row.peak_rss));
  }
  result.push_back(verdict_cell(row));
  return result;
}

Table table_of(const ResultsComparison& comparison, Detail detail, bool changed) {
  Table table;
  table.columns = columns(detail);
  for (const ComparedRow& row : comparison.rows) {
    if (row.changed() == changed) table.rows.push_back(cells(row, detail, comparison.threshold));
  }
  return table;
}

/// One model's ratios of one quantity.
struct Mean {
  std::vector<double> ratios;
  int less = 0, more = 0;  ///< told apart

  void add(const std::optional<Change>& change) {
    if (!change) return;
    ratios.push_back(change->ratio);
    if (change->differs()) ++(change->ratio < 1 ? less : more);
  }
  TableCell cell() const {
    if (ratios.empty()) return {std::string(none), Emphasis::quiet};
    const std::string text = ratio(measure::geometric_mean(ratios));
    if (less + more == 0) return {"~" + text, Emphasis::quiet};
    return {text};
  }
  TableCell apart() const { return {fmt::format("{} / {}", less, more), Emphasis::quiet}; }
};

}  // namespace

Table changes_table(const ResultsComparison& comparison, Detail detail) {
  return table_of(comparison, detail, true);
}

Table unchanged_table(const ResultsComparison& comparison, Detail detail) {
  return table_of(comparison, detail, false);
}

Table means_table(const ResultsComparison& comparison) {
  std::map<std::string, std::pair<Mean, Mean>> by_model;
  for (const ComparedRow& row : comparison.rows) {
    by_model[row.model].first.add(row.wall);
    by_model[row.model].second.add(row.peak_rss);
  }
  Table table;
  table.columns = {
      {"model", "way to manage memory, and the allocator behind it", false},
      {"rows", "workloads and thread counts that both sides have"},
      {"wall", "geometric mean of the ratios after over before; ~ where none is told apart"},
      {"less / more", "rows told apart: faster / slower"},
      {"peak RSS", "geometric mean of the ratios after over before; ~ where none is told apart"},
      {"less / more", "rows told apart: leaner / larger"}};
  for (const auto& [model, means] : by_model) {
    const auto& [wall, rss] = means;
    if (wall.ratios.empty() && rss.ratios.empty()) continue;
    table.rows.push_back({{model},
                          {std::to_string(std::max(wall.ratios.size(), rss.ratios.size()))},
                          wall.cell(),
                          wall.apart(),
                          rss.cell(),
                          rss.apart()});
  }
  return table;
}

std::vector<std::string> findings(const ResultsComparison& comparison) {
  std::size_t regressed = 0, changed = 0, untested = 0;
  for (const ComparedRow& row : comparison.rows) {
    regressed += row.regressed ? 1 : 0;
    changed += row.changed() ? 1 : 0;
    untested += row.wall && !row.wall->test ? 1 : 0;
  }
  std::vector<std::string> result = {
      fmt::format("{} of {} regressed; {} changed for sure, {} not told apart.", regressed,
                  counted(comparison.rows.size(), "row"), changed,
                  comparison.rows.size() - changed - untested)};
  if (untested != 0) {
    result.push_back(
        fmt::format("{} had under six rounds on a side: nothing is said of them.", untested));
  }
  if (comparison.only_before != 0 || comparison.only_after != 0) {
    result.push_back(fmt::format("Not in both: {} only before, {} only after.",
                                 comparison.only_before, comparison.only_after));
  }
  return result;
}

std::vector<std::string> remarks(const ResultsComparison& comparison) {
  std::vector<std::string> result;
  for (const ComparedRow& row : comparison.rows) {
    if (row.remark.empty()) continue;
    result.push_back(fmt::format("{}, {}: {}", where(row), row.model, row.remark));
  }
  return result;
}

std::string compare_rules(double threshold) {
  return fmt::format(
      "A row is a model on a workload at a thread count. It has regressed when its time or its "
      "peak "
      "memory grew by more than {} for sure (Mann-Whitney p < 0.05 and the 95 % interval of the "
      "ratio of medians above 1), when rounds that ended well now fail, or when it leaks more than "
      "is expected. Ratios are after over before; ~ not told apart, ? under six rounds.",
      percent(threshold));
}

}  // namespace reclaim::report
