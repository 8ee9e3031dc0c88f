// The list of formats.
#include "report/export.h"

#include <algorithm>
#include <array>
#include <set>

#include "report/escape.h"

namespace reclaim::report {
namespace {

std::vector<File> collection_logs(const ExportInput& input) {
  std::vector<File> files;
  std::set<std::string> taken;
  for (const TimelineRun& run : input.runs) {
    const std::string base = "gc-" + slug(run.title);
    std::string name = base;
    for (int n = 2; !taken.insert(name).second; ++n) name = base + "-" + std::to_string(n);
    files.push_back({name + ".log", collection_log(run)});
  }
  return files;
}

/// A format whose file has one name.
template <std::string (*text)(const ExportInput&)>
constexpr ExportFormat one_file(std::string_view name, std::string_view file,
                                std::string_view opens, bool wants_events = false) {
  return {name, file, opens, wants_events, [](const ExportInput& input) {
            return std::vector<File>{{"", text(input)}};
          }};
}

std::string csv_text(const ExportInput& input) { return csv_table(input.results, input.analysis); }
std::string markdown_text(const ExportInput& input) {
  return markdown_report(input.results, input.analysis);
}

constexpr std::array formats = {
    one_file<google_benchmark_json>("gbench", "gbench.json", "Google Benchmark's compare.py"),
    one_file<histogram_log>("hlog", "stops.hlog", "HdrHistogram's tools"),
    ExportFormat{"gclog", "gc-*.log", "GCViewer", true, collection_logs},
    one_file<trace_json>("trace", "trace.json", "Perfetto, chrome://tracing", true),
    one_file<open_metrics>("openmetrics", "openmetrics.txt", "Prometheus and its kin"),
    one_file<benchstat_text>("benchstat", "benchstat.txt", "Go's benchstat"),
    one_file<csv_text>("csv", "report.csv", "spreadsheets, data frames"),
    one_file<markdown_text>("md", "report.md", "whatever shows Markdown"),
    one_file<records_json>("json", "results.json", "whatever reads JSON"),
};

}  // namespace

std::span<const ExportFormat> export_formats() { return formats; }

const ExportFormat* find_export(std::string_view name) {
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [&](const ExportFormat& format) { return format.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

std::vector<File> export_files(std::span<const std::string> names, const ExportInput& input) {
  std::vector<File> files;
  for (const ExportFormat& format : formats) {
    if (std::find(names.begin(), names.end(), format.name) == names.end()) continue;
    for (File& file : format.make(input)) {
      if (file.name.empty()) file.name = format.file;
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace reclaim::report
