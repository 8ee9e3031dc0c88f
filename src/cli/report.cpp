// `reclaim report`: the main job. Six rounds, because an interval wants six; two thread counts,
// because counting and locking cost nothing alone.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "cells/build_info.h"
#include "cells/names.h"
#include "cells/registry.h"
#include "cli/standard.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"

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

fs::path make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw cells::WriteError(fmt::format("cannot make {}: {}", directory.string(), error.message()));
  }
  return directory;
}

void write_up(const report::Results& results, const fs::path& directory) {
  report::write_all(results, directory);
  print(report::terminal_table(results, {wants_colour(STDOUT_FILENO), terminal_width()}));
  fmt::print(stderr, "report: {}\n", (directory / "index.html").string());
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

std::vector<std::string> standard_workloads() {
  std::vector<std::string> names = {"all"};
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
  parser.flag("--mix-machines", mix_machines, "write up files from machines that differ");
  add_session_options(parser, request);
  if (const auto done = parser.parse(arguments)) return *done;

  if (!files.empty()) {
    const std::vector<fs::path> paths(files.begin(), files.end());
    const report::Results results = report::load(paths, {mix_machines});
    write_up(results,
             make_directory(out.empty() ? reports_directory() / time_name() : fs::path(out)));
    return 0;
  }
  if (request.resume && out.empty())
    throw cells::UsageError("report --resume: go on where? --out DIR");
  if (quick) {
    if (!parser.given("--rounds")) request.plan.rounds = 3;
    if (!parser.given("--threads")) request.plan.threads = {2};
  }
  const std::vector<std::string> models = models_of_family(family);
  if (request.plan.models.empty()) request.plan.models = models;
  if (request.plan.workloads.empty()) request.plan.workloads = standard_workloads();
  if (request.dry_run) return run_session(request).exit_code;
  cells::make_plan(request.plan);  // a wrong name must leave no directory behind
  const fs::path directory =
      make_directory(out.empty() ? reports_directory() / time_name() : fs::path(out));
  request.json = (directory / "results.jsonl").string();
  const SessionResult result = run_session(request);
  if (result.exit_code == 130) {
    fmt::print(stderr, "go on with: reclaim report --resume --out {}\n", directory.string());
  } else if (result.measured) {
    const std::vector<fs::path> paths = {request.json};
    write_up(report::load(paths), directory);
  }
  return result.exit_code;
}

}  // namespace reclaim::cli
