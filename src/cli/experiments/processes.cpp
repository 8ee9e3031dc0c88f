// Processes in place of threads, and what it takes for objects to get from one to another.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

using Of = Evidence::Of;
using Table = report::Experiment::Table;

struct Way {
  int number;  ///< the parameter of errands
  const char* name;
  bool sends_objects;
};
constexpr std::array<Way, 4> ways = {
    {{1, "queue", true}, {2, "pipe", true}, {3, "managed dict", true}, {4, "shared value", false}}};

Of errands(std::string_view model, int threads, int way) {
  return {model, "errands", threads, {}, {{"way", way}}};
}

/// Of a figure in seconds, what each task has of it in microseconds.
double a_task(const Evidence& e, const Of& of, std::string_view field) {
  const double tasks = e.median(of, "ops").value_or(0);
  return tasks > 0 ? e.median(of, field).value_or(0) / tasks * 1e6 : 0;
}

// --- 9 ---

Plans processes_plans(const std::string& size) {
  Plans plans = {plan(size, {"rc-gil:glibc", "procs:rc-gil:glibc"}, "countdown", {1, 2})};
  for (const Way& way : ways) {
    plans.push_back(plan(size, {"rc-gil:glibc", "procs:rc-gil:glibc"}, "errands", {2}));
    plans.back().parameters = {fmt::format("way={}", way.number)};
  }
  return plans;
}

Finding judge_processes(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const std::array<Bound, 2> bounds = {
      {{{"procs:rc-gil", "countdown", 2}, {"procs:rc-gil", "countdown", 1}, 0, 0.65},
       {{"rc-gil", "countdown", 2}, {"rc-gil", "countdown", 1}, 0.8}}};
  const auto processes = bounds[0].ratio(e);
  const auto threads = bounds[1].ratio(e);
  if (!processes || !threads) return undecidable(no_figures);
  Table table{"A tree of objects to another process and an answer back, microseconds a task",
              {"way", "sent", "shared by threads", "messages", "bytes a message",
               "copies of a byte", "into bytes", "out of them", "talking, both processes"},
              {}};
  bool sent_as_said = true;
  for (const Way& way : ways) {
    const Of apart = errands("procs:rc-gil", 2, way.number);
    const Of shared = errands("rc-gil", 2, way.number);
    if (e.ended(apart, "ok") == 0 || e.ended(shared, "ok") == 0) return undecidable(no_figures);
    const auto figure = [&](std::string_view name) { return e.median(apart, name).value_or(0); };
    const double messages = figure("messages"), bytes = figure("sent_bytes");
    sent_as_said = sent_as_said && (messages > 0) == way.sends_objects &&
                   (figure("serialise_s") > 0) == way.sends_objects;
    table.rows.push_back({way.name, fmt::format("{:.1f}", a_task(e, apart, "wall_s")),
                          fmt::format("{:.1f}", a_task(e, shared, "wall_s")),
                          fmt::format("{:.0f}", messages),
                          fmt::format("{:.0f}", messages > 0 ? bytes / messages : 0),
                          fmt::format("{:.1f}", bytes > 0 ? figure("copied_bytes") / bytes : 0),
                          fmt::format("{:.1f}", a_task(e, apart, "serialise_s")),
                          fmt::format("{:.1f}", a_task(e, apart, "deserialise_s")),
                          fmt::format("{:.1f}", a_task(e, apart, "talk_s"))});
  }
  return decided_by(
      e, bounds,
      fmt::format("two processes take {:.2f} of one's time, two threads {:.2f}; {}", *processes,
                  *threads,
                  sent_as_said ? "objects went as bytes by queue, pipe and dict, and not at all "
                                 "by a shared value"
                               : "what was sent is not what should have been"),
      {table}, sent_as_said);
}

// --- 14 ---

Plans serialise_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "procs:rc-gil:glibc"}, "errands", {1})};
}

Finding judge_serialise(const Evidence& e) {
  const Of apart = errands("procs:rc-gil", 1, 1), shared = errands("rc-gil", 1, 1);
  const std::array<Bound, 1> bounds = {{{apart, shared, 1.2}}};
  const auto ratio = bounds[0].ratio(e);
  if (!ratio) return undecidable(no_figures);
  const double there = a_task(e, apart, "serialise_s"), back = a_task(e, apart, "deserialise_s");
  Table table{"A tree of objects is made, handed over and used, microseconds",
              {"handed over", "in all", "into bytes", "out of them"},
              {{"itself", fmt::format("{:.1f}", a_task(e, shared, "wall_s")), "—", "—"},
               {"as bytes", fmt::format("{:.1f}", a_task(e, apart, "wall_s")),
                fmt::format("{:.1f}", there), fmt::format("{:.1f}", back)}}};
  return decided_by(
      e, bounds,
      fmt::format("through bytes and back a task takes {:.2f} times as long as with the "
                  "objects themselves, and comes to the same checksum",
                  *ratio),
      {table}, there > 0 && back > 0);
}

constexpr std::array<Experiment, 2> processes_theme = {{
    {9, "processes",
     "Processes have an interpreter and memory of their own and share no counts; what they tell "
     "each other must be serialised and sent.",
     "two processes take at most 0.65 of one's time where two threads take at least 0.8; objects "
     "go as bytes by queue, pipe and dict, and not at all by a shared value",
     judge_processes, processes_plans},
    {14, "serialise", "Serialisation turns objects into bytes and back, which costs time.",
     "a task takes at least 1.2 times as long when its objects go through bytes, with the same "
     "checksum",
     judge_serialise, serialise_plans},
}};

}  // namespace

std::span<const Experiment> processes_experiments() { return processes_theme; }

}  // namespace reclaim::cli
