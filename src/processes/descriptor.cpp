// Signals of the process's own threads may interrupt a call: it is made again.
#include "processes/descriptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <system_error>

namespace reclaim::processes {

namespace {

[[noreturn]] void fail(const char* what) {
  if (errno == EPIPE || errno == ECONNRESET) throw OthersAreGone(what);
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Ends make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    fail("cannot make a pair of sockets");
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

void write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot send to another process");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void read_all(int descriptor, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto got = ::read(descriptor, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot receive from another process");
    if (got == 0) throw OthersAreGone("another process has closed its end");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void write_message(int descriptor, std::span<const std::byte> message) {
  // In one call where it goes through at once, so that the reader wakes once.
  std::uint64_t length = message.size();
  iovec parts[2] = {{&length, sizeof length},
                    {const_cast<std::byte*>(message.data()), message.size()}};
  ssize_t written = 0;
  do {
    written = ::writev(descriptor, parts, 2);
  } while (written < 0 && errno == EINTR);
  if (written < 0) fail("cannot send to another process");
  const auto done = static_cast<std::size_t>(written);
  if (done < sizeof length) write_all(descriptor, bytes_of(length).subspan(done));
  write_all(descriptor, message.subspan(done < sizeof length ? 0 : done - sizeof length));
}

void read_message(int descriptor, std::string& message) {
  std::uint64_t length = 0;
  read_all(descriptor, writable_bytes_of(length));
  message.resize(static_cast<std::size_t>(length));
  read_all(descriptor, std::as_writable_bytes(std::span(message)));
}

}  // namespace reclaim::processes
