// `reclaim experiment`: one claim after the other, each in less than a minute.
#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "cells/cell.h"
#include "cells/environment.h"
#include "cells/names.h"
#include "cells/results_file.h"
#include "cli/experiments/experiment.h"
#include "cli/observe.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "report/experiments.h"

namespace reclaim::cli {

namespace {

std::vector<const Experiment*> chosen(const std::string& name) {
  std::vector<const Experiment*> found;
  if (name == "all") {
    for (const Experiment& experiment : experiments()) found.push_back(&experiment);
  } else {
    found = find_experiments(name);
  }
  if (!found.empty()) return found;
  std::vector<std::string> names = {"all"};
  for (const Experiment& experiment : experiments()) names.emplace_back(experiment.id);
  throw cells::UsageError(cells::unknown_name("experiment", name, names));
}

/// The records of all its cells and observations. One that did not end well is a result here.
/// Nothing when the user interrupted.
std::optional<Evidence> evidence_of(const Experiment& experiment, const std::string& size,
                                    bool quiet) {
  std::vector<cells::Json> records, observations;
  std::uint64_t cores = 1;
  for (const cells::PlanRequest& plan :
       experiment.plans != nullptr ? experiment.plans(size) : Plans{}) {
    SessionRequest request;
    request.plan = plan;
    request.quiet = quiet;
    SessionResult result = run_session(request);
    if (result.exit_code == 130) return std::nullopt;
    const cells::Json machine = result.environment.value("machine", cells::Json::object());
    cores = machine.value("cores", std::uint64_t{1});
    for (cells::Json& record : result.records) records.push_back(std::move(record));
  }
  const cells::InterruptGuard guard;
  for (const Observation& observation : experiment.observations) {
    std::optional<cells::Json> record = observe(experiment, observation, size, guard);
    if (!record) return std::nullopt;
    observations.push_back(std::move(*record));
  }
  return Evidence{std::move(records), cores, std::move(observations)};
}

report::Experiment outcome_of(const Experiment& experiment, const Finding& finding) {
  return {static_cast<std::uint64_t>(experiment.number),
          std::string(experiment.id),
          std::string(experiment.claim),
          std::string(experiment.expected),
          finding.measured,
          std::string(name_of(finding.verdict)),
          finding.details};
}

cells::Json record_of(const report::Experiment& outcome) {
  cells::Json record = {{"kind", "experiment"},           {"schema", 1},
                        {"number", outcome.number},       {"id", outcome.id},
                        {"claim", outcome.claim},         {"expected", outcome.expected},
                        {"measured", outcome.measured},   {"verdict", outcome.verdict},
                        {"details", cells::Json::array()}};
  for (const report::Experiment::Table& table : outcome.details) {
    record["details"].push_back(
        {{"title", table.title}, {"columns", table.columns}, {"rows", table.rows}});
  }
  return record;
}

/// Outcomes go behind what the file holds; a new one begins with the environment record.
cells::ResultsFile open_results(const std::string& path) {
  const cells::InterruptGuard guard;
  const cells::Json environment =
      cells::environment_record({"glibc"}, "/proc/self/exe", 1, command(), 0, guard);
  if (path == "-") {
    cells::ResultsFile file = cells::ResultsFile::create(path);
    file.append(environment);
    return file;
  }
  cells::EarlierResults earlier;
  cells::ResultsFile file = cells::ResultsFile::resume(path, earlier);
  if (earlier.environment.is_null()) {
    file.append(environment);
  } else if (const std::string reason = cells::cannot_continue(earlier.environment, environment);
             !reason.empty()) {
    throw cells::UsageError(fmt::format("--json {}: {}", path, reason));
  }
  return file;
}

}  // namespace

int experiment_verb(Arguments arguments) {
  std::string name, size = "standard", json;
  bool quiet = false;
  Parser parser{
      "experiment",
      "Run an experiment: its claim, what is expected, what is measured, and the verdict. "
      "Exit code 1 when a claim is refuted."};
  parser.required("name", name, "N|NAME|all", "see reclaim list experiments");
  parser.value("--size", size, "SIZE", "standard; tiny shows how it goes, and decides nothing");
  parser.value("--json", json, "FILE",
               "append outcomes to a results file, for reclaim report FILE; - is stdout");
  parser.flag("-q,--quiet", quiet, "no progress");
  if (const auto done = parser.parse(arguments)) return *done;
  const std::vector<const Experiment*> experiments = chosen(name);
  std::optional<cells::ResultsFile> file;
  if (!json.empty()) file.emplace(open_results(json));
  bool refuted = false;
  for (const Experiment* experiment : experiments) {
    const std::optional<Evidence> evidence = evidence_of(*experiment, size, quiet);
    if (!evidence) return 130;
    const Finding finding = experiment->judge(*evidence);
    refuted = refuted || finding.verdict == Verdict::refuted;
    const report::Experiment outcome = outcome_of(*experiment, finding);
    if (file) file->append(record_of(outcome));
    if (json != "-") {
      print(report::experiment_text(outcome, {wants_colour(STDOUT_FILENO), terminal_width()}) +
            "\n");
    }
  }
  return refuted ? 1 : 0;
}

}  // namespace reclaim::cli
