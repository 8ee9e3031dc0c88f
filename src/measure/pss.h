// What a process's memory comes to beside others that run the same program: pages that several map
// count for each of them in resident memory. Proportional: each such page is divided by those who
// have it, so that the sum over processes is what the machine gave. Unique: only what nobody else
// has.
#pragma once

#include <cstdint>
#include <cstdio>

namespace reclaim::measure {

struct SharedMemory {
  std::uint64_t proportional_bytes = 0;
  std::uint64_t unique_bytes = 0;
};

/// Of this process, now; zeros where the kernel does not say. The kernel walks the page tables for
/// it: microseconds for each megabyte.
inline SharedMemory shared_memory() {
  SharedMemory result;
  std::FILE* file = std::fopen("/proc/self/smaps_rollup", "re");
  if (file == nullptr) return result;
  char line[128];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    unsigned long long kilobytes = 0;
    if (std::sscanf(line, "Pss: %llu", &kilobytes) == 1) {
      result.proportional_bytes = kilobytes * 1024;
    } else if (std::sscanf(line, "Private_Clean: %llu", &kilobytes) == 1 ||
               std::sscanf(line, "Private_Dirty: %llu", &kilobytes) == 1) {
      result.unique_bytes += kilobytes * 1024;
    }
  }
  std::fclose(file);
  return result;
}

}  // namespace reclaim::measure
