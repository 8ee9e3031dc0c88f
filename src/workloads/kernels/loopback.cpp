#include "workloads/kernels/loopback.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "base/assert.h"
#include "base/refusal.h"

namespace reclaim::kernels {

namespace {

constexpr timeval patience = {60, 0};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

int open_socket(int type) {
  const int opened = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (opened < 0) refused("a socket", errno);
  ::setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return opened;
}

/// A wait that timed out is no limit of the machine, though it says EAGAIN.
[[noreturn]] void broken(const char* what, ssize_t got) {
  if (got == 0) give_up("the other side of a socket has gone", Site::here());
  if (errno == EAGAIN) give_up("nothing came through a socket for a minute", Site::here());
  refused(what, errno);
}

}  // namespace

void send_all(int socket, const void* from, std::size_t bytes) {
  const char* next = static_cast<const char*>(from);
  while (bytes != 0) {
    const ssize_t sent = ::send(socket, next, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) broken("send", sent);
    next += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
}

void receive_all(int socket, void* to, std::size_t bytes) {
  char* next = static_cast<char*>(to);
  while (bytes != 0) {
    const ssize_t got = ::recv(socket, next, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) broken("recv", got);
    next += got;
    bytes -= static_cast<std::size_t>(got);
  }
}

void allow_descriptors(std::uint64_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return;
  if (limit.rlim_max < wanted) refused("as many descriptors as there are requests", EMFILE);
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Connection::Connection(std::uint16_t port) : socket_(open_socket(SOCK_STREAM)) {
  const int yes = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const linger reset = {1, 0};  // see README.md
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  sockaddr_in address = loopback(port);
  while (::connect(socket_, generic(address), sizeof address) != 0) {
    if (errno != EINTR) refused("a connection on the loopback", errno);
  }
}

Connection::~Connection() { ::close(socket_); }

void Connection::exchange(const std::byte* from, std::byte* to, std::size_t bytes) {
  send_all(socket_, from, bytes);
  receive_all(socket_, to, bytes);
}

Datagrams::Datagrams() : socket_(open_socket(SOCK_DGRAM)) {
  sockaddr_in address = loopback(0);
  if (::bind(socket_, generic(address), sizeof address) != 0) refused("a port", errno);
}

Datagrams::~Datagrams() { ::close(socket_); }

std::uint16_t Datagrams::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket_, generic(address), &size) != 0) refused("the port's number", errno);
  return ntohs(address.sin_port);
}

std::size_t Datagrams::receive(void* to, std::size_t most) {
  sockaddr_in sender{};
  socklen_t size = sizeof sender;
  ssize_t got;
  do {
    got = ::recvfrom(socket_, to, most, 0, generic(sender), &size);
  } while (got < 0 && errno == EINTR);
  if (got < 0) broken("recvfrom", got);
  to_ = ntohs(sender.sin_port);
  return static_cast<std::size_t>(got);
}

void Datagrams::send(const void* from, std::size_t bytes) {
  sockaddr_in address = loopback(to_);
  if (::sendto(socket_, from, bytes, 0, generic(address), sizeof address) < 0) {
    refused("sendto", errno);
  }
}

void Datagrams::address(std::uint16_t port) { to_ = port; }

}  // namespace reclaim::kernels
