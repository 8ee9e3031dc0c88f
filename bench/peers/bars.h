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
};

/// The preset: gcbench as published; lru-cache and quads at a size that takes about a second.
const std::vector<Piece>& bar_pieces();

/// A table of all claims: what, where, the bar, what was measured, met or missed or "not measured".
std::string bar_table(const std::vector<const Results*>& all);

}  // namespace reclaim::peers
