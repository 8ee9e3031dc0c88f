// Decoding with distrust: nothing is used before its checksum, no event before it was found
// possible.

#include "trace/reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "trace/crc32c.h"
#include "trace/varint.h"

namespace reclaim::trace {

Reader::Reader(const std::string& path) : path_(path), ended_(1) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) {
    throw TraceError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  }
  struct stat status {};
  const bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  void* memory = MAP_FAILED;
  if (regular && status.st_size > 0) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    memory = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
  }
  close(descriptor);
  if (!regular) throw TraceError(fmt::format("{}: is not a regular file", path));
  if (size_ == 0) throw TraceError(fmt::format("{}: is empty, not a trace", path));
  if (memory == MAP_FAILED) throw TraceError(fmt::format("{}: cannot be mapped", path));
  madvise(memory, size_, MADV_SEQUENTIAL);
  data_ = static_cast<const std::uint8_t*>(memory);
  try {
    read_header();
  } catch (...) {
    munmap(memory, size_);
    throw;
  }
}

Reader::~Reader() { munmap(const_cast<std::uint8_t*>(data_), size_); }

void Reader::damaged(std::uint64_t offset, const std::string& what) const {
  throw DamagedTrace(fmt::format("{}: damaged trace: at byte {}: {}", path_, offset, what));
}

void Reader::damaged_here(const std::string& what) const {
  damaged(static_cast<std::uint64_t>(event_begin_ - data_), what);
}

void Reader::read_header() {
  const std::size_t known = std::min<std::size_t>(size_, file_magic.size());
  if (std::memcmp(data_, file_magic.data(), known) != 0) {
    throw TraceError(fmt::format(
        "{}: is not a trace (those are made by `reclaim record -o FILE -- CMD ARGS...`)", path_));
  }
  FilePrefix prefix{};
  if (size_ < sizeof prefix) damaged(size_, "the file ends within its header");
  std::memcpy(&prefix, data_, sizeof prefix);
  if (prefix.version != format_version) {
    throw TraceError(
        fmt::format("{}: is a trace of format version {}; this program reads version {}", path_,
                    prefix.version, format_version));
  }
  if (prefix.body_bytes > command_most_bytes) damaged(12, "the command line is impossibly long");
  if (size_ - sizeof prefix < prefix.body_bytes) damaged(size_, "the file ends within its header");
  const std::uint8_t* body = data_ + sizeof prefix;
  const std::uint32_t crc =
      crc32c(body, prefix.body_bytes, crc32c(data_, offsetof(FilePrefix, crc)));
  if (crc != prefix.crc) damaged(0, "the header's checksum is wrong");
  std::string argument;
  for (std::uint32_t i = 0; i < prefix.body_bytes; ++i) {
    if (body[i] != 0) {
      argument += static_cast<char>(body[i]);
      continue;
    }
    header_.command.push_back(std::move(argument));
    argument.clear();
  }
  header_.start_ns = prefix.start_ns;
  header_.process = prefix.process;
  header_.forked = prefix.forked != 0;
  next_block_ = sizeof prefix + prefix.body_bytes;
}

/// Checks the next block and points the cursor into it. False when there are no more events.
bool Reader::next_block() {
  const std::uint64_t offset = next_block_;
  const std::uint64_t left = size_ - offset;
  BlockHeader header{};
  if (left >= sizeof header) {
    std::memcpy(&header, data_ + offset, sizeof header);
    if (crc32c(data_ + offset, offsetof(BlockHeader, header_crc)) != header.header_crc) {
      damaged(offset, "a block header's checksum is wrong");
    }
    if (header.index != block_index_) {
      damaged(offset,
              fmt::format("block {} stands where block {} belongs", header.index, block_index_));
    }
    if (header.kind != events_block && header.kind != end_block) {
      damaged(offset, fmt::format("unknown kind of block 0x{:08x}", header.kind));
    }
    if (header.payload_bytes == 0 || header.payload_bytes > payload_most_bytes) {
      damaged(offset, fmt::format("a block of {} bytes", header.payload_bytes));
    }
  }
  if (left < sizeof header || left - sizeof header < header.payload_bytes) {
    // The rest was cut off: what came before is whole.
    accounting_.totals().ending = static_cast<std::uint32_t>(Ending::cut);
    return false;
  }
  const std::uint8_t* payload = data_ + offset + sizeof header;
  if (crc32c(payload, header.payload_bytes) != header.payload_crc) {
    damaged(offset + sizeof header, "a block's checksum is wrong");
  }
  next_block_ = offset + sizeof header + header.payload_bytes;
  ++block_index_;
  if (header.kind == end_block) {
    if (header.payload_bytes != sizeof(Totals)) damaged(offset, "an end block of the wrong size");
    read_end(offset + sizeof header);
    return false;
  }
  Totals& totals = accounting_.totals();
  totals.digest = fold_digest(totals.digest, header.payload_crc);
  cursor_ = payload;
  block_end_ = payload + header.payload_bytes;
  return true;
}

void Reader::read_end(std::uint64_t offset) {
  if (next_block_ != size_) damaged(next_block_, "there are bytes behind the end");
  Totals recorded;
  std::memcpy(&recorded, data_ + offset, sizeof recorded);
  if (recorded.ending >= static_cast<std::uint32_t>(Ending::cut)) {
    damaged(offset, fmt::format("unknown way of ending {}", recorded.ending));
  }
  // What only the recorder knows is taken over; the rest must agree.
  Totals& counted = accounting_.totals();
  counted.foreign_frees = recorded.foreign_frees;
  counted.inferred_frees = recorded.inferred_frees;
  counted.dropped = recorded.dropped;
  counted.ending = recorded.ending;
  counted.ending_detail = recorded.ending_detail;
  if (counted != recorded) {
    damaged(offset, fmt::format("the totals do not agree with the events ({} objects recorded, {} "
                                "counted; peak {} recorded, {} counted)",
                                recorded.objects, counted.objects, recorded.peak_live_bytes,
                                counted.peak_live_bytes));
  }
}

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  if (!get_varint(cursor_, block_end_, value)) damaged_here("an event is cut off");
  return value;
}

std::uint64_t Reader::operand(std::uint8_t tag_byte) {
  const std::uint8_t value = tag_byte >> 3;
  return value == operand_follows ? varint() : value;
}

std::uint64_t Reader::size_value() {
  const std::uint64_t size = varint();
  if (size > size_most_bytes) damaged_here(fmt::format("an object of {} bytes", size));
  return size;
}

std::uint64_t Reader::live_object(std::uint64_t age) {
  const std::uint64_t objects = accounting_.totals().objects;
  if (age >= objects) {
    damaged_here(fmt::format("an event on object {} back when there were {}", age, objects));
  }
  const std::uint64_t object = objects - 1 - age;
  if (!accounting_.is_live(object)) {
    damaged_here(fmt::format("an event on object {}, which was already freed", object));
  }
  return object;
}

void Reader::thread_event(std::uint8_t tag_byte, Event& event, bool& is_event) {
  std::uint64_t& threads = accounting_.totals().threads;
  const std::uint8_t value = tag_byte >> 3;
  is_event = value == thread_starts || value == thread_ends;
  event.thread = thread_;
  event.other = 0;
  if (value == thread_starts) {
    if (threads == threads_most) damaged_here(fmt::format("more than {} threads", threads_most));
    event.kind = EventKind::start_thread;
    event.other = static_cast<std::uint32_t>(threads++);
    ended_.push_back(false);
  } else if (value == thread_ends) {
    event.kind = EventKind::end_thread;
    ended_[thread_] = true;
  } else {
    const std::uint64_t thread = operand(tag_byte);
    if (thread >= threads)
      damaged_here(fmt::format("an event of thread {} of {}", thread, threads));
    thread_ = static_cast<std::uint32_t>(thread);
  }
}

bool Reader::next(Event& event) {
  for (;;) {
    if (done_) return false;
    if (cursor_ == block_end_) {
      done_ = !next_block();
      continue;
    }
    event_begin_ = cursor_;
    const std::uint8_t tag_byte = *cursor_++;
    const auto tag = static_cast<Tag>(tag_byte & 7);
    if (tag == Tag::thread) {
      bool is_event = false;
      thread_event(tag_byte, event, is_event);
      if (is_event) return true;
      continue;
    }
    if (ended_[thread_]) damaged_here(fmt::format("an event of thread {} after its end", thread_));
    event.thread = thread_;
    event.alignment = 0;
    event.old_size = 0;
    switch (tag) {
      case Tag::resize:
        event.kind = EventKind::resize;
        event.object = live_object(operand(tag_byte));
        event.size = size_value();
        event.old_size = accounting_.size_of(event.object);
        accounting_.resize(event.object, event.size);
        return true;
      case Tag::free:
        event.kind = EventKind::free;
        event.object = live_object(operand(tag_byte));
        event.size = accounting_.size_of(event.object);
        accounting_.free(event.object);
        return true;
      case Tag::aligned: {
        event.kind = EventKind::make;
        const std::uint8_t log2 = tag_byte >> 3;
        if (log2 == operand_follows || cursor_ == block_end_ || *cursor_ > 3) {
          damaged_here("an impossible aligned object");
        }
        event.alignment = 1u << log2;
        event.way = static_cast<Way>(*cursor_++);
        event.size = size_value();
        event.object = accounting_.make(event.size);
        return true;
      }
      default:
        event.kind = EventKind::make;
        event.way = static_cast<Way>(tag);
        event.size = tag_byte >> 3 == operand_follows ? size_value() : (tag_byte >> 3) * 8u;
        event.object = accounting_.make(event.size);
        return true;
    }
  }
}

Summary summarize(const std::string& path) {
  Reader reader(path);
  Event event;
  while (reader.next(event)) {
  }
  Summary summary;
  summary.header = reader.header();
  summary.totals = reader.totals();
  summary.file_bytes = reader.file_bytes();
  return summary;
}

std::string describe_ending(const Totals& totals) {
  switch (static_cast<Ending>(totals.ending)) {
    case Ending::exit:
      return totals.ending_detail == 0 ? "exited"
                                       : fmt::format("exited with status {}", totals.ending_detail);
    case Ending::quick_exit:
      return fmt::format("called _exit({}): the trace ends early", totals.ending_detail);
    case Ending::exec:
      return "became another program by exec: the trace ends early";
    case Ending::killed:
      return fmt::format("was killed by signal {} ({}): the trace ends early", totals.ending_detail,
                         strsignal(static_cast<int>(totals.ending_detail)));
    case Ending::running:
      return "was still running: the trace ends early";
    case Ending::stopped:
      return "outlived its recorder (disk full?): the trace ends early";
    case Ending::unknown:
      return "ended without exit(): the trace ends early";
    case Ending::cut:
      return "is cut off: the file's end is missing, the trace ends early";
  }
  return "ended in an unknown way";
}

}  // namespace reclaim::trace
