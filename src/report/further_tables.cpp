// Which tables there are, and what is said of each.
#include "report/further_tables.h"

#include <fmt/core.h>

#include "report/words.h"

namespace reclaim::report {

namespace {

constexpr std::string_view about_latency =
    "A request is 256 operations, timed from outside, alike for all models. simple: from its own "
    "begin. metered: from when it would have begun, had requests come as evenly as they came over "
    "the window; whoever stood behind a stop has waited too. open loop: from when it was due by "
    "the "
    "clock (--rate). Medians over rounds, the longest of all rounds.";
constexpr std::string_view about_price =
    "The same cells with the meters (stops and their moments, requests, memory and an idle thread "
    "from outside) and without them, in one interleaved run. ~: not told apart.";
constexpr std::string_view about_overhead =
    "After Cai et al. 2021 (Distilling the Real Cost of Production Garbage Collectors). Baseline: "
    "the least, over all models, of the total without the time for which the world stood; what the "
    "work costs without memory management is not more. A model's overhead is its total over the "
    "baseline of that scenario, so that the true one is not less. Geometric mean over scenarios, "
    "and the worst. Memory: peak RSS over the least of all models.";
constexpr std::string_view about_equal_memory =
    "A collector trades memory for time, so its time is read off where its curve over heap limits "
    "comes to the memory of the other model (linear between the limits that were run; peak RSS "
    "against peak RSS). not reached: no limit that was run came to so little, or so much, memory.";

constexpr std::string_view about_memory =
    "Step by step from what the program asked for to what the machine gave, at the fullest; then "
    "what "
    "is left when the work is gone. Allocators keep what was freed, so what is resident afterwards "
    "is "
    "no leak. held: glibc, all that it ever had of its arenas at once; mimalloc, the most "
    "committed; "
    "jemalloc, all address space that it took. After some seconds: with --settle. Medians over "
    "rounds. "
    "A surprise: a model whose steps differ much more than its headers explain.";

constexpr std::string_view about_why =
    "Asked for with --why. A tracing heap says what a root (a Global, a Local, a pin) reaches when "
    "the most is alive, as far as collections see it; a counted one what is left when every root "
    "is gone: "
    "rings of objects that refer to each other, and what hangs on them. A reference is written "
    "Type.2, of an array Array[7], both from 0. Each way is a shortest one.";
constexpr std::string_view about_sites =
    "Asked for with --sites: each object carries the place that made it, which costs time and 16 "
    "bytes an object, so these cells are compared with each other only.";

}  // namespace

std::vector<FurtherTable> further_tables(const Results& results, const Analysis& analysis) {
  std::vector<FurtherTable> tables;
  const auto add = [&](std::string title, std::string_view about, Table table) {
    if (!table.rows.empty()) tables.push_back({std::move(title), about, std::move(table)});
  };
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      add(fmt::format("Latency of requests: {}, {}", setting.title,
                      threads_words(scenario.threads)),
          about_latency, latency_table(scenario));
    }
  }
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      const std::string where =
          fmt::format("{}, {}", setting.title, threads_words(scenario.threads));
      add("What keeps objects alive: " + where, about_why, why_table(scenario));
      add("Where objects are made: " + where, about_sites, sites_table(scenario));
    }
  }
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    add(fmt::format("Memory step by step: {}, {}", setting.title, threads_words(scenario.threads)),
        about_memory, memory_table(scenario));
  }
  add("What memory management costs at least", about_overhead, overhead_table(analysis));
  add("At equal memory", about_equal_memory, equal_memory_table(analysis));
  add("What the meters cost", about_price, meter_price_table(results));
  return tables;
}

}  // namespace reclaim::report
