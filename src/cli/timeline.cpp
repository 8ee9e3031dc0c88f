// `reclaim timeline`: the events of a run as a picture, or as a page to look closer at.
#include "report/timeline.h"

#include <filesystem>

#include "cells/names.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"
#include "report/timeline_page.h"

namespace reclaim::cli {

int timeline_verb(Arguments arguments) {
  std::string file, out;
  double from_ms = 0, to_ms = 0;
  Parser parser{"timeline",
                "Draw who held the GIL, waited and collected: an SVG picture of what `run --events "
                "FILE` wrote,\nor with -o FILE.html a page in which one can look closer."};
  parser.required("file", file, "FILE", "what run --events wrote");
  parser.value("-o,--out", out, "FILE",
               "where it goes, .svg or .html; an SVG to stdout if not given");
  parser.value("--from", from_ms, "MS", "where it begins; 0");
  parser.value("--to", to_ms, "MS", "where it ends; at the last event if not given");
  if (const auto done = parser.parse(arguments)) return *done;
  if (from_ms < 0 || to_ms < 0 || (to_ms != 0 && to_ms <= from_ms)) {
    throw cells::UsageError("--from, --to: milliseconds, the second after the first");
  }
  const bool page = std::filesystem::path(out).extension() == ".html";
  if (page && (from_ms != 0 || to_ms != 0)) {
    throw cells::UsageError("--from, --to: a page shows all, and zooms; they are for a picture");
  }
  const std::vector<report::TimelineRun> runs = report::read_timeline(file);
  if (page) {
    report::write_file(out, report::timeline_page(runs));
    return 0;
  }
  const std::string picture = report::timeline_svg(runs, from_ms * 1e3, to_ms * 1e3);
  if (out.empty()) {
    print(picture);
  } else {
    report::write_file(out, picture);
  }
  return 0;
}

}  // namespace reclaim::cli
