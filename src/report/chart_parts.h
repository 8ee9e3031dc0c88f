// What still pictures of every kind share.
#pragma once

#include <string>

#include "report/axis.h"

namespace reclaim::report {

/// Room for ticks and their words below a chart, pixels.
inline constexpr int axis_height = 26;

/// Opens a chart; the caller adds marks and closes it. `kind` is a class of the style sheet, which
/// leaves its margins; title and description are for those who do not see the picture.
std::string open_chart(const std::string& kind, int height, const std::string& id,
                       const std::string& title, const std::string& description);
std::string close_chart();

/// Words at a place given as attributes, in a class of the style sheet.
std::string text(const std::string& place, const char* style, const std::string& words);

/// A tick's value without needless zeros: "50 ms", not "50.0 ms".
std::string tick_text(std::string shown);

/// Vertical grid lines with their values below.
std::string grid(const Axis& axis, int ticks, int height, std::string (*shown)(double));

}  // namespace reclaim::report
