// The reporter: from results files to pages. A pure function of the files: it knows no model, no
// workload, measures nothing, and gives the same bytes for the same input.
#pragma once

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/compare.h"
#include "report/results.h"

namespace reclaim::report {

/// A page could not be written. what() names the file and the reason. Exit code 4.
class CannotWrite : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct TerminalStyle {
  bool colour = false;  ///< the caller has looked at NO_COLOR and whether it is a terminal
  std::size_t width = 100;
};

/// Tables for each workload and thread count, with conclusions and a legend.
std::string terminal_table(const Results& results, TerminalStyle style = {});

/// What differs between two sets of results, as text; compare() in compare.h has the numbers.
std::string compare_text(const ResultsComparison& comparison, TerminalStyle style = {});

/// Comparisons, as a rule each with the same set before, as a self-contained page without scripts.
std::string compare_html(const std::vector<ResultsComparison>& comparisons);
/// The same as Markdown.
std::string compare_markdown(const std::vector<ResultsComparison>& comparisons);

/// The formats that a report consists of. `analysis` is that of `results`.
std::string markdown_report(const Results& results, const Analysis& analysis);
/// RFC 4180, one row for each model in each scenario.
std::string csv_table(const Results& results, const Analysis& analysis);
/// Self-contained, without scripts.
std::string html_page(const Results& results, const Analysis& analysis);
/// A picture that stands alone.
std::string summary_svg(const Results& results, const Analysis& analysis);

/// A file of a report.
struct File {
  std::string name;  ///< in the report's folder
  std::string content;
};

/// Writes all files into `directory`, made if missing. Before the first takes the place of an older
/// one all are on disk under temporary names: a disk that fills up leaves what was there whole.
/// Throws CannotWrite.
void write_files(std::span<const File> files, const std::filesystem::path& directory);

/// report.md, report.csv, index.html and summary.svg.
std::vector<File> report_files(const Results& results, const Analysis& analysis);

/// The same for one file.
void write_file(const std::filesystem::path& file, const std::string& content);

}  // namespace reclaim::report
