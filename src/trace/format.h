// The trace of one process's allocations: every event of all its threads as one stream, in the one
// global order in which they happened. Each thread's own sequence and every order between threads
// (freed or resized here, made there) follow from it. README.md has the layout byte by byte.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reclaim::trace {

static_assert(std::endian::native == std::endian::little,
              "numbers are stored as they lie in memory");

inline constexpr std::string_view file_magic{"RECLAIM\x1a", 8};
inline constexpr std::uint32_t format_version = 1;

/// A file header is this, then `body_bytes` bytes: arguments, a NUL behind each.
struct FilePrefix {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t body_bytes;
  std::int64_t start_ns;
  std::int32_t process;
  std::uint32_t forked;
  std::uint32_t reserved;  ///< 0
  std::uint32_t crc;       ///< of the prefix up to here and of the body
};
static_assert(sizeof(FilePrefix) == 40);
inline constexpr std::uint32_t command_most_bytes = 64 * 1024;

inline constexpr std::uint32_t events_block = 0x544e5645;  // "EVNT"
inline constexpr std::uint32_t end_block = 0x444e4521;     // "!END"

/// Heads each block. A block is at least complete when its payload is there whole.
struct BlockHeader {
  std::uint32_t kind;
  std::uint32_t index;  ///< from 0, so that no block can be lost or moved unseen
  std::uint32_t payload_bytes;
  std::uint32_t payload_crc;
  std::uint32_t header_crc;  ///< of the four numbers before
};
static_assert(sizeof(BlockHeader) == 20);
inline constexpr std::uint32_t payload_most_bytes = 64 * 1024;

/// How an object came to be: which family the program called.
enum class Way : std::uint8_t { malloc, calloc, realloc, new_operator };

/// Events: the low 3 bits of the tag byte; the high 5 bits are an operand, or 31 for "a varint
/// follows". Object ids are the makes counted from 0 and are never written.
///   make_WAY   operand: size / 8 when that is whole and < 31; else the varint is the size
///   aligned    operand: log2 of the alignment; then a byte with the way, then a varint, the size
///   resize     operand: age of the object; then a varint, the new size
///   free       operand: age of the object
///   thread     operand < 29: the following events are of this thread; 29: this thread starts the
///              next thread (ids count from 0, thread 0 is there); 30: this thread has ended;
///              31: the varint is the thread that follows
/// Age: how many objects were made since, so that the newest object has age 0.
enum class Tag : std::uint8_t {
  malloc,
  calloc,
  realloc,
  new_operator,
  aligned,
  resize,
  free,
  thread
};
inline constexpr std::uint8_t operand_follows = 31;
inline constexpr std::uint8_t thread_starts = 29;
inline constexpr std::uint8_t thread_ends = 30;

inline constexpr std::uint64_t size_most_bytes = std::uint64_t{1} << 48;
inline constexpr std::uint32_t threads_most = 1u << 20;

/// How the recorded process ended. All but `exit` mean that the trace ends early.
enum class Ending : std::uint32_t {
  exit,        ///< exit() or the return of main
  quick_exit,  ///< _exit() or kin: no handlers ran
  exec,        ///< became another program, which has a trace of its own
  killed,      ///< by the signal in Totals::ending_detail
  running,     ///< was still running when the recording was finished
  stopped,     ///< the recorder could not go on (no disk space, no memory)
  unknown,     ///< a child of a child, gone without exit()
  cut,         ///< never written: a reader found the file's end before the end block
};

/// The end block's payload, and what a reader counts itself and compares.
struct Totals {
  std::uint64_t events = 0;      ///< makes, resizes and frees
  std::uint64_t objects = 0;     ///< made
  std::uint64_t made_bytes = 0;  ///< as asked for when made
  std::uint64_t resizes = 0;
  std::uint64_t resized_bytes = 0;  ///< as asked for, summed over the resizes
  std::uint64_t frees = 0;
  std::uint64_t peak_live_bytes = 0;
  std::uint64_t peak_live_objects = 0;
  std::uint64_t live_objects = 0;  ///< at the end: never freed
  std::uint64_t live_bytes = 0;
  std::uint64_t threads = 1;
  std::uint64_t foreign_frees =
      0;  ///< of objects not seen being made (inherited by a fork): left out
  std::uint64_t inferred_frees = 0;  ///< of objects whose address was made again: put in
  std::uint64_t dropped = 0;         ///< events of signal handlers that interrupted the recorder
  std::uint64_t digest = 0;          ///< the block checksums, folded in order
  std::uint32_t ending = 0;          ///< an Ending
  std::uint32_t ending_detail = 0;   ///< exit status or signal, when it is known

  friend bool operator==(const Totals&, const Totals&) = default;
};
static_assert(sizeof(Totals) == 16 * 8);

/// What a trace says of its process.
struct Header {
  std::vector<std::string> command;
  std::int64_t start_ns = 0;  ///< since 1970
  std::int32_t process = 0;
  bool forked = false;  ///< began at a fork (true) or at an exec
};

/// Folds the next block's checksum into the digest.
constexpr std::uint64_t fold_digest(std::uint64_t digest, std::uint32_t crc) {
  return (std::rotl(digest, 5) ^ crc) * 0x9e3779b97f4a7c15u;
}

}  // namespace reclaim::trace
