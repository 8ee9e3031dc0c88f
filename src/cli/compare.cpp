// `reclaim compare`: what changed between two sets of results, and is it sure.
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"

namespace reclaim::cli {

int compare_verb(Arguments arguments) {
  std::string before, after;
  report::CompareOptions options;
  Parser parser{"compare",
                "Compare two results files. Exit code 1 when something got worse for sure."};
  parser.required("before", before, "A.jsonl", "results file");
  parser.required("after", after, "B.jsonl", "results file");
  parser.value("--threshold", options.threshold, "SHARE",
               "share by which a median must grow to have regressed; 0.05");
  if (const auto done = parser.parse(arguments)) return *done;
  const std::vector<std::filesystem::path> a = {before}, b = {after};
  const report::Results first = report::load(a), second = report::load(b);
  const report::ResultsComparison comparison = report::compare(first, second, options);
  print(report::compare_text(comparison, {wants_colour(STDOUT_FILENO), terminal_width()}));
  return comparison.regressed() ? 1 : 0;
}

}  // namespace reclaim::cli
