// See timeline_page.h.
#include "report/timeline_page.h"

#include "report/figures.h"
#include "report/page_frame.h"

namespace reclaim::report {

std::string timeline_page(const std::vector<TimelineRun>& runs) {
  const Analysis nothing_compared;
  Figures figures(nothing_compared);
  std::string result = page_begin("What threads did", "timeline-of-all");
  result += "<main>" + figures.timeline_section(runs) + "</main>\n";
  return result + page_end(figures.script());
}

}  // namespace reclaim::report
