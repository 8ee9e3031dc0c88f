// The line before the cells: where, from what and how they were measured. Transparent huge pages
// alone move results by multiples, so a number without this line is worth little.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cells/cell.h"
#include "cells/interrupt.h"

namespace reclaim::cells {

/// The environment record. `allocators` names those that the plan uses: each is asked for its
/// version in a process that has it preloaded (`program` is the one to start).
Json environment_record(const std::vector<std::string>& allocators, const std::string& program,
                        std::uint64_t seed, const std::string& command, std::size_t planned_cells,
                        const InterruptGuard& guard);

/// Version of an allocator, by a process of its own; "not installed" or "unknown".
std::string allocator_version(const std::string& name, const std::string& program,
                              const InterruptGuard& guard);

/// Empty, or why results under these two lines must not stand in one file.
std::string cannot_continue(const Json& earlier, const Json& now);

/// "always", "madvise", "never"; "unknown" where the kernel does not say. `root` stands before
/// /sys.
std::string transparent_huge_pages(const std::string& root = "");

}  // namespace reclaim::cells
