// A file descriptor that has an owner, and whole messages over one that is a stream: a length, then
// that many bytes.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/exhaustion.h"

namespace reclaim::processes {

/// The process at the other end has gone, or has died while it held a lock. Whoever started all of
/// them knows which; the others only have to end.
struct OthersAreGone : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A process that ends for that reason exits with this code: it is not the one to blame.
inline constexpr int others_gone_exit_code = 90;

/// Talks to others by f(), and ends this process at once when they are gone. No destructor runs:
/// some would wait for the others.
template <class F>
void talk(F&& f) {
  try {
    f();
  } catch (const OthersAreGone& gone) {
    LastWords words;
    words.say("reclaim: %s", gone.what());
    words.end(others_gone_exit_code);
  }
}

/// Closes what it owns; -1: nothing.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

/// Both ends of something.
struct Ends {
  Descriptor read, write;
};

/// A pipe, and a pair of connected Unix sockets that have no name: nothing of them is left when
/// their owners are gone. Not inherited by other programs unless handed on. Throw
/// std::system_error.
Ends make_pipe();
Ends make_socket_pair();

/// Puts all bytes into a pipe or socket; takes exactly as many out of it. Throw OthersAreGone when
/// there is nobody at the other end, std::system_error for anything else.
void write_all(int descriptor, std::span<const std::byte> bytes);
void read_all(int descriptor, std::span<std::byte> bytes);

/// Any plain data as its bytes.
template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return std::as_bytes(std::span<const T, 1>(&value, 1));
}
template <class T>
std::span<std::byte> writable_bytes_of(T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return std::as_writable_bytes(std::span<T, 1>(&value, 1));
}

/// A message with its length before it.
void write_message(int descriptor, std::span<const std::byte> message);
/// The next one, into `message`, whose room is used again.
void read_message(int descriptor, std::string& message);

inline std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace reclaim::processes
