// Names and messages in a results file come from anywhere (paths, libraries, other people's
// models): each output format neutralises them in one place.
#pragma once

#include <string>
#include <string_view>

namespace reclaim::report {

/// UTF-8 text without control characters, direction overrides and the like: each becomes U+FFFD.
/// (A line break becomes a space.) Safe to print on a terminal.
std::string printable(std::string_view text);

/// For text and quoted attributes of HTML and SVG: & < > " ' become character references.
std::string markup(std::string_view text);

/// For running text and table cells of Markdown: punctuation that could start markup gets a
/// backslash, & < > become character references.
std::string markdown(std::string_view text);

/// A field of RFC 4180 CSV, quoted where needed. Text that a spreadsheet would run as a formula
/// (first character = + - @) gets an apostrophe in front.
std::string csv(std::string_view text);

/// JSON with nothing but ASCII: other characters, which only strings have, as \uXXXX. `json` is
/// valid.
std::string json_in_ascii(std::string_view json);

/// A name for an anchor or a file: lower-case letters, digits and single hyphens, never empty.
std::string slug(std::string_view text);

}  // namespace reclaim::report
