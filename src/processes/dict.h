// Managed dict: a server holds it, everybody else asks by message over a Unix socket, as
// multiprocessing.Manager().dict(). Each access is a message there and one back, whoever asks;
// values stay bytes in the server, which knows nothing of what they mean.
//
// Beyond CPython's: `take` waits until the key is there, so that nobody has to ask again and again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "processes/descriptor.h"
#include "processes/traffic.h"

namespace reclaim::processes {

/// The end that asks. For one thread at a time; throws OthersAreGone when the server is.
class DictClient {
 public:
  /// The descriptor outlives it.
  explicit DictClient(int descriptor) : descriptor_(descriptor) {}

  /// Returns when the server has it.
  void set(std::uint64_t key, const std::string& value);
  /// Takes the value out; waits until there is one.
  void take(std::uint64_t key, std::string& value);

  const Traffic& traffic() const { return traffic_; }

 private:
  int descriptor_;
  std::string request_, answer_;
  Traffic traffic_;
};

/// The end that holds. Not thread-safe: its owner calls serve() whenever a socket can be read, and
/// is never kept waiting by a client.
class DictServer {
 public:
  /// A client's socket; its number among the clients.
  std::size_t add(Descriptor socket);
  int descriptor(std::size_t client) const { return clients_[client].socket.number(); }

  /// Reads what the client has sent, answers what is complete. False when the client has gone.
  bool serve(std::size_t client);

  std::size_t size() const { return values_.size(); }

 private:
  struct Client {
    Descriptor socket;
    std::string unread;  // the beginning of a request
  };

  void handle(std::size_t client, std::string request);
  void answer(std::size_t client, const std::string& value);

  std::vector<Client> clients_;
  std::map<std::uint64_t, std::string> values_;
  std::map<std::uint64_t, std::deque<std::size_t>> waiting_;  // clients, by the key they want
};

}  // namespace reclaim::processes
