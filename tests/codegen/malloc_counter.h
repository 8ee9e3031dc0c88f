// Every call of malloc and its kin in this process is counted: the test binary has its own, over
// the C library's.
#pragma once

#include <cstdint>

namespace reclaim::codegen {

struct MallocCalls {
  std::uint64_t allocations = 0;  ///< malloc, calloc, realloc, aligned_alloc, posix_memalign
  std::uint64_t frees = 0;        ///< of pointers that are not null
};

/// Since the program began, over all threads.
MallocCalls malloc_calls();

/// What f() calls.
template <class F>
MallocCalls malloc_calls_of(F&& f) {
  const MallocCalls before = malloc_calls();
  f();
  const MallocCalls after = malloc_calls();
  return {after.allocations - before.allocations, after.frees - before.frees};
}

}  // namespace reclaim::codegen
