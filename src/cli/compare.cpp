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
  CLI::App app{"Compare two results files. Exit code 1 when something got worse for sure.",
               "compare"};
  app.add_option("before", before, "results file")->required()->type_name("A.jsonl");
  app.add_option("after", after, "results file")->required()->type_name("B.jsonl");
  app.add_option("--threshold", options.threshold,
                 "share by which a median must grow to have regressed; 0.05")
      ->type_name("SHARE");
  if (const auto done = parse(app, arguments)) return *done;
  const std::vector<std::filesystem::path> a = {before}, b = {after};
  const report::Results first = report::load(a), second = report::load(b);
  const report::ResultsComparison comparison = report::compare(first, second, options);
  print(report::compare_text(comparison, {wants_colour(STDOUT_FILENO), terminal_width()}));
  return comparison.regressed() ? 1 : 0;
}

}  // namespace reclaim::cli
