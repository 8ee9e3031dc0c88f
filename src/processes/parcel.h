// A tree of objects as bytes and back: node by node in preorder, in MessagePack. MessagePack and
// not bytes of our own: it is what programs in several languages send each other, small, without a
// schema, and its C++ library is well kept. (cereal was the other candidate: it serialises C++
// types, and ours are a model's.) What is one word, as results are, is copied flat instead.
//
// The library stays behind these calls: it is too large a header for every instance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace reclaim::processes {

/// A node on its way. Behind an inner one follow its left and its right subtree.
struct NodeImage {
  std::uint64_t value = 0;
  std::span<const std::byte> payload;  ///< empty: the node has none
  bool inner = false;
};

/// Puts a tree into bytes. Grows by itself.
class ParcelWriter {
 public:
  explicit ParcelWriter(std::size_t nodes);
  ~ParcelWriter();
  ParcelWriter(const ParcelWriter&) = delete;
  ParcelWriter& operator=(const ParcelWriter&) = delete;

  void add(const NodeImage& node);
  /// The bytes; the writer is empty then.
  std::string finish();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// Takes a tree out of bytes, which outlive it. Throws std::runtime_error for bytes that are none.
class ParcelReader {
 public:
  explicit ParcelReader(const std::string& bytes);
  ~ParcelReader();
  ParcelReader(const ParcelReader&) = delete;
  ParcelReader& operator=(const ParcelReader&) = delete;

  /// Its payload lives as long as the bytes.
  NodeImage next();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace reclaim::processes
