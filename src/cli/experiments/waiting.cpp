// Threads that wait: beside each other, and beside threads that compute.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

using Of = Evidence::Of;

// --- 5 ---

struct Wait {
  const char* workload;
  const char* requests;
  const char* wait;  ///< microseconds
};

/// As long as a disk across a network takes, or a program's start and some work of its: so long
/// that eight threads still wait most of their time. At the workloads' own 200 microseconds eight
/// of them need more than half of a core, and it is the GIL that they wait for.
constexpr std::array<Wait, 5> waits = {{{"file-io", "records=160", "device=1000"},
                                        {"socket-io", "requests=160", "delay=1000"},
                                        {"sqlite", "requests=160", "delay=1000"},
                                        {"sleep", "requests=160", "delay=1000"},
                                        {"child", "requests=24", "delay=20000"}}};

Plans waiting_plans(const std::string& size) {
  Plans plans;
  for (const Wait& of : waits) {
    plans.push_back(plan(size, {"rc-gil:glibc", "rc-atomic:glibc"}, of.workload, {1, 8}));
    if (size != "tiny") plans.back().parameters = {of.requests, of.wait};
  }
  return plans;
}
Finding judge_waiting(const Evidence& e) {
  double overlap = 0, against = 0;  // the worst of all
  std::vector<Bound> bounds;
  report::Experiment::Table table{"Threads that wait",
                                  {"waiting for", "rc-gil, 1 thread, ms", "8 threads, ms",
                                   "8 over 1", "rc-atomic, 8 threads, ms", "rc-gil over rc-atomic"},
                                  {}};
  for (const Wait& of : waits) {
    const char* const workload = of.workload;
    const auto one = e.median({"rc-gil", workload, 1}, "wall_s");
    const auto eight = e.median({"rc-gil", workload, 8}, "wall_s");
    const auto without = e.median({"rc-atomic", workload, 8}, "wall_s");
    if (!one || !eight || !without) return undecidable(no_figures);
    bounds.push_back({{"rc-gil", workload, 8}, {"rc-gil", workload, 1}, 0, 0.5});
    bounds.push_back({{"rc-gil", workload, 8}, {"rc-atomic", workload, 8}, 0, 1.2});
    overlap = std::max(overlap, *eight / *one);
    against = std::max(against, *eight / *without);
    table.rows.push_back({workload, fmt::format("{:.1f}", *one * 1e3),
                          fmt::format("{:.1f}", *eight * 1e3), fmt::format("{:.2f}", *eight / *one),
                          fmt::format("{:.1f}", *without * 1e3),
                          fmt::format("{:.2f}", *eight / *without)});
  }
  return decided_by(e, bounds,
                    fmt::format("8 threads take at most {:.2f} of one's time under the GIL, and at "
                                "most {:.2f} of what they take without one",
                                overlap, against),
                    {table});
}

// --- 6 ---

/// The first thread answers datagrams, the others spin.
Plans echo_plans(const std::string& size) {
  cells::PlanRequest echo =
      plan(size, {"rc-gil:glibc", "rc-gil-ticks:glibc", "rc-atomic:glibc"}, "mixed", {1, 2, 3});
  if (size != "tiny") {
    echo.parameters = {"requests=100"};  // as many as a p99 wants
    echo.rounds = 3;
  }
  return {echo, plan(size, {"rc-gil:glibc", "rc-gil-ticks:glibc"}, "countdown", {1, 2})};
}
std::optional<double> echo_s(const Evidence& e, std::string_view model, int spinning) {
  return e.median({model, "mixed", 1 + spinning}, "echo_p50_s");
}
std::vector<report::Experiment::Table> echo_tables(const Evidence& e) {
  report::Experiment::Table echo{"A datagram's way there and back, ms (median over rounds)",
                                 {"model", "p50, alone", "p50, 1 spins", "p50, 2 spin",
                                  "p99, alone", "p99, 1 spins", "p99, 2 spin"},
                                 {}};
  for (const char* model : {"rc-gil", "rc-gil-ticks", "rc-atomic"}) {
    std::vector<std::string> row = {model};
    for (const char* field : {"echo_p50_s", "echo_p99_s"}) {
      for (const int spinning : {0, 1, 2}) {
        const auto seconds = e.median({model, "mixed", 1 + spinning}, field);
        row.push_back(seconds ? fmt::format("{:.3g}", *seconds * 1e3) : "—");
      }
    }
    echo.rows.push_back(std::move(row));
  }
  report::Experiment::Table price{
      "Counting down meanwhile: two threads over one", {"model", "ratio"}, {}};
  for (const char* model : {"rc-gil", "rc-gil-ticks"}) {
    const auto ratio = e.wall_ratio({model, "countdown", 2}, {model, "countdown", 1});
    price.rows.push_back({model, ratio ? fmt::format("{:.2f}", *ratio) : "—"});
  }
  return {echo, price};
}
Finding judge_echo(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const auto alone = echo_s(e, "rc-gil", 0), beside = echo_s(e, "rc-gil", 1),
             without = echo_s(e, "rc-atomic", 1);
  if (!alone || !beside || !without) return undecidable(no_figures);
  return decided(*beside >= 10 * *alone && *beside >= 10 * *without,
                 fmt::format("an answer takes {:.3g} ms alone and {:.3g} ms beside one thread that "
                             "spins; without a GIL {:.3g} ms beside it",
                             *alone * 1e3, *beside * 1e3, *without * 1e3),
                 echo_tables(e));
}

/// Nobody can ask for the old lock: who waits sleeps until it is free. On one core
/// the holder has taken it again by then, and the other starves. On two, the other wakes on a core
/// of its own, and finds it free at one of the next releases, which come every 100 safepoints, some
/// hundred nanoseconds: it is answered at once, and what suffers is the throughput of both.
Finding judge_ticks(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const auto old_echo = echo_s(e, "rc-gil-ticks", 1), new_echo = echo_s(e, "rc-gil", 1);
  const auto price = [&](const char* model) {
    return e.wall_ratio({model, "countdown", 2}, {model, "countdown", 1});
  };
  const auto old_price = price("rc-gil-ticks"), new_price = price("rc-gil");
  if (!old_echo || !new_echo || !old_price || !new_price) return undecidable(no_figures);
  const bool starves = *old_echo >= 3 * *new_echo;
  const bool thrashes = *old_price >= 1.3 && *old_price >= 1.2 * *new_price;
  return decided(
      starves || thrashes,
      fmt::format(
          "beside one spinning thread the old lock answers after {:.3g} ms, the new one after "
          "{:.3g} ms{}; two threads that count down take {:.2f} of one's time with the old "
          "lock, {:.2f} with the new one",
          *old_echo * 1e3, *new_echo * 1e3,
          starves ? ""
                  : " (not starved: who waits wakes on the other core, and the lock is free every "
                    "100 safepoints)",
          *old_price, *new_price),
      echo_tables(e));
}

constexpr std::array<Experiment, 3> waiting_theme = {{
    {5, "waiting",
     "A GIL is let go while a thread waits (for files, sockets, databases, time, child processes), "
     "so threads that do I/O overlap.",
     "8 threads take at most half of one's time, and at most 1.2 times what they take without a "
     "GIL, whatever they wait for",
     judge_waiting, waiting_plans},
    {6, "echo",
     "Under a GIL a thread that computes starves one that does I/O: who waits asks after 5 ms.",
     "beside one spinning thread an answer takes 10 times as long as alone, and 10 times as long "
     "as without a GIL",
     judge_echo, echo_plans},
    {6, "old-lock",
     "Before 3.2 it was worse: the holder let go every 100 ticks, and took the lock again at once.",
     "beside one spinning thread an answer takes at least 3 times as long as with the new lock, or "
     "two threads that count down take 1.3 times as long as one, and 1.2 times the new lock's",
     judge_ticks, echo_plans},
}};

}  // namespace

std::span<const Experiment> waiting_experiments() { return waiting_theme; }

}  // namespace reclaim::cli
