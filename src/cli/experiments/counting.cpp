// What it takes to count with more than one thread.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

using Of = Evidence::Of;

// --- 3 ---

Plans lost_update_plans(const std::string& size) {
  return {plan(size, {"rc-racy:glibc", "rc-atomic:glibc"}, "shared-graph", {2})};
}
Finding judge_lost_update(const Evidence& e) {
  const Of racy{"rc-racy", "shared-graph"}, atomic{"rc-atomic", "shared-graph"};
  if (e.count(racy) == 0 || e.ended(atomic, "ok") == 0) return undecidable(no_figures);
  const double leaked = e.leaked(racy), dead = e.extra(racy, "updates_of_the_dead");
  return decided(
      (leaked > 0 || dead > 0) && e.leaked(atomic) == 0,
      fmt::format("unsynchronised: {:.0f} objects never freed, {:.0f} references taken or "
                  "given up after the object's end; atomic: {:.0f} never freed",
                  leaked, dead, e.leaked(atomic)));
}

// --- 4 ---

Plans object_lock_plans(const std::string& size) {
  return {plan(size, {"rc-locked:glibc", "rc-gil:glibc"}, "shared-graph", {1})};
}
Finding judge_object_lock(const Evidence& e) {
  const std::array<Bound, 1> bounds = {{{{"rc-locked"}, {"rc-gil"}, 1.2}}};
  const auto ratio = bounds[0].ratio(e);
  if (!ratio) return undecidable(no_figures);
  return decided_by(e, bounds, fmt::format("one thread takes {:.2f} times as long", *ratio));
}

// --- 17 ---

Plans tax_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-atomic:glibc", "rc-biased:glibc", "rc-locked:glibc"},
               "shared-graph", {1})};
}
Finding judge_tax(const Evidence& e) {
  const std::array<Bound, 3> bounds = {{{{"rc-atomic"}, {"rc-gil"}, 1.05},
                                        {{"rc-locked"}, {"rc-gil"}, 1.05},
                                        {{"rc-biased"}, {"rc-atomic"}, 0, 1}}};
  const auto atomic = bounds[0].ratio(e), locked = bounds[1].ratio(e),
             biased = e.wall_ratio({"rc-biased"}, {"rc-gil"});
  if (!atomic || !biased || !locked) return undecidable(no_figures);
  return decided_by(
      e, bounds,
      fmt::format("one thread, over plain counts: atomic {:.2f}, locked {:.2f}, biased {:.2f}",
                  *atomic, *locked, *biased));
}

constexpr std::array<Experiment, 3> counting_theme = {{
    {3, "lost-update",
     "Counts that nobody synchronises lose updates: the object leaks, or dies under somebody's "
     "feet.",
     "either is seen with unsynchronised counts, neither with atomic ones", judge_lost_update,
     lost_update_plans},
    {4, "object-locks",
     "A lock in every object instead of one for all is slow: it is taken all the time.",
     "one thread takes at least 1.2 times as long as under a GIL", judge_object_lock,
     object_lock_plans},
    {17, "tax", "Without a GIL, programs of one thread get slower.",
     "atomic and locked counts take at least 1.05 times as long as plain ones; biased ones no "
     "longer than atomic",
     judge_tax, tax_plans},
}};

}  // namespace

std::span<const Experiment> counting_experiments() { return counting_theme; }

}  // namespace reclaim::cli
