// Encoding, block by block: a block is checksummed and written whole, so that a cut file still has
// a valid beginning.

#include "trace/writer.h"

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "trace/crc32c.h"
#include "trace/varint.h"

namespace reclaim::trace {
namespace {

constexpr std::size_t event_most_bytes = 64;  // a switch, a tag and three integers

const std::uint8_t* bytes_of(const void* object) {
  return static_cast<const std::uint8_t*>(object);
}

}  // namespace

Writer::Writer(const std::string& path, const Header& header)
    : path_(path),
      file_(std::fopen(path.c_str(), "wbe")),
      buffer_(payload_most_bytes),
      cursor_(buffer_.data()) {
  if (file_ == nullptr) throw std::system_error(errno, std::generic_category(), path_);
  std::string body;
  for (const std::string& argument : header.command) {
    if (body.size() + argument.size() + 1 > command_most_bytes) break;
    body += argument;
    body += '\0';
  }
  FilePrefix prefix{};
  std::memcpy(prefix.magic.data(), file_magic.data(), file_magic.size());
  prefix.version = format_version;
  prefix.body_bytes = static_cast<std::uint32_t>(body.size());
  prefix.start_ns = header.start_ns;
  prefix.process = header.process;
  prefix.forked = header.forked ? 1 : 0;
  prefix.crc = crc32c(bytes_of(body.data()), body.size(),
                      crc32c(bytes_of(&prefix), offsetof(FilePrefix, crc)));
  write_bytes(&prefix, sizeof prefix);
  write_bytes(body.data(), body.size());
}

Writer::~Writer() {
  if (file_ != nullptr) std::fclose(file_);
}

std::uint64_t Writer::make(std::uint32_t thread, Way way, std::uint64_t size,
                           std::uint64_t alignment) {
  switch_to(thread);
  if (alignment != 0) {
    put(Tag::aligned, static_cast<std::uint64_t>(std::countr_zero(alignment)), operand_follows);
    put_byte(static_cast<std::uint8_t>(way));
    cursor_ = put_varint(cursor_, size);
  } else if (size % 8 == 0 && size / 8 < operand_follows) {
    put_byte(static_cast<std::uint8_t>(static_cast<unsigned>(way) | (size / 8) << 3));
  } else {
    put(static_cast<Tag>(way), size, 0);
  }
  return accounting_.make(size);
}

void Writer::resize(std::uint32_t thread, std::uint64_t object, std::uint64_t size) {
  switch_to(thread);
  put(Tag::resize, accounting_.totals().objects - 1 - object, operand_follows);
  cursor_ = put_varint(cursor_, size);
  accounting_.resize(object, size);
}

void Writer::free(std::uint32_t thread, std::uint64_t object) {
  switch_to(thread);
  put(Tag::free, accounting_.totals().objects - 1 - object, operand_follows);
  accounting_.free(object);
}

std::uint32_t Writer::start_thread(std::uint32_t creator) {
  switch_to(creator);
  put(Tag::thread, thread_starts, operand_follows);
  return static_cast<std::uint32_t>(accounting_.totals().threads++);
}

void Writer::end_thread(std::uint32_t thread) {
  switch_to(thread);
  put(Tag::thread, thread_ends, operand_follows);
}

void Writer::finish() {
  write_block(events_block, buffer_.data(), static_cast<std::size_t>(cursor_ - buffer_.data()));
  const Totals totals = accounting_.totals();
  write_block(end_block, bytes_of(&totals), sizeof totals);
  std::FILE* file = file_;
  file_ = nullptr;
  const bool written = std::fflush(file) == 0 && std::ferror(file) == 0 && fsync(fileno(file)) == 0;
  const int error = errno;
  std::fclose(file);
  if (!written) throw std::system_error(error, std::generic_category(), path_);
}

void Writer::switch_to(std::uint32_t thread) {
  make_room();
  if (thread == thread_) return;
  put(Tag::thread, thread, thread_starts);
  thread_ = thread;
}

/// The operand within the tag when it is below `inline_limit`, else behind it.
void Writer::put(Tag tag, std::uint64_t operand, std::uint64_t inline_limit) {
  if (operand < inline_limit) {
    put_byte(static_cast<std::uint8_t>(static_cast<unsigned>(tag) | operand << 3));
    return;
  }
  put_byte(static_cast<std::uint8_t>(static_cast<unsigned>(tag) | operand_follows << 3));
  cursor_ = put_varint(cursor_, operand);
}

void Writer::make_room() {
  const auto used = static_cast<std::size_t>(cursor_ - buffer_.data());
  if (used + event_most_bytes <= buffer_.size()) return;
  write_block(events_block, buffer_.data(), used);
  cursor_ = buffer_.data();
}

void Writer::write_block(std::uint32_t kind, const std::uint8_t* payload, std::size_t bytes) {
  if (bytes == 0) return;
  BlockHeader header{};
  header.kind = kind;
  header.index = blocks_++;
  header.payload_bytes = static_cast<std::uint32_t>(bytes);
  header.payload_crc = crc32c(payload, bytes);
  header.header_crc = crc32c(bytes_of(&header), offsetof(BlockHeader, header_crc));
  if (kind == events_block) {
    Totals& totals = accounting_.totals();
    totals.digest = fold_digest(totals.digest, header.payload_crc);
  }
  write_bytes(&header, sizeof header);
  write_bytes(payload, bytes);
}

void Writer::write_bytes(const void* bytes, std::size_t count) {
  if (count != 0 && std::fwrite(bytes, 1, count, file_) != count) {
    throw std::system_error(errno, std::generic_category(), path_);
  }
}

}  // namespace reclaim::trace
