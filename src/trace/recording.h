// What the preloaded recorder leaves on disk while the program runs: one file a process image, a
// header page and then chunks, each written by one thread through a shared mapping. Whatever was
// stored survives kill -9, and no thread ever waits for another. `finish` turns it into a trace.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

namespace reclaim::trace {

/// The recorder looks for this in its environment: the folder for its files, an absolute path.
inline constexpr const char* recording_directory_variable = "RECLAIM_RECORD_DIRECTORY";

inline constexpr std::uint64_t recording_magic = 0x31676e6964636572;  // "recding1"
inline constexpr std::uint64_t chunk_magic = 0x6b6e756863676e69;
inline constexpr std::uint64_t recording_page_bytes = 4096;

/// The first page of a recording. Written by the process, read when it is dead (or as it stands).
struct RecordingHeader {
  std::uint64_t magic;
  std::int32_t process;
  std::uint32_t forked;                    ///< 1: began at a fork, 0: at an exec
  std::int64_t start_ns;                   ///< since 1970
  std::atomic<std::uint64_t> next_offset;  ///< where the next chunk goes
  std::atomic<std::uint64_t> stopped_at;   ///< number of the first event that is missing; 0: none
  std::atomic<std::uint64_t> dropped;  ///< events that came while one was being written (signals)
  std::atomic<std::uint32_t> exited;   ///< 1: exit() ran its handlers
  std::uint32_t command_bytes;
  char command[3072];  ///< the arguments, a NUL byte behind each; cut off when longer
};
static_assert(sizeof(RecordingHeader) <= recording_page_bytes);

/// Heads each chunk. `used` counts bytes of whole events and is stored after them.
struct ChunkHeader {
  std::uint64_t magic;
  std::uint64_t offset;  ///< its own place in the file: tells it from data that looks like it
  std::uint64_t first_sequence;  ///< events count from here: the first has delta 0
  std::uint32_t capacity;        ///< bytes of the whole chunk, a multiple of the page
  std::uint32_t thread;          ///< in order of first appearance, from 0
  std::atomic<std::uint32_t> used;
};

/// Events in a chunk: a tag byte (kind, and the two flags below), then varints.
///   make       [sequence] [log2 of alignment] size, address
///   free       [sequence] address
///   resize     [sequence] address, new size                      (in place)
///   move       [sequence] address, new size, second sequence - first, new address
///   start      [sequence] thread that is about to start
/// `sequence` is the difference to the thread's event before, left out when it is 1. A free takes
/// its number before the memory is given back and a make takes it after the memory was got, so in
/// the order of numbers no address is ever made while it is live. A move does both, hence two
/// numbers.
enum class RawKind : std::uint8_t {
  make_malloc,
  make_calloc,
  make_realloc,
  make_new,
  free,
  resize,
  move,
  start_thread
};
inline constexpr std::uint8_t raw_kind_mask = 0x0f;
inline constexpr std::uint8_t raw_has_alignment = 0x40;
inline constexpr std::uint8_t raw_has_sequence = 0x80;
inline constexpr std::uint32_t raw_event_most_bytes = 64;

/// Addresses are written as differences to the thread's address before; most are multiples of 8,
/// so those three bits are turned to the top first. Bijective for every address.
constexpr std::uint64_t turned(std::uint64_t address) { return std::rotr(address, 3); }
constexpr std::uint64_t turned_back(std::uint64_t value) { return std::rotl(value, 3); }

}  // namespace reclaim::trace
