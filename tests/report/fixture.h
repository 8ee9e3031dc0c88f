// Results files made in code: single cells to state a case with, and a whole standard run of
// plausible numbers (shapes after FIELD's figures, not measurements) to look at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reclaim::report::fixture {

/// One environment line.
struct EnvironmentLine {
  std::string cpu = "Example CPU @ 2.60GHz";
  int cores = 2;
  bool checked = false;
  std::uint64_t planned_cells = 0;
  std::string models, workloads;  ///< descriptions as JSON; empty: none
  std::string text() const;       ///< JSON with a line break
};

/// One cell line; what is left alone is plausible.
struct CellLine {
  std::string model = "gen";
  std::string allocator;  ///< empty: null
  std::string workload = "gcbench";
  int threads = 1;
  int round = 0;
  std::string heap;     ///< empty: null
  std::string mistake;  ///< empty: null
  std::string status = "ok";
  std::string message;
  double wall_s = 0.1;
  double cpu_s = 0.1;
  double peak_rss_bytes = 5e7;
  std::string checksum = "0x0123456789abcdef";
  bool per_thread = false;
  bool reclaims = true;
  std::uint64_t leaked = 0;
  std::optional<std::uint64_t> expected_leaks;
  struct StopLine {
    std::string cause;
    std::uint64_t count;
    double total_s;
    std::optional<double> p50_s, p99_s;
    double max_s;
  };
  std::vector<StopLine> stops;
  std::string text() const;  ///< JSON with a line break
};

/// A cell with each field of `base` for every wall time: rounds 0, 1, ...
std::string rounds(CellLine base, const std::vector<double>& wall_s);

/// 8 models x 9 workloads x 2 thread counts x `rounds`: a standard run, with a cell out of memory,
/// a time-out, planted leaks and stops. The same seed gives the same text.
std::string standard_run(int rounds = 6, std::uint64_t seed = 1);

}  // namespace reclaim::report::fixture
