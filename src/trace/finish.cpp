// A k-way merge of the threads by their sequence numbers. A move counts twice: it leaves its old
// address at the first number and takes the new one at the second.

#include "trace/finish.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <vector>

#include "trace/address_map.h"
#include "trace/recording.h"
#include "trace/varint.h"
#include "trace/writer.h"

namespace reclaim::trace {
namespace {

/// A recording, mapped. Shared: a process that still runs goes on writing, which is harmless.
class MappedRecording {
 public:
  explicit MappedRecording(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat status {};
    if (fstat(descriptor, &status) == 0 &&
        status.st_size >= static_cast<off_t>(recording_page_bytes)) {
      size_ = static_cast<std::uint64_t>(status.st_size) & ~(recording_page_bytes - 1);
      void* memory = mmap(nullptr, size_, PROT_READ, MAP_SHARED, descriptor, 0);
      if (memory != MAP_FAILED) data_ = static_cast<const std::uint8_t*>(memory);
    }
    close(descriptor);
    if (data_ != nullptr && header().magic != recording_magic) {
      munmap(const_cast<std::uint8_t*>(data_), size_);
      data_ = nullptr;
    }
  }
  ~MappedRecording() {
    if (data_ != nullptr) munmap(const_cast<std::uint8_t*>(data_), size_);
  }
  MappedRecording(const MappedRecording&) = delete;
  MappedRecording& operator=(const MappedRecording&) = delete;

  bool valid() const { return data_ != nullptr; }
  const RecordingHeader& header() const { return *reinterpret_cast<const RecordingHeader*>(data_); }
  const std::uint8_t* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::uint64_t size_ = 0;
};

RecordingInfo info_of(const RecordingHeader& raw) {
  RecordingInfo info;
  info.header.start_ns = raw.start_ns;
  info.header.process = raw.process;
  info.header.forked = raw.forked != 0;
  info.exited = raw.exited.load() != 0;
  info.stopped = raw.stopped_at.load() != 0;
  std::string argument;
  const std::size_t length = std::min<std::size_t>(raw.command_bytes, sizeof raw.command);
  for (std::size_t i = 0; i < length; ++i) {
    if (raw.command[i] != '\0') {
      argument += raw.command[i];
      continue;
    }
    info.header.command.push_back(std::move(argument));
    argument.clear();
  }
  if (!argument.empty()) info.header.command.push_back(argument + "...");  // was cut off
  return info;
}

struct RawEvent {
  RawKind kind = RawKind::free;
  std::uint64_t sequence = 0;
  std::uint64_t alignment = 0;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint64_t second_sequence = 0;  // move
  std::uint64_t new_address = 0;      // move
  std::uint32_t started = 0;          // start_thread
};

/// The events of one thread, in its own order, over all its chunks.
class ThreadStream {
 public:
  void add_chunk(const ChunkHeader* chunk) { chunks_.push_back(chunk); }
  bool empty() const { return chunks_.empty(); }

  /// Reads the next event. False at the end, and where bytes make no sense (never, unless the
  /// machine lost pages): what follows in that thread has no meaning then.
  bool next(RawEvent& event) {
    while (at_ == end_) {
      if (next_chunk_ == chunks_.size()) return false;
      const ChunkHeader* chunk = chunks_[next_chunk_++];
      at_ = reinterpret_cast<const std::uint8_t*>(chunk) + sizeof *chunk;
      end_ = at_ + std::min<std::size_t>(chunk->used.load(std::memory_order_acquire),
                                         chunk->capacity - sizeof *chunk);
      sequence_ = chunk->first_sequence;
      address_ = 0;
    }
    if (decode(event)) return true;
    at_ = end_;
    next_chunk_ = chunks_.size();
    return false;
  }

 private:
  bool decode(RawEvent& event) {
    const std::uint8_t tag = *at_++;
    std::uint64_t delta = 1;
    if ((tag & raw_has_sequence) != 0 && !get_varint(at_, end_, delta)) return false;
    event.kind = static_cast<RawKind>(tag & raw_kind_mask);
    event.sequence = sequence_ += delta;
    event.alignment = 0;
    if ((tag & raw_has_alignment) != 0) {
      if (at_ == end_ || *at_ > 63) return false;
      event.alignment = std::uint64_t{1} << *at_++;
    }
    switch (event.kind) {
      case RawKind::make_malloc:
      case RawKind::make_calloc:
      case RawKind::make_realloc:
      case RawKind::make_new:
        return get_varint(at_, end_, event.size) && get_address(event.address);
      case RawKind::free:
        return get_address(event.address);
      case RawKind::resize:
        return get_address(event.address) && get_varint(at_, end_, event.size);
      case RawKind::move: {
        if (!get_address(event.address) || !get_varint(at_, end_, event.size) ||
            !get_varint(at_, end_, delta)) {
          return false;
        }
        event.second_sequence = sequence_ += delta;
        return get_address(event.new_address);
      }
      case RawKind::start_thread: {
        std::uint64_t thread = 0;
        if (!get_varint(at_, end_, thread)) return false;
        event.started = static_cast<std::uint32_t>(thread);
        return true;
      }
    }
    return false;
  }

  bool get_address(std::uint64_t& address) {
    std::uint64_t code = 0;
    if (!get_varint(at_, end_, code)) return false;
    address_ += unzigzag(code);
    address = turned_back(address_);
    return true;
  }

  std::vector<const ChunkHeader*> chunks_;
  std::size_t next_chunk_ = 0;
  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::uint64_t sequence_ = 0;
  std::uint64_t address_ = 0;
};

/// Finds the chunks. A chunk whose owner died before heading it is skipped page by page.
std::vector<ThreadStream> streams_of(const MappedRecording& recording) {
  std::vector<ThreadStream> streams;
  std::uint64_t offset = recording_page_bytes;
  while (offset + recording_page_bytes <= recording.size()) {
    const auto* chunk = reinterpret_cast<const ChunkHeader*>(recording.data() + offset);
    if (chunk->magic != chunk_magic || chunk->offset != offset ||
        chunk->capacity % recording_page_bytes != 0 || chunk->capacity == 0 ||
        chunk->capacity > recording.size() - offset || chunk->thread >= threads_most) {
      offset += recording_page_bytes;
      continue;
    }
    if (chunk->thread >= streams.size()) streams.resize(chunk->thread + 1);
    if (chunk->used.load(std::memory_order_acquire) != 0) streams[chunk->thread].add_chunk(chunk);
    offset += chunk->capacity;
  }
  return streams;
}

/// Replays the threads' events in global order into a writer.
class Merge {
 public:
  Merge(std::vector<ThreadStream> streams, std::uint64_t stopped_at, Writer& writer)
      : writer_(writer), stopped_at_(stopped_at), threads_(streams.size()) {
    for (std::size_t i = 0; i < streams.size(); ++i) {
      threads_[i].stream = std::move(streams[i]);
      if (threads_[i].stream.next(threads_[i].event)) {
        queue_.push({threads_[i].event.sequence, i});
      }
    }
  }

  void run() {
    while (!queue_.empty()) {
      const std::size_t index = queue_.top().thread;
      queue_.pop();
      const std::uint64_t others = queue_.empty() ? UINT64_MAX : queue_.top().sequence;
      while (advance(index) && key_of(threads_[index]) < others) {
      }
      Thread& thread = threads_[index];
      if (!thread.exhausted) {
        queue_.push({key_of(thread), index});
      } else if (thread.number != no_number) {
        writer_.end_thread(thread.number);
      }
    }
  }

 private:
  static constexpr std::uint32_t no_number = UINT32_MAX;

  struct Thread {
    ThreadStream stream;
    RawEvent event;
    bool moving = false;  // the first half of event, a move, is done
    std::optional<std::uint64_t> moved_object;
    std::uint32_t number = no_number;  // in the trace
    bool exhausted = false;
  };

  struct Turn {
    std::uint64_t sequence;
    std::size_t thread;
    bool operator<(const Turn& other) const { return sequence > other.sequence; }  // least on top
  };

  static std::uint64_t key_of(const Thread& thread) {
    return thread.moving ? thread.event.second_sequence : thread.event.sequence;
  }

  /// Performs the thread's event and fetches its next one; false when there is none.
  bool advance(std::size_t index) {
    Thread& thread = threads_[index];
    if (stopped_at_ != 0 && key_of(thread) >= stopped_at_) {
      thread.exhausted = true;
      return false;
    }
    if (thread.event.kind == RawKind::move && !thread.moving) {
      thread.moved_object = objects_.take(thread.event.address);
      thread.moving = true;
      return true;
    }
    perform(thread);
    thread.moving = false;
    thread.exhausted = !thread.stream.next(thread.event);
    return !thread.exhausted;
  }

  void perform(Thread& thread) {
    const RawEvent& event = thread.event;
    switch (event.kind) {
      case RawKind::free:
        if (const auto object = objects_.take(event.address)) {
          writer_.free(number_of(thread), *object);
        } else {
          ++writer_.totals().foreign_frees;
        }
        return;
      case RawKind::resize:
        if (const auto object = objects_.get(event.address)) {
          writer_.resize(number_of(thread), *object, event.size);
        } else {
          make(thread, event.address, Way::realloc);
        }
        return;
      case RawKind::move:
        if (!thread.moved_object) {
          make(thread, event.new_address, Way::realloc);
          return;
        }
        place(thread, event.new_address, *thread.moved_object);
        writer_.resize(number_of(thread), *thread.moved_object, event.size);
        return;
      case RawKind::start_thread:
        // A thread that never allocated has no place in the trace.
        if (event.started < threads_.size() && !threads_[event.started].stream.empty() &&
            threads_[event.started].number == no_number) {
          threads_[event.started].number = writer_.start_thread(number_of(thread));
        }
        return;
      case RawKind::make_malloc:
        make(thread, event.address, Way::malloc);
        return;
      case RawKind::make_calloc:
        make(thread, event.address, Way::calloc);
        return;
      case RawKind::make_realloc:
        make(thread, event.address, Way::realloc);
        return;
      case RawKind::make_new:
        make(thread, event.address, Way::new_operator);
        return;
    }
  }

  void make(Thread& thread, std::uint64_t address, Way way) {
    const std::uint32_t number = number_of(thread);
    place(thread, address, writer_.totals().objects);
    writer_.make(number, way, thread.event.size,
                 std::min(thread.event.alignment, std::uint64_t{1} << 30));
  }

  /// An address that is made again while its object lives: a free was not seen.
  void place(Thread& thread, std::uint64_t address, std::uint64_t object) {
    if (const auto before = objects_.put(address, object)) {
      writer_.free(number_of(thread), *before);
      ++writer_.totals().inferred_frees;
    }
  }

  /// The thread's number in the trace. One that nobody was seen starting (clone, thrd_create)
  /// starts now, from the first thread.
  std::uint32_t number_of(Thread& thread) {
    if (thread.number == no_number) {
      thread.number = any_number_ ? writer_.start_thread(0) : 0;
    }
    any_number_ = true;
    return thread.number;
  }

  Writer& writer_;
  const std::uint64_t stopped_at_;
  std::vector<Thread> threads_;
  std::priority_queue<Turn> queue_;
  AddressMap objects_;
  bool any_number_ = false;
};

}  // namespace

std::optional<RecordingInfo> inspect_recording(const std::string& path) {
  const MappedRecording recording(path);
  if (!recording.valid()) return std::nullopt;
  return info_of(recording.header());
}

std::optional<Summary> finish_recording(const std::string& recording_path,
                                        const std::string& trace_path, Ending ending,
                                        std::uint32_t ending_detail) {
  const MappedRecording recording(recording_path);
  if (!recording.valid()) return std::nullopt;
  const RecordingInfo info = info_of(recording.header());
  Summary summary;
  summary.header = info.header;
  {
    Writer writer(trace_path, info.header);
    Merge(streams_of(recording), recording.header().stopped_at.load(), writer).run();
    Totals& totals = writer.totals();
    totals.dropped = recording.header().dropped.load();
    totals.ending = static_cast<std::uint32_t>(info.stopped ? Ending::stopped : ending);
    totals.ending_detail = info.stopped ? 0 : ending_detail;
    if (totals.objects != 0) writer.finish();
    summary.totals = totals;
  }
  if (summary.totals.objects == 0) {
    unlink(trace_path.c_str());
    return std::nullopt;
  }
  struct stat status {};
  if (stat(trace_path.c_str(), &status) == 0) {
    summary.file_bytes = static_cast<std::uint64_t>(status.st_size);
  }
  return summary;
}

}  // namespace reclaim::trace
