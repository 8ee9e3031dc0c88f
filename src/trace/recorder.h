// The recorder's inside: what interpose.cpp calls around the program's allocations. Lives in the
// preloaded library only; uses no heap, no locks that a fork could leave behind, no standard
// library.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trace/recording.h"

namespace reclaim::trace {

/// An open event. While one is open the thread records nothing else: what a signal handler
/// allocates meanwhile is dropped and counted.
class Recorder {
 public:
  /// Opens an event and returns its number in the global order; 0: not recording.
  static std::uint64_t begin();
  /// Takes a second number within an open event.
  static std::uint64_t next_sequence();

  static void make(RawKind way, std::uint64_t sequence, const void* address, std::size_t size,
                   std::size_t alignment);
  static void free(std::uint64_t sequence, const void* address);
  static void resize(std::uint64_t sequence, const void* address, std::size_t size);
  static void move(std::uint64_t sequence, const void* from, std::size_t size,
                   std::uint64_t second_sequence, const void* to);
  /// Closes an event that turned out not to have happened.
  static void cancel();

  /// Records that the calling thread is about to start a thread, and returns the new thread's
  /// number, which that thread hands to adopt_thread before it does anything else.
  static std::uint32_t start_thread();
  static void adopt_thread(std::uint32_t thread);
};

}  // namespace reclaim::trace
