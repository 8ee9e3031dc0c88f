// See viewer.h. The bundle is assembled into read-only data as it is: no compiler reads it.
#include "report/viewer.h"

#include "report/viewer_bundle.h"  // generated: path and hash of the bundle

asm(".section .rodata\n"
    ".global reclaim_viewer_begin, reclaim_viewer_end\n"
    "reclaim_viewer_begin: .incbin \"" RECLAIM_VIEWER_FILE
    "\"\n"
    "reclaim_viewer_end:\n"
    ".previous\n");
extern "C" const char reclaim_viewer_begin[], reclaim_viewer_end[];

namespace reclaim::report {

std::string_view viewer_script() {
  return {reclaim_viewer_begin,
          static_cast<std::size_t>(reclaim_viewer_end - reclaim_viewer_begin)};
}

std::string viewer_policy() {
  return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" RECLAIM_VIEWER_SHA256
         "'";
}

std::string script_safe(std::string_view json) {
  std::string result;
  result.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<':
        result += "\\u003c";
        break;
      case '>':
        result += "\\u003e";
        break;
      case '&':
        result += "\\u0026";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string viewer_html(std::string_view json) {
  std::string result = "<script type=\"application/json\" id=\"chart-data\">";
  result += script_safe(json);
  result += "</script>\n<script>";
  result += viewer_script();
  return result + "</script>\n";
}

}  // namespace reclaim::report
