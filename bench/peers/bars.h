// What `gen` is held to: claims over the results of one run, each with what was measured. The
// preset of --bars does the work that the claims speak of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peers/results.h"

namespace reclaim::peers {

/// Work as the preset names it.
struct Piece {
  std::string workload;
  std::vector<std::string> parameters;  ///< "name=value", over those of size paper
  int threads;
  std::string heap;
  std::optional<int> warmup, repeats;  ///< where those of the command line would take too long
};

/// The preset: gcbench as published; lru-cache and quads at sizes that take about as long; live-set
/// with 17 MB, 67 MB and 1 GB of live data.
const std::vector<Piece>& bar_pieces();

/// A table of all claims: what, where, the bar, what was measured, met or missed or "not measured".
std::string bar_table(const std::vector<const Results*>& all);

}  // namespace reclaim::peers
