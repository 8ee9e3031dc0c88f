// See terminal_text.h.
#include "report/terminal_text.h"

#include <algorithm>
#include <numeric>

namespace reclaim::report {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_name_width = 8;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

std::string line_of(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

std::size_t shown_width(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

std::string padded(std::string_view text, std::size_t width, bool to_right) {
  const std::size_t shown = shown_width(text);
  const std::string blanks(shown < width ? width - shown : 0, ' ');
  return to_right ? blanks + std::string(text) : std::string(text) + blanks;
}

std::string cut(std::string_view text, std::size_t width) {
  if (shown_width(text) <= width) return std::string(text);
  std::size_t characters = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    if (!continues_character(text[end]) && characters++ == width - 1) break;
    ++end;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (column > indent && column + 1 + shown_width(word) > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!result.empty()) {
      result += ' ';
      ++column;
    }
    result += word;
    column += shown_width(word);
  }
  return result + '\n';
}

std::string coloured(std::string_view text, Emphasis emphasis, bool colour) {
  if (!colour || emphasis == Emphasis::plain) return std::string(text);
  const char* code = emphasis == Emphasis::best    ? "\x1b[1;32m"
                     : emphasis == Emphasis::quiet ? "\x1b[2m"
                                                   : "\x1b[1;31m";
  return code + std::string(text) + "\x1b[0m";
}

std::string bold(std::string_view text, bool colour) {
  return colour ? "\x1b[1m" + std::string(text) + "\x1b[0m" : std::string(text);
}

std::string aligned(const Table& table, std::size_t width, bool colour) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t widest = shown_width(table.columns[c].heading);
    for (const auto& row : table.rows) widest = std::max(widest, shown_width(row[c].text));
    widths.push_back(widest);
  }
  const std::size_t total =
      std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  if (total > width) {
    const std::size_t excess = total - width;
    widths[0] = widths[0] > excess + least_name_width ? widths[0] - excess : least_name_width;
  }
  std::string result;
  std::string line;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (c != 0) line += std::string(gap, ' ');
    line += padded(cut(table.columns[c].heading, widths[c]), widths[c], table.columns[c].numeric);
  }
  result += line_of(line);
  for (const auto& row : table.rows) {
    line.clear();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c != 0) line += std::string(gap, ' ');
      line += coloured(padded(cut(row[c].text, widths[c]), widths[c], table.columns[c].numeric),
                       row[c].emphasis, colour);
    }
    result += line_of(line);
  }
  return result;
}

}  // namespace reclaim::report
