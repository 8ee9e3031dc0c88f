// Mistakes as people write them: forget-free=0.01.
#pragma once

#include <string>
#include <string_view>

#include "boundary/mistakes.h"
#include "cells/json.h"

namespace reclaim::cells {

/// One element of `--mistake`: NAME=RATE with a rate in (0, 1], or "none". Throws UsageError.
MistakeRate parse_mistake(std::string_view text);

/// The same text again.
std::string format_mistake(const MistakeRate& mistakes);

/// Whether a record is of a program that errs: what becomes of it is what was asked for.
bool errs(const Json& record);

}  // namespace reclaim::cells
