// Comparisons of sets of results as an HTML page: one file, no network, no script.
#include <fmt/core.h>

#include "report/compare_table.h"
#include "report/escape.h"
#include "report/page_frame.h"
#include "report/page_parts.h"
#include "report/report.h"

namespace reclaim::report {
namespace {

constexpr std::string_view title = "What changed";

std::string lines(const std::vector<std::string>& all, const char* look) {
  std::string result;
  for (const std::string& line : all) {
    result += fmt::format("<p class=\"{}\">{}</p>\n", look, markup(line));
  }
  return result;
}

std::string folded(const std::string& summary, const Table& table) {
  if (table.rows.empty()) return {};
  return "<details><summary>" + markup(summary) + "</summary>" + table_html(table, summary) +
         "</details>\n";
}

std::string section(const ResultsComparison& comparison, std::size_t number) {
  const std::string heading = comparison.before + " → " + comparison.after;
  std::string result = fmt::format(
      "<section aria-labelledby=\"comparison-{0}\"><h2 id=\"comparison-{0}\">{1}</h2>\n", number,
      markup(heading));
  result += lines(comparison.notes, "note") + lines(findings(comparison), "lead");
  const Table changed = changes_table(comparison, Detail::full);
  if (!changed.rows.empty()) result += table_html(changed, "Changed, what got worse first");
  result += lines(remarks(comparison), "note");
  const Table means = means_table(comparison);
  if (!means.rows.empty()) {
    result += table_html(means, "Geometric means by model, after over before; no score over all");
  }
  result +=
      folded("Not told apart, or with too few rounds", unchanged_table(comparison, Detail::full));
  return result + legend_html({.columns = changed.columns, .rows = {}}) + "</section>\n";
}

}  // namespace

std::string compare_html(const std::vector<ResultsComparison>& comparisons) {
  std::string result = page_begin(title, "comparison-1");
  result += fmt::format("<h1>{}</h1>\n", title);
  if (!comparisons.empty()) {
    result += fmt::format("<p class=\"caption\">{}</p>\n",
                          markup(compare_rules(comparisons.front().threshold)));
  }
  result += "<main>\n";
  for (std::size_t i = 0; i < comparisons.size(); ++i) result += section(comparisons[i], i + 1);
  return result + "</main>" + page_end("");
}

}  // namespace reclaim::report
