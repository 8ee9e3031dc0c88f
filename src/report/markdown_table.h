// A table as Markdown; markdown.cpp has it.
#pragma once

#include <string>

#include "report/table.h"

namespace reclaim::report {

/// With a line break behind it. What stands out is bold.
std::string markdown_table(const Table& table);

}  // namespace reclaim::report
