// gcbench as one writes it in C++ without the laboratory: raw pointers, an allocation and a release
// per node. The same operations in the same order as src/workloads/gcbench.h, and the same
// checksum, so that what is compared is the boundary alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/bits.h"
#include "boundary/workload.h"

namespace reclaim::bench {

struct GcbenchSize {
  std::int64_t stretch, long_lived;
  std::size_t array;
  std::int64_t least, most;
  std::uint64_t seed = 1;
};

/// Where hand-written code gets memory from: malloc.
struct FromMalloc {
  void* allocate(std::size_t bytes) {
    void* memory = std::malloc(bytes);
    if (__builtin_expect(static_cast<long>(memory == nullptr), 0L) != 0) std::abort();
    return memory;
  }
  void release(void* memory) { std::free(memory); }
  void begin_tree(std::size_t) {}
};

/// Memory: allocate, release, begin_tree(bytes): no short-lived tree is alive, the next one takes
/// that many bytes.
template <class Memory>
class HandWrittenGcbench {
  struct Node {
    Node* left = nullptr;
    Node* right = nullptr;
    std::int32_t i = 0, j = 0;
  };

 public:
  HandWrittenGcbench(const GcbenchSize& size, Memory& short_lived, Memory& long_lived)
      : size_(size), short_lived_(short_lived), long_lived_(long_lived) {}

  Outcome run(int thread) {
    share_ = {pattern(size_.seed, static_cast<std::uint64_t>(thread)), {}};
    use(bottom_up(long_lived_, size_.stretch), long_lived_);

    Node* tree = make(long_lived_);
    populate(long_lived_, size_.long_lived, tree);
    const std::size_t bytes = size_.array * sizeof(double);
    auto* array = static_cast<double*>(long_lived_.allocate(bytes));
    std::memset(array, 0, bytes);
    for (std::size_t i = 1; i < size_.array / 2; ++i) array[i] = 1.0 / static_cast<double>(i);

    for (std::int64_t depth = size_.least; depth <= size_.most; depth += 2) build_trees(depth);

    for (std::size_t i = 1; i < size_.array; i += 997) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, array + i, sizeof bits);
      share_.outcome.checksum += mix(bits + i);
    }
    long_lived_.release(array);
    use(tree, long_lived_);
    return share_.outcome;
  }

 private:
  struct Share {
    std::uint64_t seed = 0;
    Outcome outcome;
  };

  static std::size_t tree_size(std::int64_t depth) { return (std::size_t{1} << (depth + 1)) - 1; }

  Node* make(Memory& memory) {
    Node* node = new (memory.allocate(sizeof(Node))) Node;
    node->i = static_cast<std::int32_t>(share_.outcome.operations++);
    node->j = static_cast<std::int32_t>(share_.seed);
    return node;
  }

  Node* bottom_up(Memory& memory, std::int64_t depth) {
    if (depth == 0) return make(memory);
    Node* left = bottom_up(memory, depth - 1);
    Node* right = bottom_up(memory, depth - 1);
    Node* node = make(memory);
    node->left = left;
    node->right = right;
    return node;
  }

  void populate(Memory& memory, std::int64_t depth, Node* node) {
    if (depth <= 0) return;
    node->left = new (memory.allocate(sizeof(Node))) Node;
    node->right = new (memory.allocate(sizeof(Node))) Node;
    stamp(node->left);
    populate(memory, depth - 1, node->left);
    stamp(node->right);
    populate(memory, depth - 1, node->right);
  }

  void stamp(Node* node) {
    node->i = static_cast<std::int32_t>(share_.outcome.operations++);
    node->j = static_cast<std::int32_t>(share_.seed);
  }

  void use(Node* tree, Memory& memory) {
    const Node* node = tree;
    for (std::uint64_t turn = share_.outcome.operations; node != nullptr; turn >>= 1) {
      const auto low = static_cast<std::uint32_t>(node->i);
      const auto high = static_cast<std::uint32_t>(node->j);
      share_.outcome.checksum += (std::uint64_t{high} << 32 | low) * 0x9e3779b97f4a7c15u;
      node = (turn & 1) != 0 ? node->left : node->right;
    }
    release_tree(memory, tree);
  }

  static void release_tree(Memory& memory, Node* tree) {
    if (tree->left != nullptr) {
      release_tree(memory, tree->left);
      release_tree(memory, tree->right);
    }
    memory.release(tree);
  }

  void build_trees(std::int64_t depth) {
    const std::size_t bytes = tree_size(depth) * sizeof(Node);
    const std::size_t count = 2 * tree_size(size_.stretch) / tree_size(depth);
    for (std::size_t n = 0; n < count; ++n) {
      short_lived_.begin_tree(bytes);
      Node* tree = make(short_lived_);
      populate(short_lived_, depth, tree);
      use(tree, short_lived_);
    }
    for (std::size_t n = 0; n < count; ++n) {
      short_lived_.begin_tree(bytes);
      use(bottom_up(short_lived_, depth), short_lived_);
    }
  }

  const GcbenchSize size_;
  Memory& short_lived_;
  Memory& long_lived_;
  Share share_;
};

}  // namespace reclaim::bench
