// See page_frame.h. Light and dark follow the reader's system, unless the page's own switch says
// otherwise.
#include "report/page_frame.h"

#include <fmt/core.h>

#include "report/escape.h"
#include "report/page_style.h"
#include "report/section_style.h"
#include "report/viewer.h"

namespace reclaim::report {

std::string page_begin(std::string_view title, std::string_view first) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n<title>{}</title>\n"
      "<style>:root{{{}}}\n@media "
      "(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{}}}}}\n"
      ":root[data-theme=dark]{{{}}}{}{}</style></head>\n"
      "<body><a class=\"skip\" href=\"#{}\">Skip to the results</a>\n<div class=\"page\">\n",
      viewer_policy(), markup(title), light_colours, dark_colours, dark_colours, page_style,
      section_style, first);
}

std::string page_end(const std::string& scripts) { return "</div>" + scripts + "</body></html>\n"; }

}  // namespace reclaim::report
