// `reclaim run`: measure what you choose.
#include <fmt/format.h>
#include <unistd.h>

#include "cells/names.h"
#include "cli/session.h"
#include "cli/standard.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/report.h"

namespace reclaim::cli {

std::string table_of(const SessionResult& result) {
  std::string text = result.environment.dump() + "\n";
  for (const cells::Json& record : result.records) {
    text += record.dump(-1, ' ', false, cells::Json::error_handler_t::replace) + "\n";
  }
  return report::terminal_table(report::load_text(text, "this run"),
                                {wants_colour(STDOUT_FILENO), terminal_width()});
}

int run_verb(Arguments arguments) {
  SessionRequest request;
  request.plan.rounds = 1;
  Parser parser{"run",
                "Measure workloads on models: each cell in a fresh process, in random order."};
  add_session_options(parser, request);
  parser.value("--json", request.json, "FILE", "write results as JSON Lines; - is stdout");
  if (const auto done = parser.parse(arguments)) return *done;
  if (request.plan.workloads.empty()) {
    throw cells::UsageError("run: which workload? -w gcbench, or -w all (reclaim list workloads)");
  }
  if (request.plan.models.empty()) request.plan.models = models_of_family("standard");
  const SessionResult result = run_session(request);
  if (result.measured && request.json != "-" && !result.records.empty()) print(table_of(result));
  return result.exit_code;
}

}  // namespace reclaim::cli
