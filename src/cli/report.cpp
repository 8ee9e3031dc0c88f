// `reclaim report`: the main job. Six rounds, because an interval wants six; two thread counts,
// because counting and locking cost nothing alone.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "cells/build_info.h"
#include "cells/names.h"
#include "cells/registry.h"
#include "cli/exports.h"
#include "cli/standard.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"
#include "report/timeline.h"

namespace reclaim::cli {

namespace {

namespace fs = std::filesystem;

/// Reports land in the tree that was built; where that is gone, in the current directory.
fs::path reports_directory() {
  std::error_code error;
  const fs::path tree = cells::build_info().source_directory;
  return (fs::is_directory(tree, error) ? tree : fs::current_path()) / "reports";
}

std::string time_name() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d_%H-%M-%S", &parts);
  return text;
}

/// What was measured is not measured over by accident.
void keep_what_is_there(const std::string& results) {
  std::error_code error;
  if (fs::exists(results, error) && fs::file_size(results, error) != 0) {
    throw cells::UsageError(fmt::format(
        "{} has results already: --resume goes on with them, another --out keeps them", results));
  }
}

/// `events`: what run --events wrote, to be drawn too; empty: none.
void write_up(report::Results results, const fs::path& directory, const Exports& exports,
              const std::string& events) {
  if (!events.empty()) results.timeline = report::read_timeline(events);
  const report::Analysis analysis = report::analyse(results);
  const std::vector<report::File> exported = exports.files(results, analysis, events);
  std::vector<report::File> files = report::report_files(results, analysis);
  for (const report::File& file : exported) {
    const bool there = std::any_of(files.begin(), files.end(), [&](const report::File& other) {
      return other.name == file.name;  // a report has these two anyway
    });
    if (!there) files.push_back(file);
  }
  report::write_files(files, directory);
  print(report::terminal_table(results, {wants_colour(STDOUT_FILENO), terminal_width()}));
  fmt::print(stderr, "report: {}\n", (directory / "index.html").string());
  say_exported(exported, directory);
}

}  // namespace

std::vector<std::string> models_of_family(const std::string& family) {
  static const std::map<std::string, std::vector<std::string>> families = {
      {"standard",
       {"null", "manual:glibc", "manual:mimalloc", "manual:jemalloc", "manual+handles:mimalloc",
        "rc-gil:mimalloc", "rc-atomic:mimalloc", "gen"}},
      {"counting",
       {"manual:mimalloc", "rc-gil:mimalloc", "rc-gil-ticks:mimalloc", "rc-gil+gen",
        "rc-atomic:mimalloc", "rc-atomic+cycles:mimalloc", "rc-biased:mimalloc",
        "rc-locked:mimalloc", "rc-racy:mimalloc"}},
  };
  const auto found = families.find(family);
  if (found == families.end()) {
    std::vector<std::string> names;
    for (const auto& [name, models] : families) names.push_back(name);
    throw cells::UsageError(cells::unknown_name("family", family, names));
  }
  std::vector<std::string> present;
  for (const std::string& model : found->second) {
    const std::string_view id = std::string_view(model).substr(0, model.find(':'));
    for (const auto* info : cells::models()) {
      if (info->id == id) present.push_back(model);
    }
  }
  return present;
}

/// They wait, compute or talk: what they show is no matter of memory, and experiments ask for them.
constexpr std::array<std::string_view, 11> of_experiments = {
    "child",    "errands", "file-io",   "mixed",  "native", "pages",
    "pressure", "sleep",   "socket-io", "sqlite", "threads"};

std::vector<std::string> standard_workloads() {
  std::vector<std::string> names;
  for (const auto* info : cells::workloads()) {
    const bool asked_for_elsewhere =
        std::find(of_experiments.begin(), of_experiments.end(), info->id) != of_experiments.end();
    if (info->argument_name.empty() && !asked_for_elsewhere) names.emplace_back(info->id);
  }
  std::error_code error;
  for (const auto& file : fs::directory_iterator(reports_directory() / "traces", error)) {
    if (file.path().extension() == ".trace") names.push_back("replay:" + file.path().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

int report_verb(Arguments arguments) {
  SessionRequest request;
  request.plan.rounds = 6;
  request.plan.threads = {1, 2};
  bool quick = false, mix_machines = false;
  std::string out, family = "standard";
  std::vector<std::string> files;
  Parser parser{
      "report",
      "The standard comparison: the models of a family, every workload. Minutes on two cores. "
      "Writes\n"
      "results.jsonl and the pages made from it. With FILES: writes up those, measures nothing."};
  parser.rest("files", files, "FILE", "results files to write up");
  parser.flag("--quick", quick, "two threads only, three rounds: a first look, without intervals");
  parser.value(
      "--family", family, "NAME",
      "which models, unless -m names them: standard, or counting (all that count or have a "
      "GIL)");
  parser.value("--out", out, "DIR", "where it goes; reports/<time>/ if not given");
  Exports exports;
  exports.add_option(parser);
  parser.flag("--mix-machines", mix_machines, "write up files from machines that differ");
  add_session_options(parser, request);
  if (const auto done = parser.parse(arguments)) return *done;
  exports.check(request.plan.events);

  if (!files.empty()) {
    const std::vector<fs::path> paths(files.begin(), files.end());
    const report::Results results = report::load(paths, {mix_machines});
    write_up(results, out.empty() ? reports_directory() / time_name() : fs::path(out), exports,
             request.plan.events);
    return 0;
  }
  if (request.resume && out.empty())
    throw cells::UsageError("report --resume: go on where? --out DIR");
  if (quick) {
    if (!parser.given("--rounds")) request.plan.rounds = 3;
    if (!parser.given("--threads")) request.plan.threads = {2};
  }
  if (!quick && !parser.given("--meters")) request.plan.priced = "gcbench";
  const std::vector<std::string> models = models_of_family(family);
  if (request.plan.models.empty()) request.plan.models = models;
  if (request.plan.workloads.empty()) request.plan.workloads = standard_workloads();
  if (request.dry_run) return run_session(request).exit_code;
  cells::make_plan(request.plan);  // a wrong name must leave no directory behind
  const fs::path directory =
      make_directory(out.empty() ? reports_directory() / time_name() : fs::path(out));
  request.json = (directory / "results.jsonl").string();
  if (!request.resume) keep_what_is_there(request.json);
  const SessionResult result = run_session(request);
  if (result.exit_code == 3) {
    std::error_code error;
    fs::remove(directory, error);  // if it is empty: nothing was written
  } else if (result.exit_code == 130) {
    fmt::print(stderr, "go on with: reclaim report --resume --out {}\n", directory.string());
  } else if (result.measured) {
    const std::vector<fs::path> paths = {request.json};
    write_up(report::load(paths), directory, exports, request.plan.events);
  }
  return result.exit_code;
}

}  // namespace reclaim::cli
