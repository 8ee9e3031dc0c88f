// `reclaim timeline`: the events of a run as a picture.
#include <fstream>
#include <sstream>

#include "cells/names.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"
#include "report/timeline.h"

namespace reclaim::cli {

int timeline_verb(Arguments arguments) {
  std::string file, out;
  double from_ms = 0, to_ms = 0;
  Parser parser{"timeline",
                "Draw who held the GIL, waited and collected: an SVG picture of what `run --events "
                "FILE` wrote."};
  parser.required("file", file, "FILE", "what run --events wrote");
  parser.value("-o,--out", out, "FILE.svg", "where the picture goes; stdout if not given");
  parser.value("--from", from_ms, "MS", "where it begins; 0");
  parser.value("--to", to_ms, "MS", "where it ends; at the last event if not given");
  if (const auto done = parser.parse(arguments)) return *done;
  if (from_ms < 0 || to_ms < 0 || (to_ms != 0 && to_ms <= from_ms)) {
    throw cells::UsageError("--from, --to: milliseconds, the second after the first");
  }
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    throw cells::UsageError(file + ": cannot be read, or is empty");
  }
  const std::vector<report::TimelineRun> runs = report::load_timeline(text.str(), file);
  const std::string picture = report::timeline_svg(runs, from_ms * 1e3, to_ms * 1e3);
  if (out.empty()) {
    print(picture);
  } else {
    report::write_file(out, picture);
  }
  return 0;
}

}  // namespace reclaim::cli
