// Resident memory of this process, now and at its peak, without allocating: it is read beside heaps
// that are being measured. The peak is VmHWM and not ru_maxrss: the kernel carries ru_maxrss over
// exec, so a spawned worker would inherit the peak of the program that spawned it.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace reclaim::measure {

namespace detail {

/// The value of a "Name:   123 kB" line of /proc/self/status in bytes; 0 when there is none.
inline std::uint64_t status_bytes(const char* name) {
  const int fd = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[8192];
  std::size_t length = 0;
  while (length < sizeof text - 1) {
    const auto got = ::read(fd, text + length, sizeof text - 1 - length);
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  ::close(fd);
  text[length] = '\0';
  const char* line = std::strstr(text, name);
  return line == nullptr ? 0 : std::strtoull(line + std::strlen(name), nullptr, 10) * 1024;
}

}  // namespace detail

/// Bytes resident now. The kernel's counter lags by up to 64 pages a thread. Thread-safe.
inline std::uint64_t resident_bytes() { return detail::status_bytes("\nVmRSS:"); }

/// The most bytes ever resident since exec. Thread-safe.
inline std::uint64_t peak_resident_bytes() {
  if (const auto peak = detail::status_bytes("\nVmHWM:"); peak != 0) return peak;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace reclaim::measure
