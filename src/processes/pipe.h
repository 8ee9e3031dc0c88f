// Pipe: two ends, each of which sends to and receives from the other, as multiprocessing.Pipe: a
// pair of Unix sockets without a name.
#pragma once

#include <span>
#include <string>

#include "processes/descriptor.h"
#include "processes/traffic.h"

namespace reclaim::processes {

/// One end. For one thread at a time. Both throw OthersAreGone when the other end is closed.
class PipeEnd {
 public:
  /// The descriptor outlives it.
  explicit PipeEnd(int descriptor) : descriptor_(descriptor) {}

  /// Waits while the socket's buffer is full.
  void send(std::span<const std::byte> message) {
    write_message(descriptor_, message);
    traffic_.sent(message.size());
  }
  void receive(std::string& message) {
    read_message(descriptor_, message);
    traffic_.received(message.size());
  }

  const Traffic& traffic() const { return traffic_; }

 private:
  int descriptor_;
  Traffic traffic_;
};

}  // namespace reclaim::processes
