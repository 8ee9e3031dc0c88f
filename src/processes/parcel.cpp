// One array; a node is three entries of it: value, payload or nil, whether it is an inner one.
#include "processes/parcel.h"

#define MSGPACK_NO_BOOST
#include <msgpack.hpp>
#include <stdexcept>
#include <utility>

namespace reclaim::processes {

namespace {

constexpr std::size_t entries_of_node = 3;

/// What the library writes to.
struct Text {
  std::string bytes;
  void write(const char* data, std::size_t size) { bytes.append(data, size); }
};

/// Payloads point into the bytes that they were read from: no copy.
bool stays_in_place(msgpack::type::object_type, std::size_t, void*) { return true; }

[[noreturn]] void damaged() { throw std::runtime_error("a message is no tree of objects"); }

}  // namespace

struct ParcelWriter::Inside {
  Text text;
  msgpack::packer<Text> packer{text};
};

ParcelWriter::ParcelWriter(std::size_t nodes) : inside_(new Inside) {
  inside_->packer.pack_array(static_cast<std::uint32_t>(entries_of_node * nodes));
}

ParcelWriter::~ParcelWriter() = default;

void ParcelWriter::add(const NodeImage& node) {
  auto& packer = inside_->packer;
  packer.pack_uint64(node.value);
  if (node.payload.empty()) {
    packer.pack_nil();
  } else {
    const auto size = static_cast<std::uint32_t>(node.payload.size());
    packer.pack_bin(size);
    packer.pack_bin_body(reinterpret_cast<const char*>(node.payload.data()), size);
  }
  node.inner ? packer.pack_true() : packer.pack_false();
}

std::string ParcelWriter::finish() { return std::exchange(inside_->text.bytes, {}); }

struct ParcelReader::Inside {
  msgpack::object_handle handle;
  std::size_t next = 0;
};

ParcelReader::ParcelReader(const std::string& bytes) : inside_(new Inside) {
  try {
    inside_->handle = msgpack::unpack(bytes.data(), bytes.size(), stays_in_place);
  } catch (const msgpack::unpack_error&) {
    damaged();
  }
  if (inside_->handle.get().type != msgpack::type::ARRAY) damaged();
}

ParcelReader::~ParcelReader() = default;

NodeImage ParcelReader::next() {
  const msgpack::object_array& all = inside_->handle.get().via.array;
  if (inside_->next + entries_of_node > all.size) damaged();
  const msgpack::object* entry = all.ptr + inside_->next;
  inside_->next += entries_of_node;
  if (entry[0].type != msgpack::type::POSITIVE_INTEGER || entry[2].type != msgpack::type::BOOLEAN) {
    damaged();
  }
  NodeImage node{entry[0].via.u64, {}, entry[2].via.boolean};
  if (entry[1].type == msgpack::type::BIN) {
    node.payload = std::as_bytes(std::span(entry[1].via.bin.ptr, entry[1].via.bin.size));
  } else if (entry[1].type != msgpack::type::NIL) {
    damaged();
  }
  return node;
}

}  // namespace reclaim::processes
