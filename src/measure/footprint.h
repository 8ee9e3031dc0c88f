// What a process keeps in memory, the kernel's part for its threads with it: what must be counted
// where threads are compared with something else.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace reclaim::measure {

/// Bytes. Text and files are left out, for all processes share them; so is what the kernel keeps in
/// its slabs (task structures, sockets), for it does not say whose that is.
struct Footprint {
  std::uint64_t anonymous = 0;      ///< resident: heaps, user stacks, written data
  std::uint64_t kernel_stacks = 0;  ///< 16 kB a thread, as on x86-64 and arm64
  std::uint64_t page_tables = 0;

  std::uint64_t total() const { return anonymous + kernel_stacks + page_tables; }
  Footprint& operator+=(const Footprint& other) {
    anonymous += other.anonymous;
    kernel_stacks += other.kernel_stacks;
    page_tables += other.page_tables;
    return *this;
  }
};

/// Of a process, 0: this one; all zero when there is no such process. Thread-safe.
Footprint footprint_of(pid_t process = 0);

}  // namespace reclaim::measure
