// See summary.h.
#include "report/summary.h"

#include <fmt/core.h>

#include <set>

#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {

std::string what_was_compared(const Analysis& analysis) {
  std::set<std::string> workloads;
  for (const Setting& setting : analysis.settings) workloads.insert(setting.workload);
  std::vector<std::string> threads;
  for (const int count : analysis.threads) threads.push_back(std::to_string(count));
  std::string rounds = std::to_string(analysis.most_rounds);
  if (analysis.least_rounds != analysis.most_rounds) {
    rounds = fmt::format("{} to {}", analysis.least_rounds, analysis.most_rounds);
  }
  return fmt::format(
      "{} ran {} on {} {}: {} {} each, every one a fresh process doing the same fixed work. "
      "Numbers "
      "are medians over rounds.",
      counted(analysis.models.size(), "memory model"), counted(workloads.size(), "workload"),
      list_of(threads), analysis.threads == std::vector<int>{1} ? "thread" : "threads", rounds,
      analysis.most_rounds == 1 ? "round" : "rounds");
}

std::string about(const Setting& setting) {
  std::string result = setting.size.empty() ? "" : "Size " + setting.size;
  if (!setting.parameters.empty()) result += (result.empty() ? "" : ": ") + setting.parameters;
  if (!setting.heap.empty()) result += (result.empty() ? "Heap " : "; heap ") + setting.heap;
  if (!result.empty()) result += '.';
  if (setting.workload.starts_with("replay:")) {
    result +=
        " Recorded from a real program: sizes, threads and order are its own; who pointed to whom "
        "is "
        "not known, so a table of objects stands for its references. What the program itself never "
        "freed is not counted as the model's leak.";
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> facts(const Results& results,
                                                       const Analysis& analysis) {
  std::vector<std::pair<std::string, std::string>> all;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) all.emplace_back(name, std::move(value));
  };
  const auto join = [](std::string left, const std::string& right) {
    if (!left.empty() && !right.empty()) left += ", ";
    return left + right;
  };
  if (results.environments.empty()) return all;
  const Environment& e = results.environments.front();
  std::string machine = e.cpu;
  if (e.cores != 0) machine = join(machine, counted(e.cores, "core"));
  if (e.memory_bytes != 0) {
    machine = join(machine, bytes(static_cast<double>(e.memory_bytes)) + " of memory");
  }
  add("Machine", machine);
  add("System", join(e.os, e.kernel));
  add("Huge pages", e.huge_pages);
  std::string allocators;
  for (const auto& [name, version] : e.allocators) {
    allocators = join(allocators, name + " " + version);
  }
  add("Allocators", allocators);
  add("Build", join(join(e.compiler, e.build_type), e.flags));
  add("Source", join(e.version, e.git));
  add("Started", e.started);
  add("Seed", e.seed);
  add("Command", e.command);
  std::string cells = fmt::format("{} of {} ended well", analysis.cells_ok, analysis.cells);
  if (results.environments.size() > 1) {
    cells += fmt::format(", from {} results files", results.environments.size());
  }
  add("Cells", cells);
  return all;
}

}  // namespace reclaim::report
