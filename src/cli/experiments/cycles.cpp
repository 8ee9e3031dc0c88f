// What counting cannot free.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

// --- 13 ---

Plans cycles_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-atomic:glibc", "rc-atomic+cycles:glibc"}, "cycles", {1})};
}
Finding judge_cycles(const Evidence& e) {
  if (e.ended({"rc-gil"}, "ok") == 0 || e.ended({"rc-atomic"}, "ok") == 0) {
    return undecidable(no_figures);
  }
  const double alone = e.leaked({"rc-atomic"});
  const double collected = e.leaked({"rc-gil"}) + e.leaked({"rc-atomic+cycles"});
  return decided(
      alone > 0 && collected == 0 && e.stops({"rc-gil"}, "cycle_gc") > 0,
      fmt::format("counting alone leaks {:.0f} objects in rings; with a cycle collector {:.0f} "
                  "are left, after {:.0f} collections",
                  alone, collected, e.stops({"rc-gil"}, "cycle_gc")));
}

constexpr std::array<Experiment, 1> cycles_theme = {{
    {13, "cycles", "Counting frees all but cycles: for those a collector is needed.",
     "counting alone leaks the rings, with a cycle collector nothing is left", judge_cycles,
     cycles_plans},
}};

}  // namespace

std::span<const Experiment> cycles_experiments() { return cycles_theme; }

}  // namespace reclaim::cli
