// Sockets on 127.0.0.1. What does not come within a minute never does: the process then ends
// with a line.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reclaim::kernels {

/// All of it through a stream socket, or this process ends with a line.
void send_all(int socket, const void* from, std::size_t bytes);
void receive_all(int socket, void* to, std::size_t bytes);

/// So many descriptors may be open from now on, or this process ends with the limit's name.
void allow_descriptors(std::uint64_t wanted);

/// A TCP connection. Belongs to one thread at a time.
class Connection {
 public:
  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends a record and waits for the answer, which is as long.
  void exchange(const std::byte* from, std::byte* to, std::size_t bytes);

 private:
  int socket_;
};

/// A UDP socket on a port of its own. Belongs to one thread at a time.
class Datagrams {
 public:
  Datagrams();
  ~Datagrams();
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;

  std::uint16_t port() const;
  /// Returns the bytes; `send` then answers whoever sent them.
  std::size_t receive(void* to, std::size_t most);
  void send(const void* from, std::size_t bytes);
  /// `send` goes to that port.
  void address(std::uint16_t port);

 private:
  int socket_;
  std::uint16_t to_ = 0;
};

}  // namespace reclaim::kernels
