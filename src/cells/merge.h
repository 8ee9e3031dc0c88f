// What the workers of a cell tell, made into what one would have told.
#pragma once

#include <vector>

#include "cells/json.h"
#include "processes/stage.h"

namespace reclaim::cells {

/// Times of the wall run from the first to begin to the last to end; everything else that is
/// counted, census and extra too, is summed; checksums add up, as those of threads do; stops are
/// merged from the histograms that the workers left on the stage. "begin_ns" is the earliest. What
/// has no meaning for several processes together is left out.
Json merged(const std::vector<Json>& told, processes::Stage& stage);

}  // namespace reclaim::cells
