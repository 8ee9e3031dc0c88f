// Memory that is freed by hand.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

using Of = Evidence::Of;

// --- 10 ---

Plans mistakes_plans(const std::string& size) {
  cells::PlanRequest request =
      plan(size, {"manual:glibc", "manual+checked", "rc-gil:glibc", "gen"}, "larson", {1});
  request.mistakes = {"none", "forget-free=0.01", "double-free=0.01", "use-after-free=0.01"};
  return {request};
}
Finding judge_mistakes(const Evidence& e) {
  const auto unharmed = [&](std::string_view model) {
    return e.leaked({model, {}, 0, "forget-free"}) == 0 &&
           e.ended({model, {}, 0, "double-free"}, "ok") == e.count({model, {}, 0, "double-free"}) &&
           e.ended({model, {}, 0, "use-after-free"}, "ok") ==
               e.count({model, {}, 0, "use-after-free"});
  };
  const Of freed_twice{"manual", {}, 0, "double-free"}, stale{"manual", {}, 0, "use-after-free"};
  if (e.count(freed_twice) == 0 || e.count({"gen"}) == 0) return undecidable(no_figures);
  const double leaked = e.leaked({"manual", {}, 0, "forget-free"});
  const std::size_t harmed =
      e.count(freed_twice) + e.count(stale) - e.ended(freed_twice, "ok") - e.ended(stale, "ok");
  const std::size_t named = e.ended({"manual+checked", {}, 0, "double-free"}, "failed") +
                            e.ended({"manual+checked", {}, 0, "use-after-free"}, "failed");
  return decided(
      leaked > 0 && harmed > 0 && named > 0 && unharmed("rc-gil") && unharmed("gen"),
      fmt::format(
          "by hand {:.0f} objects leaked and {} of {} runs crashed or came out wrong; checked, "
          "{} were named (\"{}\"); counted and traced, none was harmed",
          leaked, harmed, e.count(freed_twice) + e.count(stale), named,
          e.message({"manual+checked", {}, 0, "double-free"})));
}

constexpr std::array<Experiment, 1> by_hand_theme = {{
    {10, "mistakes",
     "Freed by hand, memory needs no lock and no collector; its mistakes are the programmer's.",
     "forgotten frees leak by hand alone; frees too many harm by hand, are named where it is "
     "checked, "
     "harm nobody else",
     judge_mistakes, mistakes_plans},
}};

}  // namespace

std::span<const Experiment> by_hand_experiments() { return by_hand_theme; }

}  // namespace reclaim::cli
