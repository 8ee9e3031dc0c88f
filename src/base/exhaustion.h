// Ends of a process that are results. `make` never returns null: a model whose heap limit (or whose
// machine) is exhausted comes here, and the worker ends with a clear line and the status
// out_of_memory. Likewise one whose threads wait for each other for ever, or whose program
// was caught at a mistake: these have failed.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace reclaim {

/// A worker that ran out of memory exits with this code; the parent turns it into the status.
inline constexpr int out_of_memory_exit_code = 86;
/// One in which threads were found to wait for each other's monitors.
inline constexpr int deadlock_exit_code = 88;
/// One whose program did with an object what must not be done.
inline constexpr int mistake_exit_code = 89;

/// Ends the process with a line on stderr. Thread-safe; does not run destructors, for other
/// mutators still run.
[[noreturn]] inline void end_process(int code, const char* line, std::size_t length) {
  const auto written = ::write(STDERR_FILENO, line, length);
  static_cast<void>(written);
  ::_exit(code);
}

/// A line that is put together in place, for an end in which nothing may be allocated. What does
/// not fit is cut off.
class LastWords {
 public:
  __attribute__((format(printf, 2, 3))) void say(const char* format, ...) {
    va_list words;
    va_start(words, format);
    const int wanted = std::vsnprintf(line_ + used_, room - used_, format, words);
    va_end(words);
    if (wanted > 0) used_ = std::min(used_ + static_cast<std::size_t>(wanted), room - 1);
  }
  /// Ends the process, with a line break behind what was said.
  [[noreturn]] void end(int code) {
    line_[used_] = '\n';
    end_process(code, line_, used_ + 1);
  }

 private:
  static constexpr std::size_t room = 2048;
  char line_[room + 1] = {};
  std::size_t used_ = 0;
};

/// Ends the process: one line on stderr with the bytes asked for and the limit (0: the machine's).
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
  end_process(out_of_memory_exit_code, line, static_cast<std::size_t>(length));
}

}  // namespace reclaim
