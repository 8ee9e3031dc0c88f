// HdrHistogram's log: for HistogramLogProcessor, HistogramLogAnalyzer and their kin. A line for
// each cell and cause; all rounds of a model in a scenario have one tag for each cause, so that a
// tool that is asked for a tag adds them up.
#include <fmt/core.h>

#include "report/export.h"
#include "report/exports/hdr_payload.h"

namespace reclaim::report {
namespace {

/// Tags end at a comma, lines at a blank for some readers.
std::string tag_of(const Setting& setting, const Scenario& scenario, const Row& row,
                   const std::string& cause) {
  std::string tag;
  for (const char c :
       fmt::format("{}/{}/{}/{}", setting.title, scenario.threads, row.model, cause)) {
    tag += c == ',' || c == ' ' ? '_' : c;
  }
  return tag;
}

void check(const Results& results) {
  for (const Cell& cell : results.cells) {
    for (const auto& [cause, stop] : cell.stops) {
      if (stop.count != 0 && stop.histogram.empty()) {
        throw BadResults(fmt::format(
            "{}: no histograms of stops, which the export hlog is made of: measured by an older "
            "reclaim",
            results.environments[cell.environment].source));
      }
    }
  }
}

}  // namespace

std::string histogram_log(const ExportInput& input) {
  check(input.results);
  std::string text =
      "#[Stops in nanoseconds, a line for each cell and cause. Cells stand one after another, not "
      "when they ran.]\n"
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: 0.000 (seconds since epoch), Thu Jan 01 00:00:00 UTC 1970]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
  double at_s = 0;
  for (const Setting& setting : input.analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        for (const Cell* cell : row.cells) {
          if (!cell->ok()) continue;
          for (const auto& [cause, stop] : cell->stops) {
            if (stop.count == 0) continue;
            constexpr double milliseconds = 1e3;
            text += fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n",
                                tag_of(setting, scenario, row, cause), at_s, *cell->wall_s,
                                stop.max_s.value_or(0) * milliseconds, hdr_payload(stop.histogram));
          }
          at_s += *cell->wall_s;
        }
      }
    }
  }
  return text;
}

}  // namespace reclaim::report
