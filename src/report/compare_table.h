// A comparison of two sets of results as tables and sentences, for the renderers that print it.
#pragma once

#include <string>
#include <vector>

#include "report/compare.h"
#include "report/table.h"

namespace reclaim::report {

/// Rows that differ, fail or leak anew; those first that got worse, then by how much.
Table changes_table(const ResultsComparison& comparison, Detail detail);

/// The other rows: not told apart, or with too few rounds to say.
Table unchanged_table(const ResultsComparison& comparison, Detail detail);

/// Geometric means of each model's ratios, over the rows that both sides have.
Table means_table(const ResultsComparison& comparison);

/// What came out, in sentences: how many got worse and better, and what is only on one side.
std::vector<std::string> findings(const ResultsComparison& comparison);

/// Failures, leaks and other work, row by row.
std::vector<std::string> remarks(const ResultsComparison& comparison);

/// How the sentences and signs are to be read.
std::string compare_rules(double threshold);

}  // namespace reclaim::report
