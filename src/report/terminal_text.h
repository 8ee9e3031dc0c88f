// Text for a terminal: widths in characters, not bytes; aligned columns; wrapped lines; colours
// that carry no meaning alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/table.h"

namespace reclaim::report {

/// Characters shown, one column each (no wide scripts are expected in names).
std::size_t shown_width(std::string_view text);

/// `text` padded with blanks to `width`, on the left for numbers.
std::string padded(std::string_view text, std::size_t width, bool to_right);

/// `text` cut to `width` characters, the last of them an ellipsis where it was longer.
std::string cut(std::string_view text, std::size_t width);

/// Words in lines of at most `width` characters; lines after the first begin with `indent` blanks.
/// Ends with a line break.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// `text` in the colour of `emphasis`, when colours are wanted.
std::string coloured(std::string_view text, Emphasis emphasis, bool colour);

/// A heading in bold, when colours are wanted.
std::string bold(std::string_view text, bool colour);

/// The table with two blanks between columns. Too wide a table gets its first column cut.
std::string aligned(const Table& table, std::size_t width, bool colour);

}  // namespace reclaim::report
