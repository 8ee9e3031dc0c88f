// See exports.h.
#include "cli/exports.h"

#include <fmt/format.h>

#include <algorithm>

#include "cells/names.h"
#include "report/export.h"

namespace reclaim::cli {

namespace {

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const report::ExportFormat& format : report::export_formats()) {
    names.emplace_back(format.name);
  }
  return names;
}

bool wants_events(const std::string& name) {
  const report::ExportFormat* format = report::find_export(name);
  return format != nullptr && format->wants_events;
}

}  // namespace

void Exports::add_option(Parser& parser) {
  std::string names;
  for (const std::string& name : format_names()) names += (names.empty() ? "" : ", ") + name;
  parser.list("--export", names_, "FORMAT,..",
              fmt::format("also in formats of other tools (reports/README.md): {}", names));
}

void Exports::check(const std::string& events) const {
  for (const std::string& name : names_) {
    if (report::find_export(name) == nullptr) {
      throw cells::UsageError(cells::unknown_name("format", name, format_names()));
    }
    if (wants_events(name) && events.empty()) {
      throw cells::UsageError(
          fmt::format("--export {}: the moments of stops are not in results files: --events FILE "
                      "(reclaim run --events FILE records them)",
                      name));
    }
  }
}

std::vector<report::File> Exports::files(const report::Results& results,
                                         const report::Analysis& analysis,
                                         const std::string& events) const {
  std::vector<report::TimelineRun> runs;
  if (std::any_of(names_.begin(), names_.end(), wants_events)) runs = report::read_timeline(events);
  return report::export_files(names_, {results, analysis, runs});
}

std::filesystem::path make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw cells::WriteError(fmt::format("cannot make {}: {}", directory.string(), error.message()));
  }
  return directory;
}

void say_exported(std::span<const report::File> files, const std::filesystem::path& directory) {
  for (const report::File& file : files) {
    fmt::print(stderr, "export: {}\n", (directory / file.name).string());
  }
}

}  // namespace reclaim::cli
