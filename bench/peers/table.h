// One table for each piece of work, in Markdown whose columns also line up on a terminal.
#pragma once

#include <string>
#include <vector>

#include "peers/results.h"

namespace reclaim::peers {

/// Rows in the order given; whoever has no result follows the table with the reason. Ratios are to
/// the contender `against`, or "—" where that has no result.
std::string table(const std::vector<const Results*>& rows, const std::string& against);

/// Lines of cells, the first the heads, padded to line up; columns but the first to the right.
std::string markdown(const std::vector<std::vector<std::string>>& lines);

}  // namespace reclaim::peers
