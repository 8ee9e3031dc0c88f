// What the kernel charges this process: CPU time, page faults, context switches. Read around the
// measured interval and subtracted; one system call, no allocation.
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace reclaim::measure {

/// Totals of the process since its start, or the difference of two readings.
struct ProcessUsage {
  double user_s = 0;
  double sys_s = 0;
  std::uint64_t minor_faults = 0;  ///< pages mapped without I/O
  std::uint64_t major_faults = 0;  ///< pages read from disk
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
};

/// All threads of the process, the ended ones too. Thread-safe.
inline ProcessUsage process_usage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  const auto count = [](long n) { return static_cast<std::uint64_t>(n); };
  return {seconds(usage.ru_utime), seconds(usage.ru_stime), count(usage.ru_minflt),
          count(usage.ru_majflt),  count(usage.ru_nvcsw),   count(usage.ru_nivcsw)};
}

inline ProcessUsage operator-(const ProcessUsage& end, const ProcessUsage& begin) {
  return {end.user_s - begin.user_s,
          end.sys_s - begin.sys_s,
          end.minor_faults - begin.minor_faults,
          end.major_faults - begin.major_faults,
          end.voluntary_switches - begin.voluntary_switches,
          end.involuntary_switches - begin.involuntary_switches};
}

}  // namespace reclaim::measure
