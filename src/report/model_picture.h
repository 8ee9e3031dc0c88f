// How a model works, in one picture, composed from what it says of itself: who runs, what an object
// carries, where it lies, and who gives it back when. A model that nobody drew gets one too.
#pragma once

#include <string>

#include "report/nature.h"

namespace reclaim::report {

/// Inline SVG that reads picture_symbols() of the same page.
std::string model_picture(const Nature& nature);

/// What the pictures share; once in a page, before them.
std::string picture_symbols();

/// Who gives memory back, and when, in a sentence without a full stop.
std::string who_frees(const Nature& nature);

}  // namespace reclaim::report
