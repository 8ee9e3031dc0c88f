// What a global interpreter lock lets through, and what it holds back.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

// --- 1 ---

Plans countdown_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-atomic:glibc", "gen"}, "countdown", {1, 2})};
}
Finding judge_countdown(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const std::array<Bound, 3> bounds = {{
      {{"rc-gil", "countdown", 2}, {"rc-gil", "countdown", 1}, 0.8, 1.2},
      {{"rc-atomic", "countdown", 2}, {"rc-atomic", "countdown", 1}, 0, 0.6},
      {{"gen", "countdown", 2}, {"gen", "countdown", 1}, 0, 0.6},
  }};
  const auto gil = bounds[0].ratio(e), counted = bounds[1].ratio(e), traced = bounds[2].ratio(e);
  if (!gil || !counted || !traced) return undecidable(no_figures);
  return decided_by(
      e, bounds,
      fmt::format("rc-gil {:.2f}, rc-atomic {:.2f}, gen {:.2f}", *gil, *counted, *traced));
}

// --- 7 ---

Plans native_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc"}, "native", {1, 2})};
}
Finding judge_native(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const std::array<Bound, 1> bounds = {
      {{{"rc-gil", "native", 2}, {"rc-gil", "native", 1}, 0, 0.6}}};
  const auto ratio = bounds[0].ratio(e);
  if (!ratio) return undecidable(no_figures);
  return decided_by(e, bounds, fmt::format("2 threads take {:.2f} of one's time", *ratio));
}

// --- 8 ---

Plans pypy_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-gil+gen"}, "gcbench", {1}),
          plan(size, {"rc-gil+gen"}, "countdown", {1, 2})};
}
Finding judge_pypy(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const std::array<Bound, 2> bounds = {
      {{{"rc-gil+gen", "gcbench"}, {"rc-gil", "gcbench"}, 0, 0.8},
       {{"rc-gil+gen", "countdown", 2}, {"rc-gil+gen", "countdown", 1}, 0.8}}};
  const auto faster = bounds[0].ratio(e);
  const auto threads = bounds[1].ratio(e);
  if (!faster || !threads) return undecidable(no_figures);
  return decided_by(
      e, bounds,
      fmt::format("one thread takes {:.2f} of what counting takes; two threads {:.2f} of "
                  "what one takes",
                  *faster, *threads));
}

constexpr std::array<Experiment, 3> gil_theme = {{
    {1, "countdown", "Under a GIL, threads that compute gain nothing from a second core.",
     "two threads over one: 0.8 to 1.2 under the GIL, at most 0.6 elsewhere", judge_countdown,
     countdown_plans},
    {7, "native", "Native code lets the GIL go and scales.",
     "2 threads take at most 0.6 of one's time", judge_native, native_plans},
    {8, "pypy", "A better interpreter or heap lessens the cost, and the GIL stays.",
     "the tracing heap takes at most 0.8 of what counting takes; two threads at least 0.8 of one's "
     "time",
     judge_pypy, pypy_plans},
}};

}  // namespace

std::span<const Experiment> gil_experiments() { return gil_theme; }

}  // namespace reclaim::cli
