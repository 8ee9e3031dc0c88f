// Comparisons of sets of results as Markdown.
#include "report/compare_table.h"
#include "report/escape.h"
#include "report/markdown_table.h"
#include "report/report.h"

namespace reclaim::report {
namespace {

void add_table(std::string& result, const char* heading, const Table& table) {
  if (!table.rows.empty()) result += std::string("**") + heading + "**\n\n" + markdown_table(table);
}

}  // namespace

std::string compare_markdown(const std::vector<ResultsComparison>& comparisons) {
  std::string result = "# What changed\n\n";
  for (const ResultsComparison& comparison : comparisons) {
    result += "## " + markdown(comparison.before) + " → " + markdown(comparison.after) + "\n\n";
    for (const std::string& note : comparison.notes) {
      result += "> **Note** " + markdown(note) + "\n\n";
    }
    for (const std::string& finding : findings(comparison)) result += markdown(finding) + "\n\n";
    add_table(result, "Changed", changes_table(comparison, Detail::full));
    for (const std::string& remark : remarks(comparison)) result += "- " + markdown(remark) + '\n';
    if (!remarks(comparison).empty()) result += '\n';
    add_table(result, "Geometric means by model, after over before", means_table(comparison));
    add_table(result, "Not told apart", unchanged_table(comparison, Detail::full));
  }
  if (!comparisons.empty()) result += markdown(compare_rules(comparisons.front().threshold)) + '\n';
  return result;
}

}  // namespace reclaim::report
