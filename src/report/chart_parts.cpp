// See chart_parts.h.
#include "report/chart_parts.h"

#include <fmt/core.h>

#include "report/escape.h"

namespace reclaim::report {

std::string open_chart(const std::string& kind, int height, const std::string& id,
                       const std::string& title, const std::string& description) {
  return fmt::format(
      "<div class=\"plot {0}\"><svg width=\"100%\" height=\"{1}\" role=\"img\" "
      "aria-labelledby=\"{2}-t {2}-d\"><title id=\"{2}-t\">{3}</title><desc "
      "id=\"{2}-d\">{4}</desc>\n",
      kind, height, id, markup(title), markup(description));
}

std::string close_chart() { return "</svg></div>\n"; }

std::string text(const std::string& place, const char* style, const std::string& words) {
  return fmt::format("<text {} class=\"{}\">{}</text>", place, style, markup(words));
}

std::string tick_text(std::string shown) {
  for (const char* zeros : {".00", ".0"}) {
    const std::size_t at = shown.find(std::string(zeros) + " ");
    if (at != std::string::npos) shown.erase(at, std::string_view(zeros).size());
  }
  return shown;
}

std::string grid(const Axis& axis, int ticks, int height, std::string (*shown)(double)) {
  std::string result;
  for (const double tick : axis.ticks(ticks)) {
    const double x = axis.place(tick);
    result += fmt::format(
        "<line class=\"grid\" x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=\"0\" y2=\"{1}\"/>", x, height);
    result +=
        text(fmt::format("x=\"{:.2f}%\" y=\"{}\"", x, height + 16), "tick", tick_text(shown(tick)));
  }
  return result + '\n';
}

}  // namespace reclaim::report
