// From /proc: smaps_rollup walks the page tables, so that it is exact where the counters of status
// lag behind by some pages a thread; status stands in where a kernel does not have it.
#include "measure/footprint.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace reclaim::measure {

namespace {

std::string text_of(pid_t process, const char* name) {
  char path[64];
  if (process == 0) {
    std::snprintf(path, sizeof path, "/proc/self/%s", name);
  } else {
    std::snprintf(path, sizeof path, "/proc/%d/%s", static_cast<int>(process), name);
  }
  std::string text;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  char bytes[4096];
  for (ssize_t got; (got = ::read(file, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<std::size_t>(got));
  }
  ::close(file);
  return text;
}

/// The number behind "\nName:"; 0 when there is none.
std::uint64_t number_behind(const std::string& text, const char* name) {
  const auto at = text.find(name);
  return at == text.npos ? 0 : std::strtoull(text.c_str() + at + std::strlen(name), nullptr, 10);
}

constexpr std::uint64_t kernel_stack_bytes = 16 * 1024;

}  // namespace

Footprint footprint_of(pid_t process) {
  const std::string status = text_of(process, "status");
  const std::string maps = text_of(process, "smaps_rollup");
  Footprint found;
  found.anonymous = 1024 * (maps.empty() ? number_behind(status, "\nRssAnon:")
                                         : number_behind(maps, "\nAnonymous:"));
  found.kernel_stacks = kernel_stack_bytes * number_behind(status, "\nThreads:");
  found.page_tables = 1024 * number_behind(status, "\nVmPTE:");
  return found;
}

}  // namespace reclaim::measure
