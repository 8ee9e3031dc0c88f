// A page for each model within the report: what does it this way, how it works in one picture, and
// how it fared in this run.
#pragma once

#include <string>

#include "report/analysis.h"
#include "report/links.h"

namespace reclaim::report {

/// All of them under one heading. `analysis` is that of `results`.
std::string model_pages(const Results& results, const Analysis& analysis, const Links& links);

}  // namespace reclaim::report
