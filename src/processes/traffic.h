// What went through a way of talking: the price that sharing does not have.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reclaim::processes {

/// Of one process. Copies are those into the kernel and out of it; who asks a server counts the
/// server's too.
struct Traffic {
  std::uint64_t messages = 0;      ///< that were sent
  std::uint64_t bytes = 0;         ///< in them
  std::uint64_t copied_bytes = 0;  ///< on the way

  void sent(std::size_t size) {
    ++messages;
    bytes += size;
    copied_bytes += size;
  }
  void received(std::size_t size) { copied_bytes += size; }
  Traffic since(const Traffic& earlier) const {
    return {messages - earlier.messages, bytes - earlier.bytes,
            copied_bytes - earlier.copied_bytes};
  }
  Traffic& operator+=(const Traffic& other) {
    messages += other.messages;
    bytes += other.bytes;
    copied_bytes += other.copied_bytes;
    return *this;
  }
};

}  // namespace reclaim::processes
