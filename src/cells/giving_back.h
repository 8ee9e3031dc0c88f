// What is left in memory when the work is gone, as seconds pass, and after the allocator was asked
// to give back what it can: allocators keep what was freed, so RSS is no leak.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace reclaim::cells {

struct GivingBack {
  std::vector<std::pair<double, std::uint64_t>> after_s;  ///< seconds since, bytes resident
  std::uint64_t after_purge_bytes = 0;                    ///< resident
};

/// The most bytes that the allocator which owns malloc has had from the system, where it knows:
/// what mimalloc had committed, what glibc's arenas had, all address space that jemalloc has taken.
std::optional<std::uint64_t> most_held_bytes();

/// Asks the allocator that owns malloc to give back what it can: malloc_trim, mi_collect(true), or
/// a purge of all arenas. Others keep what they have.
void purge();

/// Purges, and reads what is resident. With `settles`, first waits 0.1, 1 and 5 seconds and reads
/// it each time. Call when no mutator is attached.
GivingBack give_back(bool settles);

}  // namespace reclaim::cells
