// Parts of the HTML page: tables, sentences, the matrix. Everything from a results file is escaped
// here or in the charts, and nowhere else.
#pragma once

#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/conclusions.h"
#include "report/links.h"
#include "report/table.h"

namespace reclaim::report {

/// A table that scrolls sideways by itself where it is too wide, reachable by keyboard.
std::string table_html(const Table& table, const std::string& caption);

/// Conclusions as a list, each with how sure it is; names in them are links.
std::string sentences_html(const std::vector<Conclusion>& conclusions, const Links& links);

/// What the columns and signs mean, to be opened beside a table.
std::string legend_html(const Table& table);

enum class Quantity : unsigned char { time, memory };

/// Every model on every workload, relative to the best of each row; shading repeats the number.
std::string matrix_html(const Analysis& analysis, Quantity quantity);

/// Objects left by each model on each workload.
std::string leaks_table_html(const Analysis& analysis);

/// Which types leaked, row by row; empty where nothing did or types were not counted.
std::string leaked_types_html(const Analysis& analysis);

/// Further numbers that models or workloads gave, median over rounds; empty where there are none.
std::string extras_html(const Setting& setting);

/// How strongly a ratio to the best is shaded, 0 to 1: logarithmic, full at 16.
double heat_of(double ratio);

}  // namespace reclaim::report
