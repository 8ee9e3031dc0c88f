// Assertions at three prices.
//   require()       always on; the cost must not be seen; a broken promise of a caller or of the OS
//   checked         compiled in checked builds (debug, asan, tsan, stress): laws, audits, verifiers
//   violation()     what a failed check of a law calls: one line on stderr, then abort
// Both end the process, so that a core or a debugger shows the place and no test passes over it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace reclaim {

/// True in checked builds. Use `if constexpr (checked)`; never #if.
inline constexpr bool checked = RECLAIM_CHECKED != 0;

/// Where something was asked for. Clang 14 has no std::source_location.
struct Site {
  const char* file = "";
  int line = 0;
  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return Site{file, line};
  }
};

/// "workloads/larson.h": a file and its folder.
inline std::string_view short_path(const char* file) {
  const std::string_view path{file};
  const auto last = path.rfind('/');
  const auto before = last == path.npos || last == 0 ? path.npos : path.rfind('/', last - 1);
  return before == path.npos ? path : path.substr(before + 1);
}

/// Reports a broken law: which one, what was seen, where. Does not return. Thread-safe.
[[noreturn, gnu::cold, gnu::noinline]] inline void violation(const char* law, const char* what,
                                                             Site site = Site::here()) {
  std::fprintf(stderr, "reclaim: broken law: %s: %s (%s:%d)\n", law, what, site.file, site.line);
  std::fflush(stderr);
  std::abort();
}

/// Ends the process with one line. Thread-safe.
[[noreturn, gnu::cold, gnu::noinline]] inline void give_up(const char* what, Site site) {
  std::fprintf(stderr, "reclaim: %s (%s:%d)\n", what, site.file, site.line);
  std::fflush(stderr);
  std::abort();
}

/// Ends the process with one line when `condition` does not hold. For conditions that no caller can
/// recover from. Thread-safe.
inline void require(bool condition, const char* what, Site site = Site::here()) {
  if (!condition) [[unlikely]] {
    give_up(what, site);
  }
}

}  // namespace reclaim
