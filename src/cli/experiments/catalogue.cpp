// The experiments, in the order of their claims. Each rule takes ratios of medians within one
// interleaved run, and leaves the margin that its text states.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "cli/experiments/experiment.h"

namespace reclaim::cli {

namespace {

using cells::PlanRequest;
using Of = Evidence::Of;

constexpr int rounds = 5;

PlanRequest plan(const std::string& size, std::vector<std::string> models, const char* workload,
                 std::vector<int> threads) {
  PlanRequest request;
  request.models = std::move(models);
  request.workloads = {workload};
  request.threads = std::move(threads);
  request.size = size;
  request.rounds = size == "tiny" ? 1 : rounds;
  return request;
}

Finding undecidable(std::string why) { return {Verdict::undecidable, std::move(why)}; }
Finding decided(bool confirmed, std::string measured) {
  return {confirmed ? Verdict::confirmed : Verdict::refuted, std::move(measured)};
}

constexpr const char* too_few_cores = "this machine has one core: nothing can run beside anything";
constexpr const char* no_figures = "not every cell ended well";

// --- 1 ---

std::vector<PlanRequest> countdown_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-atomic:glibc", "gen"}, "countdown", {1, 2})};
}
Finding judge_countdown(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const auto ratio = [&](std::string_view model) {
    return e.wall_ratio({model, "countdown", 2}, {model, "countdown", 1});
  };
  const auto gil = ratio("rc-gil"), counted = ratio("rc-atomic"), traced = ratio("gen");
  if (!gil || !counted || !traced) return undecidable(no_figures);
  return decided(
      *gil >= 0.8 && *gil <= 1.2 && *counted <= 0.6 && *traced <= 0.6,
      fmt::format("rc-gil {:.2f}, rc-atomic {:.2f}, gen {:.2f}", *gil, *counted, *traced));
}

// --- 3 ---

std::vector<PlanRequest> lost_update_plans(const std::string& size) {
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

std::vector<PlanRequest> object_lock_plans(const std::string& size) {
  return {plan(size, {"rc-locked:glibc", "rc-gil:glibc"}, "shared-graph", {1})};
}
Finding judge_object_lock(const Evidence& e) {
  const auto ratio = e.wall_ratio({"rc-locked"}, {"rc-gil"});
  if (!ratio) return undecidable(no_figures);
  return decided(*ratio >= 1.2, fmt::format("one thread takes {:.2f} times as long", *ratio));
}

// --- 5 ---

std::vector<PlanRequest> waiting_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-atomic:glibc"}, "file-io", {1, 8})};
}
Finding judge_waiting(const Evidence& e) {
  const auto overlap = e.wall_ratio({"rc-gil", "file-io", 8}, {"rc-gil", "file-io", 1});
  const auto against = e.wall_ratio({"rc-gil", "file-io", 8}, {"rc-atomic", "file-io", 8});
  if (!overlap || !against) return undecidable(no_figures);
  return decided(
      *overlap <= 0.5 && *against <= 1.2,
      fmt::format("8 threads take {:.2f} of one's time under the GIL, {:.2f} of what they "
                  "take without one",
                  *overlap, *against));
}

// --- 7 ---

std::vector<PlanRequest> native_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc"}, "native", {1, 2})};
}
Finding judge_native(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const auto ratio = e.wall_ratio({"rc-gil", "native", 2}, {"rc-gil", "native", 1});
  if (!ratio) return undecidable(no_figures);
  return decided(*ratio <= 0.6, fmt::format("2 threads take {:.2f} of one's time", *ratio));
}

// --- 8 ---

std::vector<PlanRequest> pypy_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-gil+gen"}, "gcbench", {1}),
          plan(size, {"rc-gil+gen"}, "countdown", {1, 2})};
}
Finding judge_pypy(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const auto faster = e.wall_ratio({"rc-gil+gen", "gcbench"}, {"rc-gil", "gcbench"});
  const auto threads = e.wall_ratio({"rc-gil+gen", "countdown", 2}, {"rc-gil+gen", "countdown", 1});
  if (!faster || !threads) return undecidable(no_figures);
  return decided(
      *faster <= 0.8 && *threads >= 0.8,
      fmt::format("one thread takes {:.2f} of what counting takes; two threads {:.2f} of "
                  "what one takes",
                  *faster, *threads));
}

// --- 10 ---

std::vector<PlanRequest> mistakes_plans(const std::string& size) {
  PlanRequest request =
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

// --- 11 ---

std::vector<PlanRequest> java_plans(const std::string& size) {
  PlanRequest shared = plan(size, {"gen"}, "counter", {2});
  shared.mistakes = {"none", "missing-lock=1"};
  return {plan(size, {"gen"}, "gcbench", {1, 2}), shared};
}
Finding judge_java(const Evidence& e) {
  if (e.cores() < 2) return undecidable(too_few_cores);
  const double stops = e.stops({"gen", "gcbench"}, "minor_gc");
  const std::size_t wrong = e.ended({"gen", "counter", 2, "missing-lock"}, "failed");
  const std::size_t right = e.ended({"gen", "counter", 2}, "ok");
  const auto scaling = e.wall_ratio({"gen", "gcbench", 2}, {"gen", "gcbench", 1});
  if (right == 0 || !scaling) return undecidable(no_figures);
  return decided(
      stops > 0 && wrong > 0 && *scaling < 2,
      fmt::format("twice the work on two threads takes {:.2f} times as long; the world "
                  "stood {:.0f} times; without synchronized {} of {} runs lost increments, "
                  "with it none",
                  *scaling, stops, wrong, e.count({"gen", "counter", 2, "missing-lock"})));
}

// --- 12 ---

std::vector<PlanRequest> generations_plans(const std::string& size) {
  return {plan(size, {"gen"}, "gcbench", {1})};
}
Finding judge_generations(const Evidence& e) {
  const double young = e.stops({"gen"}, "minor_gc"), full = e.stops({"gen"}, "major_gc");
  if (young + full == 0) return undecidable("nothing was collected");
  return decided(young >= 4 * full,
                 fmt::format("{:.0f} collections of the young, {:.0f} of all", young, full));
}

// --- 13 ---

std::vector<PlanRequest> cycles_plans(const std::string& size) {
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

// --- 16 ---

std::vector<PlanRequest> thread_plans(const std::string& size) {
  return {plan(size, {"rc-atomic:glibc"}, "countdown", {1, 8, 64})};
}
Finding judge_threads(const Evidence& e) {
  const auto memory = [&](int threads) {
    return e.median({"rc-atomic", "countdown", threads}, "peak_rss_bytes");
  };
  const auto switches = [&](int threads) {
    const Of of{"rc-atomic", "countdown", threads};
    return e.median(of, "voluntary_switches").value_or(0) +
           e.median(of, "involuntary_switches").value_or(0);
  };
  const auto one = memory(1), many = memory(64);
  if (!one || !many) return undecidable(no_figures);
  return decided(
      *many > *one && switches(64) > switches(1),
      fmt::format("1, 8, 64 threads for the same work: {:.1f}, {:.1f}, {:.1f} MB and {:.0f}, "
                  "{:.0f}, {:.0f} switches",
                  *one / 1e6, memory(8).value_or(0) / 1e6, *many / 1e6, switches(1), switches(8),
                  switches(64)));
}

// --- 17 ---

std::vector<PlanRequest> tax_plans(const std::string& size) {
  return {plan(size, {"rc-gil:glibc", "rc-atomic:glibc", "rc-biased:glibc", "rc-locked:glibc"},
               "shared-graph", {1})};
}
Finding judge_tax(const Evidence& e) {
  const auto over_plain = [&](std::string_view model) { return e.wall_ratio({model}, {"rc-gil"}); };
  const auto atomic = over_plain("rc-atomic"), biased = over_plain("rc-biased"),
             locked = over_plain("rc-locked");
  if (!atomic || !biased || !locked) return undecidable(no_figures);
  return decided(
      *atomic >= 1.05 && *locked >= 1.05 && *biased < *atomic,
      fmt::format("one thread, over plain counts: atomic {:.2f}, locked {:.2f}, biased {:.2f}",
                  *atomic, *locked, *biased));
}

constexpr std::array<Experiment, 12> all_experiments = {{
    {1, "countdown", "Under a GIL, threads that compute gain nothing from a second core.",
     "two threads over one: 0.8 to 1.2 under the GIL, at most 0.6 elsewhere", countdown_plans,
     judge_countdown},
    {3, "lost-update",
     "Counts that nobody synchronises lose updates: the object leaks, or dies under somebody's "
     "feet.",
     "either is seen with unsynchronised counts, neither with atomic ones", lost_update_plans,
     judge_lost_update},
    {4, "object-locks",
     "A lock in every object instead of one for all is slow: it is taken all the time.",
     "one thread takes at least 1.2 times as long as under a GIL", object_lock_plans,
     judge_object_lock},
    {5, "waiting", "A GIL is let go while a thread waits, so threads that do I/O overlap.",
     "8 threads take at most half of one's time, and at most 1.2 times what they take without a "
     "GIL",
     waiting_plans, judge_waiting},
    {7, "native", "Native code lets the GIL go and scales.",
     "2 threads take at most 0.6 of one's time", native_plans, judge_native},
    {8, "pypy", "A better interpreter or heap lessens the cost, and the GIL stays.",
     "the tracing heap takes at most 0.8 of what counting takes; two threads at least 0.8 of one's "
     "time",
     pypy_plans, judge_pypy},
    {10, "mistakes",
     "Freed by hand, memory needs no lock and no collector; its mistakes are the programmer's.",
     "forgotten frees leak by hand alone; frees too many harm by hand, are named where it is "
     "checked, "
     "harm nobody else",
     mistakes_plans, judge_mistakes},
    {11, "java",
     "Where a collector manages memory, threads run beside each other, the world stops now and "
     "then, "
     "and shared state needs synchronized.",
     "two threads do more than one in the same time; the world stands; without a lock updates are "
     "lost",
     java_plans, judge_java},
    {12, "generations", "New and old objects are kept apart, and the old are visited less often.",
     "at least 4 collections of the young for each of all", generations_plans, judge_generations},
    {13, "cycles", "Counting frees all but cycles: for those a collector is needed.",
     "counting alone leaks the rings, with a cycle collector nothing is left", cycles_plans,
     judge_cycles},
    {16, "threads", "Threads cost memory and switches, whether or not they help.",
     "64 threads take more of both than one, for the same work", thread_plans, judge_threads},
    {17, "tax", "Without a GIL, programs of one thread get slower.",
     "atomic and locked counts take at least 1.05 times as long as plain ones; biased ones less "
     "than "
     "atomic",
     tax_plans, judge_tax},
}};

}  // namespace

std::span<const Experiment> experiments() { return all_experiments; }

const Experiment* find_experiment(std::string_view name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = error == std::errc{} && end == name.data() + name.size();
  for (const Experiment& experiment : all_experiments) {
    if (is_number ? experiment.number == number : experiment.id == name) return &experiment;
  }
  return nullptr;
}

}  // namespace reclaim::cli
