// The limits a container puts on us, both versions of the kernel's interface. A cell that the
// kernel kills for memory looks like any SIGKILL: only the count of kills, read before and after,
// proves it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace reclaim::cells {

/// Processes that the kernel's out-of-memory killer has ended in our memory cgroup so far; nothing
/// where the kernel does not say.
std::optional<std::uint64_t> cgroup_oom_kills();

/// Bytes that a new process may still take: the machine's MemAvailable, or what the cgroup leaves
/// if that is less.
/// `root` stands before /proc and /sys, here and below: tests have machines of their own.
std::uint64_t available_memory_bytes(const std::string& root = "");

/// Processes and threads that may still be started under the cgroup's pids limit; nothing if
/// unlimited.
std::optional<std::uint64_t> available_processes();

/// Total bytes of the machine.
std::uint64_t machine_memory_bytes();

/// Limits in force, for people; absent where there are none.
struct CgroupLimits {
  int version = 0;             ///< 1, 2; 0: no cgroup found
  std::optional<double> cpus;  ///< quota / period
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> throttled;  ///< periods in which we were throttled so far
};
CgroupLimits cgroup_limits(const std::string& root = "");

/// The number behind "MemAvailable:" and the like in /proc/meminfo; 0 where there is none.
std::uint64_t meminfo_bytes(const std::string& name, const std::string& root = "");

/// First line of a file without its newline; nothing when it cannot be read.
std::optional<std::string> read_line(const std::string& path);

}  // namespace reclaim::cells
