// The end of memory. `make` never returns null: a model whose heap limit (or whose machine) is
// exhausted comes here, and the worker ends with a clear line and the status out_of_memory.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace reclaim {

/// A worker that ran out of memory exits with this code; the parent turns it into the status.
inline constexpr int out_of_memory_exit_code = 86;

/// Ends the process: one line on stderr with the bytes asked for and the limit (0: the machine's).
/// Thread-safe; does not run destructors, for other mutators still run.
[[noreturn, gnu::cold, gnu::noinline]] inline void out_of_memory(const char* where,
                                                                 std::uint64_t asked_bytes,
                                                                 std::uint64_t limit_bytes) {
  char line[256];
  const int length =
      limit_bytes != 0
          ? std::snprintf(line, sizeof line,
                          "reclaim: out of memory: %s asked for %llu bytes within a heap limit of "
                          "%llu bytes\n",
                          where, static_cast<unsigned long long>(asked_bytes),
                          static_cast<unsigned long long>(limit_bytes))
          : std::snprintf(
                line, sizeof line,
                "reclaim: out of memory: %s asked for %llu bytes and the system has none\n", where,
                static_cast<unsigned long long>(asked_bytes));
  const auto written = ::write(STDERR_FILENO, line, static_cast<std::size_t>(length));
  static_cast<void>(written);
  ::_exit(out_of_memory_exit_code);
}

}  // namespace reclaim
