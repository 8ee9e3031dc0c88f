// `reclaim run`: measure what you choose.
#include <fmt/format.h>
#include <unistd.h>

#include "cells/names.h"
#include "cli/exports.h"
#include "cli/session.h"
#include "cli/standard.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"

namespace reclaim::cli {

namespace {

report::Results results_of(const SessionResult& result) {
  std::string text = result.environment.dump() + "\n";
  for (const cells::Json& record : result.records) {
    text += record.dump(-1, ' ', false, cells::Json::error_handler_t::replace) + "\n";
  }
  return report::load_text(text, "this run");
}

}  // namespace

std::string table_of(const SessionResult& result) {
  return report::terminal_table(results_of(result),
                                {wants_colour(STDOUT_FILENO), terminal_width()});
}

int run_verb(Arguments arguments) {
  SessionRequest request;
  request.plan.rounds = 1;
  Parser parser{"run",
                "Measure workloads on models: each cell in a fresh process, in random order."};
  add_session_options(parser, request);
  parser.value("--json", request.json, "FILE", "write results as JSON Lines; - is stdout");
  Exports exports;
  std::string out;
  exports.add_option(parser);
  parser.value("--out", out, "DIR", "where --export goes");
  if (const auto done = parser.parse(arguments)) return *done;
  exports.check(request.plan.events);
  if (exports.any() && out.empty()) throw cells::UsageError("run --export: where to? --out DIR");
  if (request.plan.workloads.empty()) {
    throw cells::UsageError("run: which workload? -w gcbench, or -w all (reclaim list workloads)");
  }
  if (request.plan.models.empty()) request.plan.models = models_of_family("standard");
  if (exports.any() && !request.dry_run) {
    cells::make_plan(request.plan);  // a wrong name must leave no directory behind
    make_directory(out);
  }
  const SessionResult result = run_session(request);
  if (exports.any() && result.measured && result.exit_code != 130) {
    const report::Results results = results_of(result);
    const std::vector<report::File> files =
        exports.files(results, report::analyse(results), request.plan.events);
    report::write_files(files, out);
    say_exported(files, out);
  }
  if (result.measured && request.json != "-" && !result.records.empty()) print(table_of(result));
  return result.exit_code;
}

}  // namespace reclaim::cli
