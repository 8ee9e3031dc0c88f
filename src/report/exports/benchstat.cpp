// Go's benchmark format (golang.org/design/14313-benchmark-format): "key: value" lines hold for
// what follows; a name whose parts are key=value, a count of iterations, then pairs of value and
// unit.
#include <fmt/core.h>

#include <algorithm>

#include "report/export.h"

namespace reclaim::report {
namespace {

/// What separates fields or parts of a name becomes an underscore.
std::string part(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == ' ' || c == '/' || c == '=' ? '_' : c;
  return result;
}

/// Names begin with a letter that is not lower case.
std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

std::string name_of(const Cell& cell) {
  std::string name = "Benchmark" + capitalised(part(cell.workload));
  if (!cell.size.empty()) name += "/size=" + part(cell.size);
  if (!cell.parameters.empty()) name += "/params=" + part(cell.parameters);
  if (!cell.heap.empty()) name += "/heap=" + part(cell.heap);
  if (cell.warmup != 0) name += fmt::format("/warmup={}", cell.warmup);
  return name + fmt::format("/model={}/threads={}", part(cell.model), cell.threads);
}

std::string line_of(const Cell& cell) {
  constexpr double nanoseconds = 1e9;
  std::string line = fmt::format("{} 1 {:.0f} ns/op", name_of(cell), *cell.wall_s * nanoseconds);
  if (cell.user_s && cell.sys_s) {
    line += fmt::format(" {:.0f} cpu-ns/op", (*cell.user_s + *cell.sys_s) * nanoseconds);
  }
  if (cell.peak_rss_bytes) line += fmt::format(" {:.0f} peak-rss-B", *cell.peak_rss_bytes);
  double longest_s = 0;
  for (const auto& [cause, stop] : cell.stops) {
    longest_s = std::max(longest_s, stop.max_s.value_or(0));
  }
  if (!cell.stops.empty()) {
    line += fmt::format(" {:.0f} longest-stop-ns", longest_s * nanoseconds);
  }
  return line + "\n";
}

}  // namespace

std::string benchstat_text(const ExportInput& input) {
  const Results& results = input.results;
  std::string text;
  for (std::size_t i = 0; i < results.environments.size(); ++i) {
    const Environment& environment = results.environments[i];
    text += fmt::format("goos: linux\npkg: reclaim\ncpu: {}\ncommit: {}\n", environment.cpu,
                        environment.git);
    for (const Cell& cell : results.cells) {
      if (cell.environment == i && cell.ok()) text += line_of(cell);
    }
  }
  return text;
}

}  // namespace reclaim::report
