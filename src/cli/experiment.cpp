// `reclaim experiment`: one claim after the other, each in less than a minute.
#include <fmt/format.h>

#include <vector>

#include "cells/names.h"
#include "cli/experiments/experiment.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

namespace reclaim::cli {

namespace {

const Experiment& named(const std::string& name) {
  if (const Experiment* experiment = find_experiment(name)) return *experiment;
  std::vector<std::string> names = {"all"};
  for (const Experiment& experiment : experiments()) names.emplace_back(experiment.id);
  throw cells::UsageError(cells::unknown_name("experiment", name, names));
}

/// The records of all its cells. A cell that did not end well is a result here.
Evidence evidence_of(const Experiment& experiment, const std::string& size, bool quiet) {
  std::vector<cells::Json> records;
  std::uint64_t cores = 1;
  for (const cells::PlanRequest& plan : experiment.plans(size)) {
    SessionRequest request;
    request.plan = plan;
    request.quiet = quiet;
    SessionResult result = run_session(request);
    const cells::Json machine = result.environment.value("machine", cells::Json::object());
    cores = machine.value("cores", std::uint64_t{1});
    for (cells::Json& record : result.records) records.push_back(std::move(record));
  }
  return {std::move(records), cores};
}

}  // namespace

int experiment_verb(Arguments arguments) {
  std::string name, size = "standard";
  bool quiet = false;
  Parser parser{
      "experiment",
      "Run an experiment: its claim, what is expected, what is measured, and the verdict. "
      "Exit code 1 when a claim is refuted."};
  parser.required("name", name, "N|NAME|all", "see reclaim list experiments");
  parser.value("--size", size, "SIZE", "standard; tiny shows how it goes, and decides nothing");
  parser.flag("-q,--quiet", quiet, "no progress");
  if (const auto done = parser.parse(arguments)) return *done;
  std::vector<const Experiment*> chosen;
  if (name == "all") {
    for (const Experiment& experiment : experiments()) chosen.push_back(&experiment);
  } else {
    chosen.push_back(&named(name));
  }
  bool refuted = false;
  for (const Experiment* experiment : chosen) {
    const Finding finding = experiment->judge(evidence_of(*experiment, size, quiet));
    refuted = refuted || finding.verdict == Verdict::refuted;
    print(fmt::format("{}. {}\n  claim     {}\n  expected  {}\n  measured  {}\n  verdict   {}\n\n",
                      experiment->number, experiment->id, experiment->claim, experiment->expected,
                      finding.measured, name_of(finding.verdict)));
  }
  return refuted ? 1 : 0;
}

}  // namespace reclaim::cli
