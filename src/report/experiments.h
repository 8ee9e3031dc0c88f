// Claims that were put to the test, in each of the report's formats: what was expected, what was
// measured, the verdict, and the tables behind it. Empty where there was none.
#pragma once

#include <string>

#include "report/report.h"

namespace reclaim::report {

/// One experiment on a terminal.
std::string experiment_text(const Experiment& experiment, TerminalStyle style);

/// All of them, each as a section with a heading.
std::string experiments_text(const Results& results, TerminalStyle style);
std::string experiments_markdown(const Results& results);
std::string experiments_html(const Results& results);

/// "12 claims put to the test: 11 confirmed, 1 refuted".
std::string experiments_summary(const Results& results);

/// The anchor of the HTML section.
inline constexpr const char* experiments_anchor = "experiments-of-all";

}  // namespace reclaim::report
