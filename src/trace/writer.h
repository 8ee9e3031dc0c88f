// Writes a trace file. Callers hand over events in global order; ids and totals are kept here.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "trace/accounting.h"
#include "trace/format.h"

namespace reclaim::trace {

/// One file. Not thread-safe. Every function throws std::system_error when the file cannot be
/// written; a file that `finish` has not completed reads as cut off.
class Writer {
 public:
  /// Creates (truncates) `path` and writes the header.
  Writer(const std::string& path, const Header& header);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Makes an object and returns its id. `alignment` is a power of two up to 2^30, or 0: malloc's.
  std::uint64_t make(std::uint32_t thread, Way way, std::uint64_t size,
                     std::uint64_t alignment = 0);
  /// `object` must be live.
  void resize(std::uint32_t thread, std::uint64_t object, std::uint64_t size);
  void free(std::uint32_t thread, std::uint64_t object);
  /// Starts the next thread (ids count from 0; thread 0 is there) and returns its id.
  std::uint32_t start_thread(std::uint32_t creator);
  void end_thread(std::uint32_t thread);

  /// Room for what only the caller knows: foreign_frees, inferred_frees, dropped, ending.
  Totals& totals() { return accounting_.totals(); }

  /// Writes the end block and syncs the file to disk.
  void finish();

 private:
  void switch_to(std::uint32_t thread);
  void put(Tag tag, std::uint64_t operand, std::uint64_t inline_limit);
  void put_byte(std::uint8_t byte) { *cursor_++ = byte; }
  void make_room();
  void write_block(std::uint32_t kind, const std::uint8_t* payload, std::size_t bytes);
  void write_bytes(const void* bytes, std::size_t count);

  std::string path_;
  std::FILE* file_;
  Accounting accounting_;
  std::vector<std::uint8_t> buffer_;
  std::uint8_t* cursor_;
  std::uint32_t thread_ = 0;
  std::uint32_t blocks_ = 0;
};

}  // namespace reclaim::trace
