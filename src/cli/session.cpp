// Order matters: everything that can be wrong with a request is found before a file is touched.
#include "cli/session.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "cells/build_info.h"
#include "cells/environment.h"
#include "cells/interrupt.h"
#include "cells/names.h"
#include "cells/quantities.h"
#include "cli/arguments.h"
#include "cli/fitness.h"
#include "cli/terminal.h"
#include "measure/clock.h"
#include "trace/reader.h"

namespace reclaim::cli {

namespace {

std::string the_command;

/// A guess at the time that the cells take of which there is no record.
double estimate(const cells::Plan& plan, const std::vector<cells::Json>& records) {
  std::set<std::string> done;
  for (const cells::Json& record : records) done.insert(cells::identity_of_record(record).dump());
  double seconds = 0;
  for (const cells::Cell& cell : plan.cells) {
    const bool there = !done.empty() && done.contains(cells::identity(cell).dump());
    if (!there) seconds += cells::estimated_seconds(cell);
  }
  return seconds;
}

void print_plan(const cells::Plan& plan) {
  std::string text;
  for (const cells::Cell& cell : plan.cells) text += cell.title() + "\n";
  text += fmt::format("{} cells, about {}\n", plan.cells.size(),
                      cells::format_seconds(estimate(plan, {})));
  print(text);
}

/// What the user should know of the traces that will be played: the beginning of a recording is a
/// valid trace, but nobody should take it for the whole.
std::vector<std::string> trace_notes(const cells::Plan& plan) {
  std::set<std::string> paths;
  for (const cells::Cell& cell : plan.cells) {
    if (cell.entry->workload->id == "replay") paths.insert(cell.context.argument);
  }
  std::vector<std::string> notes;
  for (const std::string& path : paths) {
    const trace::Summary trace = trace::summarize(path);
    const std::string subject =
        trace.ending() == trace::Ending::cut ? path : "the program of " + path;
    const std::string words = subject + " " + trace::describe_ending(trace.totals);
    if (trace.totals.events == 0) throw cells::UsageError("nothing to replay: " + words);
    if (trace.ends_early()) notes.push_back(words);
  }
  return notes;
}

std::string summary(const std::vector<cells::Json>& records, double seconds) {
  std::map<std::string, std::size_t> counts;
  for (const cells::Json& record : records) ++counts[record.at("status")];
  std::string text = fmt::format("{} cell{}", records.size(), records.size() == 1 ? "" : "s");
  for (const char* status : {"ok", "failed", "crashed", "timeout", "out_of_memory", "skipped"}) {
    if (counts[status] != 0) text += fmt::format(", {} {}", counts[status], status);
  }
  return text + fmt::format(" · {}", cells::format_seconds(seconds));
}

}  // namespace

void remember_command(int argc, char* const* argv) {
  the_command = "reclaim";
  for (int i = 1; i < argc; ++i) the_command += std::string(" ") + argv[i];
}

const std::string& command() { return the_command; }

void add_session_options(Parser& parser, SessionRequest& request) {
  cells::PlanRequest& plan = request.plan;
  parser.list("-m,--models", plan.models, "MODEL[:ALLOCATOR],..",
              "models, with an allocator where they take one: gen,manual:mimalloc,rc-gil:/lib.so");
  parser.list("-w,--workloads", plan.workloads, "WORKLOAD,..",
              "workloads; replay:FILE runs a recorded program; all: each that needs no file");
  parser.list("-t,--threads", plan.threads, "N,..", "threads, 1 to 64");
  parser.list(
      "--heap", plan.heaps, "LIMIT,..",
      "heap limits, for models that have one: 2x (of the declared live peak), 50MB, 50MiB, "
      "min (the least that completes, by bisection), grow:1.5x (no limit; of what the last full "
      "collection left), none; 3x if not given");
  parser.value("--size", plan.size, "SIZE", "tiny, standard, or paper: the originals' parameters");
  parser.repeated("-p,--param", plan.parameters, "NAME=VALUE,..",
                  "override a workload's parameter; of several values each is run");
  parser.value("-r,--rounds", plan.rounds, "N", "fresh processes for each");
  parser.value("--warmup", plan.warmup, "N",
               "times the work is done in a process before it is measured");
  parser.value("--seed", plan.seed, "N", "of the work and of the order of cells");
  parser.flag("--no-census{false}", plan.census, "the instantiation that counts no objects");
  parser.value("--collect-every", plan.stress.collect_every_nth_make, "N",
               "stress: collect at every Nth allocation");
  parser.flag("--collect-at-poll", plan.stress.collect_at_each_poll,
              "stress: collect at every poll");
  parser.flag("--collect-together", plan.stress.collect_together,
              "stress: every collection by all the threads it may have");
  parser.flag("--delay-workers", plan.stress.delay_workers,
              "stress: collecting threads dawdle at random moments");
  parser.value("--collectors", plan.collectors, "N",
               "threads that may collect together, up to 8; one for each core if not given");
  parser.value("--explain", plan.explain, "FILE",
               "gen: write to FILE what each collection found and decided, a line each");
  parser.value(
      "--events", plan.events, "FILE",
      "write to FILE who held the GIL, waited and collected, moment by moment (a trace that "
      "Perfetto and chrome://tracing open)");
  parser.value("--gil-interval", plan.gil_interval_us, "US",
               "rc-gil: microseconds that a thread waits before it asks for the lock; 5000 if not "
               "given");
  parser.value("--gil-ticks", plan.gil_ticks, "N",
               "rc-gil-ticks: safepoints after which the lock is let go; 100 if not given");
  parser.value("--free-at-most", plan.free_at_most, "N",
               "rc models: dead objects that one operation takes apart; all if not given");
  parser.flag("--no-cycle-collector{false}", plan.cycle_collector,
              "rc models: their cycle collector does not run, as after gc.disable()");
  parser.value("--plant", plan.planted, "leaks=N+cycles=N",
               "objects, and pairs that refer to each other, that the program forgets: what the "
               "census must find");
  parser.flag(
      "--sites", plan.sites,
      "count objects by the place in the program that made them, too: larson, lru-cache and "
      "cycles, on models that free");
  parser.flag("--why", plan.why,
              "say what keeps objects alive: gen, of all when the most is alive (the work is done "
              "once more for it); rc-gil, of what is left");
  parser.list(
      "--mistake", plan.mistakes, "NAME=RATE,..",
      "a program that errs, in larson, lru-cache and counter: forget-free, double-free, "
      "use-after-free (of 0.01 of what it discards), missing-lock; none: one that does not");
  parser.value(
      "--shard", plan.shard, "I/N",
      "the I-th of N parts of the plan, for as many machines; a workload is never divided");
  parser.value("--meters", plan.meters, "on|off|both",
               "whether stops, memory over time and latency are kept; both: each cell with and "
               "without, to see what that costs");
  parser.flag("--settle", plan.settles,
              "look at each cell's memory 0.1, 1 and 5 seconds after its work is gone");
  parser.value(
      "--rate", plan.rate, "N|P%",
      "operations a second that are due, over all threads, or a part of what the same cell "
      "reaches without this: larson, lru-cache, weak-cache and counter");
  parser.value("--timeout", request.timeout_s, "S",
               "seconds for a cell; 60 if not given, 600 at --size paper");
  parser.flag("--resume", request.resume, "go on with a results file: run what it lacks");
  parser.flag("--dry-run", request.dry_run,
              "print the cells in their order and a guess at the time");
  parser.flag("--strict", request.strict, "refuse a machine that the doctor finds unfit (exit 3)");
  parser.flag("-q,--quiet", request.quiet, "no progress");
}

SessionResult run_session(SessionRequest request) {
  SessionResult result;
  if (request.timeout_s < 0) throw cells::UsageError("--timeout: seconds, more than 0");
  if (request.timeout_s == 0) request.timeout_s = request.plan.size == "paper" ? 600 : 60;
  if (request.resume && (request.json.empty() || request.json == "-")) {
    throw cells::UsageError("--resume goes on with a results file: --json FILE");
  }
  cells::Plan plan = cells::make_plan(request.plan);
  for (std::string& note : trace_notes(plan)) plan.notes.push_back(std::move(note));
  if (request.dry_run) {
    for (const std::string& note : plan.notes) fmt::print(stderr, "{}\n", note);
    print_plan(plan);
    return result;
  }
  if (request.strict) {
    if (const std::string unfit = unfit_reasons(); !unfit.empty()) {
      fmt::print(stderr, "reclaim: --strict: this machine is not fit to measure on: {}\n", unfit);
      result.exit_code = 3;
      return result;
    }
  }
  if (cells::build_info().checked) {
    fmt::print(stderr, "reclaim: warning: a checked build: its times say nothing\n");
  }

  if (const std::string& explain = request.plan.explain; !explain.empty()) {
    std::ofstream file(explain, std::ios::trunc);  // workers append to it
    if (!file) {
      throw cells::WriteError(fmt::format("cannot write {}: {}", explain, ::strerror(errno)));
    }
  }

  const cells::InterruptGuard guard;
  const cells::RunSettings settings{.timeout_s = request.timeout_s};
  cells::EarlierResults earlier;
  std::optional<cells::ResultsFile> file;
  if (request.resume) {
    file.emplace(cells::ResultsFile::resume(request.json, earlier));
  } else if (!request.json.empty()) {
    file.emplace(cells::ResultsFile::create(request.json));
  }
  result.environment =
      cells::environment_record(cells::allocators_of(plan), settings.program, request.plan.seed,
                                the_command, plan.cells.size(), guard);
  if (!earlier.environment.is_null()) {
    const std::string reason = cells::cannot_continue(earlier.environment, result.environment);
    if (!reason.empty()) {
      throw cells::UsageError(fmt::format("--resume {}: {}", request.json, reason));
    }
    result.environment = earlier.environment;
  }

  cells::RunOutcome outcome;
  const std::int64_t begin_ns = now_ns();
  {
    TerminalProgress progress(request.quiet, estimate(plan, earlier.records));
    if (!request.quiet) {
      for (const std::string& note : plan.notes) progress.say(note);
      if (earlier.repaired) progress.say("cut off a line that was half-written");
      if (request.plan.why && !earlier.records.empty()) {
        progress.say("--why: cells that are finished are not asked again");
      }
      if (!earlier.records.empty()) {
        progress.say(fmt::format("{} cells are there already", earlier.records.size()));
      }
    }
    outcome = cells::run_plan(plan, result.environment, earlier, file ? &*file : nullptr, settings,
                              guard, progress);
  }
  if (outcome.withdrawn != 0) {
    fmt::print(stderr,
               "reclaim: {} cell{} failed afterwards: the checksums of others refute them{}\n",
               outcome.withdrawn, outcome.withdrawn == 1 ? "" : "s",
               outcome.rewritten ? "" : " (they stand as ok in the stream)");
  }
  if (!request.quiet || outcome.interrupted) {
    fmt::print(stderr, "{}{}\n", outcome.interrupted ? "interrupted: kept " : "",
               summary(outcome.records, static_cast<double>(now_ns() - begin_ns) * 1e-9));
  }
  result.exit_code = outcome.interrupted ? 130 : cells::all_fine(outcome.records) ? 0 : 1;
  result.measured = true;
  result.records = std::move(outcome.records);
  return result;
}

}  // namespace reclaim::cli
