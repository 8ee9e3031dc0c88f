// Memory that is traced.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

// --- 11 ---

Plans java_plans(const std::string& size) {
  cells::PlanRequest shared = plan(size, {"gen"}, "counter", {2});
  shared.mistakes = {"none", "missing-lock=1"};
  return {plan(size, {"gen"}, "gcbench", {1, 2}), shared};
}
Finding judge_java(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const double stops = e.stops({"gen", "gcbench"}, "minor_gc");
  const std::size_t wrong = e.ended({"gen", "counter", 2, "missing-lock"}, "failed");
  const std::size_t right = e.ended({"gen", "counter", 2}, "ok");
  const std::array<Bound, 1> bounds = {{{{"gen", "gcbench", 2}, {"gen", "gcbench", 1}, 0, 2}}};
  const auto scaling = bounds[0].ratio(e);
  if (right == 0 || !scaling) return undecidable(no_figures);
  return decided_by(
      e, bounds,
      fmt::format("twice the work on two threads takes {:.2f} times as long; the world "
                  "stood {:.0f} times; without synchronized {} of {} runs lost increments, "
                  "with it none",
                  *scaling, stops, wrong, e.count({"gen", "counter", 2, "missing-lock"})),
      {}, stops > 0 && wrong > 0);
}

// --- 12 ---

Plans generations_plans(const std::string& size) { return {plan(size, {"gen"}, "gcbench", {1})}; }
Finding judge_generations(const Evidence& e) {
  const double young = e.stops({"gen"}, "minor_gc"), full = e.stops({"gen"}, "major_gc");
  if (young + full == 0) return undecidable("nothing was collected");
  return decided(young >= 4 * full,
                 fmt::format("{:.0f} collections of the young, {:.0f} of all", young, full));
}

constexpr std::array<Experiment, 2> tracing_theme = {{
    {11, "java",
     "Where a collector manages memory, threads run beside each other, the world stops now and "
     "then, "
     "and shared state needs synchronized.",
     "two threads do more than one in the same time; the world stands; without a lock updates are "
     "lost",
     judge_java, java_plans},
    {12, "generations", "New and old objects are kept apart, and the old are visited less often.",
     "at least 4 collections of the young for each of all", judge_generations, generations_plans},
}};

}  // namespace

std::span<const Experiment> tracing_experiments() { return tracing_theme; }

}  // namespace reclaim::cli
