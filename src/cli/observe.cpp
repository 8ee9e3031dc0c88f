// Both sides of an observation: the process that wants it, and the one that makes it
// (`reclaim observe EXPERIMENT NAME SIZE`, which no help shows).
#include "cli/observe.h"

#include <fmt/format.h>
#include <string.h>

#include "cells/allocators.h"
#include "cells/names.h"
#include "cells/process.h"
#include "cells/write_text.h"
#include "cli/verbs.h"

namespace reclaim::cli {

namespace {

constexpr double timeout_s = 60;

const Observation& named(std::string_view experiment, std::string_view name) {
  if (const Experiment* found = find_experiment(experiment)) {
    for (const Observation& observation : found->observations) {
      if (observation.name == name) return observation;
    }
  }
  throw cells::UsageError(fmt::format("observe: {} has no observation '{}'", experiment, name));
}

std::string last_words(const cells::ProcessEnd& end) {
  constexpr std::string_view prefix = "reclaim: ";
  std::string line = cells::last_line(end.errors);
  if (line.starts_with(prefix)) line.erase(0, prefix.size());
  return line;
}

}  // namespace

std::optional<cells::Json> observe(const Experiment& experiment, const Observation& observation,
                                   const std::string& size, const cells::InterruptGuard& guard) {
  using Kind = cells::ProcessEnd::Kind;
  const cells::ProcessEnd end = cells::run_process(
      {"/proc/self/exe",
       {"observe", std::string(experiment.id), std::string(observation.name), size},
       cells::worker_environment(""),
       timeout_s},
      guard);
  cells::Json record = {{"name", observation.name}, {"status", "failed"}, {"message", ""}};
  record["result"] = cells::Json::parse(end.result, nullptr, /*allow_exceptions=*/false);
  switch (end.kind) {
    case Kind::interrupted:
      return std::nullopt;
    case Kind::timed_out:
      record["status"] = "timeout";
      record["message"] = fmt::format("killed after {:.0f} s", timeout_s);
      break;
    case Kind::signalled:
      record["status"] = "crashed";
      record["message"] = fmt::format("signal {}: {}", end.code, last_words(end));
      break;
    case Kind::not_started:
      record["message"] = fmt::format("not started: {}", ::strerror(end.code));
      break;
    case Kind::exited:
      if (end.code == 0 && !record["result"].is_discarded()) {
        record["status"] = "ok";
      } else {
        record["message"] = last_words(end);
      }
      break;
  }
  return record;
}

int observe_verb(Arguments arguments) {
  if (arguments.size() != 3) throw cells::UsageError("observe: EXPERIMENT NAME SIZE");
  const cells::Json result = named(arguments[0], arguments[1]).run(arguments[2]);
  return cells::write_text(cells::result_fd, result.dump()) ? 0 : 4;
}

}  // namespace reclaim::cli
