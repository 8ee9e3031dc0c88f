// See escape.h.
#include "report/escape.h"

#include <fmt/core.h>

#include <cstdint>

namespace reclaim::report {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// The code point that starts at `text[i]`, and its length. Assumes UTF-8; what is not decodes to
/// something that is_unwanted refuses.
std::pair<std::uint32_t, std::size_t> decode(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
  };
  const std::uint32_t first = byte(i);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || i + length > text.size()) return {0, 1};
  std::uint32_t point = first & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0u) != 0x80u) return {0, 1};
    point = (point << 6) | (byte(i + k) & 0x3Fu);
  }
  return {point, length};
}

bool is_unwanted(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) ||  // C0, DEL, C1
         (point >= 0x200B && point <= 0x200F) ||             // zero width, direction marks
         (point >= 0x2028 && point <= 0x202E) ||             // separators, direction overrides
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF ||
         (point >= 0xD800 && point <= 0xDFFF) || (point & 0xFFFE) == 0xFFFE || point > 0x10FFFF;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto [point, length] = decode(text, i);
    if (point == '\n' || point == '\r' || point == '\t') {
      result += ' ';
    } else if (is_unwanted(point)) {
      result += replacement;
    } else {
      result += text.substr(i, length);
    }
    i += length;
  }
  return result;
}

std::string markup(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string markdown(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else {
      if (std::string_view("\\`*_{}[]#|~!").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

std::string csv(std::string_view text) {
  std::string field;
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
    field = "'";
  }
  field += text;
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string json_in_ascii(std::string_view json) {
  std::string result;
  for (std::size_t i = 0; i < json.size();) {
    const auto [point, length] = decode(json, i);
    if (point < 0x7F) {
      result += json[i];
    } else if (point < 0x10000) {
      result += fmt::format("\\u{:04x}", point);
    } else {
      result += fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (point >> 10), 0xDC00 + (point & 0x3FF));
    }
    i += length;
  }
  return result;
}

std::string slug(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) {
      result += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!result.empty() && result.back() != '-') {
      result += '-';
    }
  }
  while (!result.empty() && result.back() == '-') result.pop_back();
  return result.empty() ? "unnamed" : result;
}

}  // namespace reclaim::report
