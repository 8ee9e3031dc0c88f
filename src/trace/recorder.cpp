// Streams allocation events of this process to a file, each thread into a chunk of its own that is
// mapped shared: storing an event is a few plain stores, and nothing is lost when the process dies.
// Files are opened by path for each chunk and closed at once, so that a program which closes or
// reuses every descriptor neither loses the recording nor writes into it.

#include "trace/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bit>

#include "trace/varint.h"

namespace reclaim::trace {
namespace {

constexpr std::uint32_t first_chunk_bytes = 4096;  // a thread that does little leaves little behind
constexpr std::uint32_t most_chunk_bytes = 256 * 1024;
constexpr std::size_t path_bytes = 1024;

/// The process's recording. The page is wiped in a forked child, which therefore finds generation 0
/// and begins a recording of its own. A vforked child shares it, as it shares the memory.
struct Control {
  std::atomic<std::uint64_t> generation;  ///< 0: no recording yet
  std::atomic<std::uint32_t> starting;
  std::atomic<std::uint32_t> stopped;
  RecordingHeader* header;
  alignas(64) std::atomic<std::uint64_t> sequence;
  alignas(64) std::atomic<std::uint32_t> threads;
  char path[path_bytes];
};
static_assert(sizeof(Control) <= recording_page_bytes);

struct ThreadState {
  std::uint64_t generation;
  std::uint64_t last_sequence;
  std::uint64_t last_address;
  ChunkHeader* chunk;
  std::uint8_t* cursor;
  std::uint8_t* end;
  std::uint32_t thread;
  std::uint32_t adopted_thread;
  std::uint64_t adopted_generation;
  std::uint32_t next_chunk_bytes;
  std::uint32_t exit_rounds;
  bool busy;
};

// Initial-exec: reading it never allocates, not even in a thread that has only just begun.
__attribute__((tls_model("initial-exec"))) thread_local ThreadState state;

std::atomic<Control*> control_page{nullptr};
std::uint64_t generations = 0;  // not wiped by fork: a child's generation differs from its parent's
char directory[path_bytes - 64];
bool disabled = false;
pthread_key_t exit_key;
bool has_exit_key = false;

// System calls without the C library's wrappers: those are cancellation points, malloc is none.
int open_raw(const char* path, int flags) {
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600));
}
bool reserve_raw(int descriptor, std::uint64_t offset, std::uint64_t bytes) {
  if (syscall(SYS_fallocate, descriptor, 0, offset, bytes) == 0) return true;
  if (errno != EOPNOTSUPP && errno != ENOSYS) return false;
  // Without reservation a full disk would kill the program by SIGBUS: write the zeros instead.
  static const char zeros[recording_page_bytes] = {};
  for (std::uint64_t done = 0; done < bytes; done += sizeof zeros) {
    if (syscall(SYS_pwrite64, descriptor, zeros, sizeof zeros, offset + done) !=
        static_cast<long>(sizeof zeros)) {
      return false;
    }
  }
  return true;
}
void close_raw(int descriptor) { syscall(SYS_close, descriptor); }

void* map_shared(int descriptor, std::uint64_t offset, std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor,
                      static_cast<off_t>(offset));
  if (memory == MAP_FAILED) return nullptr;
  madvise(memory, bytes, MADV_DONTFORK);
  return memory;
}

char* put_text(char* out, const char* text) {
  while (*text != '\0') *out++ = *text++;
  return out;
}
char* put_number(char* out, std::uint64_t number) {
  char digits[20];
  int count = 0;
  do digits[count++] = static_cast<char>('0' + number % 10);
  while ((number /= 10) != 0);
  while (count != 0) *out++ = digits[--count];
  return out;
}

bool find_directory() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* name = recording_directory_variable;
    const char* text = *entry;
    while (*name != '\0' && *name == *text) ++name, ++text;
    if (*name != '\0' || *text != '=') continue;
    std::size_t length = 0;
    while (*++text != '\0' && length + 1 < sizeof directory) directory[length++] = *text;
    return length != 0 && *text == '\0';
  }
  return false;
}

/// DIRECTORY/PROCESS.IMAGE, the first image number that is free: exec keeps the process's number.
int create_file(Control& control) {
  for (std::uint64_t image = 0; image < 100000; ++image) {
    char* out = put_text(control.path, directory);
    *out++ = '/';
    out = put_number(out, static_cast<std::uint64_t>(getpid()));
    *out++ = '.';
    *put_number(out, image) = '\0';
    const int descriptor = open_raw(control.path, O_RDWR | O_CREAT | O_EXCL);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

void read_command(RecordingHeader& header) {
  const int descriptor = open_raw("/proc/self/cmdline", O_RDONLY);
  if (descriptor < 0) return;
  std::uint32_t length = 0;
  while (length < sizeof header.command) {
    const long got =
        syscall(SYS_read, descriptor, header.command + length, sizeof header.command - length);
    if (got <= 0) break;
    length += static_cast<std::uint32_t>(got);
  }
  close_raw(descriptor);
  header.command_bytes = length;
}

bool create_recording(Control& control) {
  const int descriptor = create_file(control);
  if (descriptor < 0) return false;
  RecordingHeader* header = nullptr;
  if (reserve_raw(descriptor, 0, recording_page_bytes)) {
    header = static_cast<RecordingHeader*>(map_shared(descriptor, 0, recording_page_bytes));
  }
  close_raw(descriptor);
  if (header == nullptr) return false;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  header->start_ns = now.tv_sec * 1'000'000'000 + now.tv_nsec;
  header->process = getpid();
  header->forked = generations != 0 ? 1 : 0;
  read_command(*header);
  header->next_offset.store(recording_page_bytes, std::memory_order_relaxed);
  header->magic = recording_magic;
  control.header = header;
  return true;
}

/// Ends the recording at the event `sequence`, which could not be stored (no disk, no mappings).
/// Threads whose earlier events are lost too come here as well: the trace ends before the first.
void stop(Control& control, std::uint64_t sequence) {
  control.stopped.store(1);
  auto& stopped_at = control.header->stopped_at;
  std::uint64_t known = stopped_at.load();
  while ((known == 0 || known > sequence) && !stopped_at.compare_exchange_weak(known, sequence)) {
  }
}

void thread_exits(void*) {
  // Other destructors may still free: come back until the C library's last round.
  if (++state.exit_rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(exit_key, &state);
    return;
  }
  if (state.chunk != nullptr) munmap(state.chunk, state.chunk->capacity);
  state.chunk = nullptr;
  state.cursor = state.end = nullptr;
}

Control* map_control() {
  void* memory = mmap(nullptr, recording_page_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (madvise(memory, recording_page_bytes, MADV_WIPEONFORK) != 0) {  // Linux before 4.14, gVisor
    pthread_atfork(
        nullptr, nullptr, +[] {
          auto* page = reinterpret_cast<unsigned char*>(control_page.load());
          for (std::size_t i = 0; i < recording_page_bytes; ++i) page[i] = 0;
        });
  }
  Control* expected = nullptr;
  if (!control_page.compare_exchange_strong(expected, static_cast<Control*>(memory))) {
    munmap(memory, recording_page_bytes);
    return expected;
  }
  return static_cast<Control*>(memory);
}

/// The process's recording, begun if need be; nullptr when there is none to be had.
Control* start_process() {
  if (disabled || environ == nullptr) return nullptr;  // no environment yet: before the C library
  Control* control = control_page.load(std::memory_order_acquire);
  if (control == nullptr) {
    if (!find_directory() || (control = map_control()) == nullptr) {
      disabled = true;
      return nullptr;
    }
  }
  if (control->generation.load(std::memory_order_acquire) != 0) return control;
  std::uint32_t idle = 0;
  if (!control->starting.compare_exchange_strong(idle, 1)) {
    while (control->generation.load(std::memory_order_acquire) == 0) sched_yield();
    return control;
  }
  if (!has_exit_key) has_exit_key = pthread_key_create(&exit_key, thread_exits) == 0;
  if (!create_recording(*control)) control->stopped.store(1);
  control->generation.store(++generations, std::memory_order_release);
  return control;
}

/// Makes `state` that of a thread of this process's recording.
void attach(Control& control) {
  const std::uint64_t generation = control.generation.load(std::memory_order_acquire);
  const bool adopted = state.adopted_generation == generation;
  state.generation = generation;
  state.thread = adopted ? state.adopted_thread : control.threads.fetch_add(1);
  state.chunk = nullptr;  // a parent's chunk is not mapped here
  state.cursor = state.end = nullptr;
  state.next_chunk_bytes = first_chunk_bytes;
  state.exit_rounds = 0;
  if (has_exit_key) pthread_setspecific(exit_key, &state);
}

bool new_chunk(Control& control, std::uint64_t sequence) {
  const std::uint32_t bytes = state.next_chunk_bytes;
  if (state.chunk != nullptr) munmap(state.chunk, state.chunk->capacity);
  state.chunk = nullptr;
  state.cursor = state.end = nullptr;
  const std::uint64_t offset = control.header->next_offset.fetch_add(bytes);
  const int descriptor = open_raw(control.path, O_RDWR);
  if (descriptor < 0) return false;
  void* memory =
      reserve_raw(descriptor, offset, bytes) ? map_shared(descriptor, offset, bytes) : nullptr;
  close_raw(descriptor);
  if (memory == nullptr) return false;
  auto* chunk = static_cast<ChunkHeader*>(memory);
  chunk->offset = offset;
  chunk->first_sequence = sequence;
  chunk->capacity = bytes;
  chunk->thread = state.thread;
  chunk->magic = chunk_magic;
  state.chunk = chunk;
  state.cursor = static_cast<std::uint8_t*>(memory) + sizeof(ChunkHeader);
  state.end = static_cast<std::uint8_t*>(memory) + bytes;
  state.last_sequence = sequence;
  state.last_address = 0;
  if (bytes < most_chunk_bytes) state.next_chunk_bytes = bytes * 4;
  return true;
}

/// Writes one event: tag and sequence number, then what `body` writes. Closes the event.
template <class Body>
void write(RawKind kind, std::uint8_t flags, std::uint64_t sequence, Body body) {
  Control& control = *control_page.load(std::memory_order_relaxed);
  if (control.stopped.load(std::memory_order_relaxed) != 0) {
    stop(control, sequence);
  } else {
    bool room = state.end - state.cursor >= static_cast<std::ptrdiff_t>(raw_event_most_bytes);
    if (!room) {
      const int saved = errno;
      room = new_chunk(control, sequence);
      if (!room) stop(control, sequence);
      errno = saved;
    }
    if (room) {
      std::uint8_t* out = state.cursor;
      const std::uint64_t delta = sequence - state.last_sequence;
      *out++ = static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) | flags |
                                         (delta == 1 ? 0 : raw_has_sequence));
      if (delta != 1) out = put_varint(out, delta);
      state.last_sequence = sequence;
      out = body(out);
      state.cursor = out;
      const auto* begin = reinterpret_cast<const std::uint8_t*>(state.chunk) + sizeof(ChunkHeader);
      state.chunk->used.store(static_cast<std::uint32_t>(out - begin), std::memory_order_release);
    }
  }
  state.busy = false;
}

/// Numbers count from 1. The release and acquire order the program's own free and malloc between.
std::uint64_t next_number(Control& control) {
  return control.sequence.fetch_add(1, std::memory_order_acq_rel) + 1;
}

std::uint8_t* put_address(std::uint8_t* out, const void* address) {
  const std::uint64_t value = turned(reinterpret_cast<std::uintptr_t>(address));
  out = put_varint(out, zigzag(value - state.last_address));
  state.last_address = value;
  return out;
}

__attribute__((constructor)) void library_loaded() {
  // An image that never allocates still leaves an empty recording: it tells the parent that the
  // library was loaded and that malloc was not ours.
  if (Recorder::begin() != 0) Recorder::cancel();
}

__attribute__((destructor)) void library_unloaded() {
  Control* control = control_page.load(std::memory_order_acquire);
  if (control == nullptr || control->generation.load(std::memory_order_acquire) == 0) return;
  if (control->header != nullptr) control->header->exited.store(1, std::memory_order_relaxed);
}

}  // namespace

std::uint64_t Recorder::begin() {
  if (disabled) return 0;
  Control* control = control_page.load(std::memory_order_acquire);
  if (state.busy) {
    if (control != nullptr && control->header != nullptr) control->header->dropped.fetch_add(1);
    return 0;
  }
  state.busy = true;
  if (control == nullptr || state.generation == 0 ||
      state.generation != control->generation.load(std::memory_order_relaxed)) {
    const int saved = errno;
    control = start_process();
    if (control != nullptr) attach(*control);
    errno = saved;
  }
  if (control == nullptr || control->stopped.load(std::memory_order_relaxed) != 0) {
    state.busy = false;
    return 0;
  }
  return next_number(*control);
}

std::uint64_t Recorder::next_sequence() {
  return next_number(*control_page.load(std::memory_order_relaxed));
}

void Recorder::cancel() { state.busy = false; }

void Recorder::make(RawKind way, std::uint64_t sequence, const void* address, std::size_t size,
                    std::size_t alignment) {
  write(way, alignment != 0 ? raw_has_alignment : std::uint8_t{0}, sequence,
        [&](std::uint8_t* out) {
          if (alignment != 0) *out++ = static_cast<std::uint8_t>(std::countr_zero(alignment));
          return put_address(put_varint(out, size), address);
        });
}

void Recorder::free(std::uint64_t sequence, const void* address) {
  write(RawKind::free, 0, sequence, [&](std::uint8_t* out) { return put_address(out, address); });
}

void Recorder::resize(std::uint64_t sequence, const void* address, std::size_t size) {
  write(RawKind::resize, 0, sequence,
        [&](std::uint8_t* out) { return put_varint(put_address(out, address), size); });
}

void Recorder::move(std::uint64_t sequence, const void* from, std::size_t size,
                    std::uint64_t second_sequence, const void* to) {
  write(RawKind::move, 0, sequence, [&](std::uint8_t* out) {
    out = put_varint(put_varint(put_address(out, from), size), second_sequence - sequence);
    state.last_sequence = second_sequence;
    return put_address(out, to);
  });
}

std::uint32_t Recorder::start_thread() {
  const std::uint64_t sequence = begin();
  if (sequence == 0) return UINT32_MAX;
  const std::uint32_t thread =
      control_page.load(std::memory_order_relaxed)->threads.fetch_add(1, std::memory_order_relaxed);
  write(RawKind::start_thread, 0, sequence,
        [&](std::uint8_t* out) { return put_varint(out, thread); });
  return thread;
}

void Recorder::adopt_thread(std::uint32_t thread) {
  if (thread == UINT32_MAX) return;
  state.adopted_thread = thread;
  state.adopted_generation =
      control_page.load(std::memory_order_relaxed)->generation.load(std::memory_order_relaxed);
}

}  // namespace reclaim::trace
