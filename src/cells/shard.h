// A part of a plan, so that several machines can share it. All parts together are the plan, no cell
// is in two, and each keeps the plan's order.
//
// A workload is never divided: its models, thread counts, heaps and rounds are what a report puts
// side by side and whose checksums judge one another, and numbers of different machines are not
// comparable. So the n-th workload goes to shard n modulo the number of shards, not the n-th cell.
#pragma once

#include <cstddef>
#include <string_view>

#include "cells/plan.h"

namespace reclaim::cells {

struct Shard {
  std::size_t number = 1;  ///< 1 to count
  std::size_t count = 1;
};

/// "2/4". Throws UsageError.
Shard parse_shard(std::string_view text);

/// Keeps the shard's cells, and adds a note that says which they are. Throws UsageError when there
/// are more shards than workloads and none is left for this one.
void keep_shard(Plan& plan, const Shard& shard);

}  // namespace reclaim::cells
