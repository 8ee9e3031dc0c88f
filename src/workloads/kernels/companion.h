// A process of the program reclaim-companion: the other side of a wait, whose time and memory are
// not the workload's. It is started afresh, never forked from a heap, and surely ends: the kernel
// kills it when the thread that started it ends, and the destructor does when that is done with it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace reclaim::kernels {

/// One socket joins both: what is written is its stdin, what is read its stdout. Ends the process
/// through `refused` where the system starts no more processes. Not thread-safe, but for
/// read and write beside each other.
class Companion {
 public:
  /// `role`: see companion_program.cpp; `numbers`: what it wants to know. The starting thread must
  /// outlive it.
  Companion(std::string_view role, std::initializer_list<std::uint64_t> numbers);
  Companion(Companion&& other) noexcept;
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  Companion& operator=(Companion&&) = delete;

  void write(const void* from, std::size_t bytes);
  /// All of `bytes`, or this process ends with a line.
  void read(void* to, std::size_t bytes);
  std::uint64_t read_number();

  pid_t id() const { return id_; }
  /// Readable when there is something to read.
  int descriptor() const { return socket_; }

 private:
  pid_t id_ = -1;
  int socket_ = -1;
};

}  // namespace reclaim::kernels
