// `reclaim compare`: what changed between sets of results, and is it sure.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "cells/names.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"

namespace reclaim::cli {

int compare_verb(Arguments arguments) {
  std::vector<std::string> files;
  std::string html, markdown;
  report::CompareOptions options;
  Parser parser{"compare",
                "Compare results files, each with the first. Exit code 1 when something got worse "
                "for sure."};
  parser.rest("files", files, "FILE", "results files: the one before, then one or more after it");
  parser.value("--threshold", options.threshold, "SHARE",
               "share by which a median must grow to have regressed; 0.05");
  parser.value("--html", html, "FILE", "write the comparison as a page of its own, too");
  parser.value("--markdown", markdown, "FILE", "write it as Markdown, too");
  if (const auto done = parser.parse(arguments)) return *done;
  if (files.size() < 2) {
    throw cells::UsageError("compare: which files? The results before, and those after");
  }
  const auto load = [](const std::string& file) {
    const std::vector<std::filesystem::path> one = {file};
    return report::load(one);
  };
  const report::Results before = load(files.front());
  std::vector<report::ResultsComparison> comparisons;
  for (std::size_t i = 1; i < files.size(); ++i) {
    comparisons.push_back(report::compare(before, load(files[i]), options));
  }
  if (!html.empty()) report::write_file(html, report::compare_html(comparisons));
  if (!markdown.empty()) report::write_file(markdown, report::compare_markdown(comparisons));
  for (const report::ResultsComparison& comparison : comparisons) {
    print(report::compare_text(comparison, {wants_colour(STDOUT_FILENO), terminal_width()}));
  }
  return std::any_of(comparisons.begin(), comparisons.end(),
                     [](const auto& comparison) { return comparison.regressed(); })
             ? 1
             : 0;
}

}  // namespace reclaim::cli
