// Results in the formats of other tools: each format is a function in a file of its own under
// exports/, listed once in export.cpp with the name of its file and the tool that opens it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"
#include "report/timeline.h"

namespace reclaim::report {

/// What there is to export. `analysis` is that of `results`; `runs` are empty without events.
struct ExportInput {
  const Results& results;
  const Analysis& analysis;
  std::span<const TimelineRun> runs;
};

struct ExportFormat {
  std::string_view name;   ///< as --export has it
  std::string_view file;   ///< the file it makes; "*" stands for a name for each run
  std::string_view opens;  ///< what opens it
  bool wants_events;       ///< the moments of stops: what `run --events FILE` wrote
  std::vector<File> (*make)(const ExportInput&);
};

/// All of them, in the order in which help names them.
std::span<const ExportFormat> export_formats();

/// nullptr when there is none of that name.
const ExportFormat* find_export(std::string_view name);

/// The files of the formats, each format once however often it is named. All names must be known.
/// Throws BadResults where the results lack what a format is about.
std::vector<File> export_files(std::span<const std::string> names, const ExportInput& input);

// The formats. Pure functions: the same input gives the same bytes.

/// Google Benchmark's JSON: an entry for each round that ended well, in milliseconds.
std::string google_benchmark_json(const ExportInput& input);
/// HdrHistogram's log (version 1.3, V2 compressed): a histogram for each cell and cause of stops,
/// tagged with both. Throws BadResults when there were stops and their histograms are not recorded.
std::string histogram_log(const ExportInput& input);
/// The unified log of a JVM, of the collections of one run. Sizes were not recorded: zeros.
std::string collection_log(const TimelineRun& run);
/// Chrome's trace event format, closed and with named threads.
std::string trace_json(const ExportInput& input);
/// OpenMetrics 1.0 text.
std::string open_metrics(const ExportInput& input);
/// Go's benchmark format: a line for each round that ended well.
std::string benchstat_text(const ExportInput& input);
/// The records themselves, those of all files, as one JSON array in ASCII. reports/schema.json
/// describes its elements.
std::string records_json(const ExportInput& input);

}  // namespace reclaim::report
