// A request: 's' or 't', the key, and the value that is to be set. An answer: the value, or
// nothing.
#include "processes/dict.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace reclaim::processes {

namespace {

constexpr std::size_t head_bytes = 1 + sizeof(std::uint64_t);

void begin_request(std::string& request, char kind, std::uint64_t key) {
  request.assign(1, kind);
  request.append(reinterpret_cast<const char*>(&key), sizeof key);
}

}  // namespace

void DictClient::set(std::uint64_t key, const std::string& value) {
  begin_request(request_, 's', key);
  request_ += value;
  write_message(descriptor_, as_bytes(request_));
  traffic_.sent(value.size());
  traffic_.received(value.size());  // by the server
  read_message(descriptor_, answer_);
}

void DictClient::take(std::uint64_t key, std::string& value) {
  begin_request(request_, 't', key);
  write_message(descriptor_, as_bytes(request_));
  read_message(descriptor_, value);
  traffic_.received(2 * value.size());  // from the server into the kernel, and out of it
}

std::size_t DictServer::add(Descriptor socket) {
  clients_.push_back({std::move(socket), {}});
  return clients_.size() - 1;
}

bool DictServer::serve(std::size_t number) {
  Client& client = clients_[number];
  char bytes[65536];
  const auto got = ::recv(client.socket.number(), bytes, sizeof bytes, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) return false;
  client.unread.append(bytes, static_cast<std::size_t>(got));
  for (;;) {
    std::uint64_t length = 0;
    if (client.unread.size() < sizeof length) return true;
    std::memcpy(&length, client.unread.data(), sizeof length);
    if (client.unread.size() - sizeof length < length) return true;
    std::string request = client.unread.substr(sizeof length, static_cast<std::size_t>(length));
    client.unread.erase(0, sizeof length + static_cast<std::size_t>(length));
    if (length < head_bytes) return false;
    handle(number, std::move(request));
  }
}

void DictServer::handle(std::size_t client, std::string request) {
  std::uint64_t key = 0;
  std::memcpy(&key, request.data() + 1, sizeof key);
  if (request[0] == 's') {
    request.erase(0, head_bytes);
    answer(client, "");
    const auto asker = waiting_.find(key);
    if (asker == waiting_.end()) {
      values_[key] = std::move(request);
      return;
    }
    answer(asker->second.front(), request);
    asker->second.pop_front();
    if (asker->second.empty()) waiting_.erase(asker);
  } else if (const auto found = values_.find(key); found != values_.end()) {
    answer(client, found->second);
    values_.erase(found);
  } else {
    waiting_[key].push_back(client);
  }
}

void DictServer::answer(std::size_t client, const std::string& value) {
  try {
    write_message(clients_[client].socket.number(), as_bytes(value));
  } catch (const OthersAreGone&) {
    // Its end is seen by whoever started it.
  }
}

}  // namespace reclaim::processes
