// Reads a trace file, checking every byte of it: checksums first, then that each event is possible
// (what is freed or resized lives, threads exist), then the totals. Safe on any input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "trace/accounting.h"
#include "trace/format.h"

namespace reclaim::trace {

/// A trace that cannot be used; what() is one line for the user and names the file.
class TraceError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// It is a trace, or was; what() also names the place in the file and what is wrong there.
class DamagedTrace : public TraceError {
  using TraceError::TraceError;
};

enum class EventKind : std::uint8_t { make, resize, free, start_thread, end_thread };

struct Event {
  EventKind kind;
  Way way;                  ///< make
  std::uint32_t thread;     ///< that did it
  std::uint32_t other;      ///< start_thread: the thread that starts
  std::uint32_t alignment;  ///< make: bytes, a power of two; 0: malloc's own
  std::uint64_t object;     ///< make, resize, free: makes counted from 0
  std::uint64_t size;       ///< make, resize: bytes asked for; free: its size
  std::uint64_t old_size;   ///< resize: bytes before
};

/// What a whole trace comes to.
struct Summary {
  Header header;
  Totals totals;
  std::uint64_t file_bytes = 0;
  /// No exit() is in it. Everything before the end is valid.
  bool ends_early() const { return ending() != Ending::exit; }
  Ending ending() const { return static_cast<Ending>(totals.ending); }
};

/// Iterates over one file, which is mapped while the reader lives. Not thread-safe.
class Reader {
 public:
  /// Throws TraceError (cannot be opened, no trace, another version), DamagedTrace.
  explicit Reader(const std::string& path);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const Header& header() const { return header_; }

  /// The next event in global order; false at the end. Throws DamagedTrace.
  bool next(Event& event);

  /// Totals of the whole trace. Only after `next` has returned false.
  const Totals& totals() const { return accounting_.totals(); }
  std::uint64_t file_bytes() const { return size_; }

 private:
  [[noreturn]] void damaged(std::uint64_t offset, const std::string& what) const;
  [[noreturn]] void damaged_here(const std::string& what) const;
  void read_header();
  bool next_block();
  void read_end(std::uint64_t offset);
  std::uint64_t operand(std::uint8_t tag_byte);
  std::uint64_t varint();
  std::uint64_t size_value();
  std::uint64_t live_object(std::uint64_t age);
  void thread_event(std::uint8_t tag_byte, Event& event, bool& is_event);

  std::string path_;
  const std::uint8_t* data_ = nullptr;
  std::uint64_t size_ = 0;
  Header header_;
  Accounting accounting_;
  std::vector<bool> ended_;       // by thread
  std::uint64_t next_block_ = 0;  // offset
  std::uint32_t block_index_ = 0;
  const std::uint8_t* event_begin_ = nullptr;
  const std::uint8_t* cursor_ = nullptr;
  const std::uint8_t* block_end_ = nullptr;
  std::uint32_t thread_ = 0;
  bool done_ = false;
};

/// Reads the whole file. Throws as Reader does.
Summary summarize(const std::string& path);

/// E.g. "was killed by signal 9 (Killed)": how the process ended, for people.
std::string describe_ending(const Totals& totals);

}  // namespace reclaim::trace
