// gcbench as in src/workloads/gcbench.h for memory that nobody frees: plain pointers to nodes that
// a collector finds (or a slab overwrites). The same phases, nodes, stamps and last uses, so that
// the checksum is the same too. (bench/hand_written has the one that frees.)
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bits.h"
#include "boundary/workload.h"

namespace reclaim::peers {

/// Memory serves one thread for one round:
///   Memory{thread}         made in the thread that uses it
///   Node                   has left, right (Node*), i, j (std::int32_t)
///   Node* make<Node>()     a new object, zeroed
///   double* make_doubles(n)  zeroed
template <class Memory>
class Gcbench {
  using Node = typename Memory::Node;

 public:
  Gcbench(const WorkloadContext& context, int thread)
      : memory_(thread),
        seed_(pattern(context.seed, static_cast<std::uint64_t>(thread))),
        stretch_(context.parameters.integer("stretch")),
        long_lived_(context.parameters.integer("long")),
        array_(static_cast<std::size_t>(context.parameters.integer("array"))),
        least_(context.parameters.integer("least")),
        most_(context.parameters.integer("most")) {}

  std::uint64_t run() {
    use(bottom_up(stretch_), stretch_);

    Node* tree = make_stamped();
    populate(long_lived_, tree);
    double* array = memory_.make_doubles(array_);
    for (std::size_t i = 1; i < array_ / 2; ++i) array[i] = 1.0 / static_cast<double>(i);

    for (std::int64_t depth = least_; depth <= most_; depth += 2) build_trees(depth);

    for (std::size_t i = 1; i < array_; i += 997) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, array + i, sizeof bits);
      checksum_ += mix(bits + i);
    }
    use(tree, long_lived_);
    return checksum_;
  }

 private:
  static constexpr std::int64_t tree_size(std::int64_t depth) {
    return (std::int64_t{1} << (depth + 1)) - 1;
  }

  void stamp(Node* node) {
    node->i = static_cast<std::int32_t>(made_++);
    node->j = static_cast<std::int32_t>(seed_);
  }

  Node* make_stamped() {
    Node* node = memory_.template make<Node>();
    stamp(node);
    return node;
  }

  Node* bottom_up(std::int64_t depth) {
    if (depth == 0) return make_stamped();
    Node* left = bottom_up(depth - 1);
    Node* right = bottom_up(depth - 1);
    Node* node = make_stamped();
    node->left = left;
    node->right = right;
    return node;
  }

  void populate(std::int64_t depth, Node* node) {
    if (depth <= 0) return;
    node->left = memory_.template make<Node>();
    node->right = memory_.template make<Node>();
    Node* left = node->left;
    stamp(left);
    populate(depth - 1, left);
    Node* right = node->right;
    stamp(right);
    populate(depth - 1, right);
  }

  /// The last use of a tree: looks at a path of it. The depth bounds the walk for a memory that
  /// does not keep what it made.
  void use(const Node* node, std::int64_t depth) {
    std::uint64_t turn = made_;
    for (std::int64_t level = 0; level <= depth && node != nullptr; ++level, turn >>= 1) {
      const auto low = static_cast<std::uint32_t>(node->i);
      const auto high = static_cast<std::uint32_t>(node->j);
      checksum_ += (std::uint64_t{high} << 32 | low) * 0x9e3779b97f4a7c15u;
      node = (turn & 1) != 0 ? node->left : node->right;
    }
  }

  void build_trees(std::int64_t depth) {
    const std::int64_t count = 2 * tree_size(stretch_) / tree_size(depth);
    for (std::int64_t n = 0; n < count; ++n) {
      Node* tree = make_stamped();
      populate(depth, tree);
      use(tree, depth);
    }
    for (std::int64_t n = 0; n < count; ++n) use(bottom_up(depth), depth);
  }

  Memory memory_;
  const std::uint64_t seed_;
  const std::int64_t stretch_, long_lived_;
  const std::size_t array_;
  const std::int64_t least_, most_;
  std::uint64_t made_ = 0, checksum_ = 0;
};

}  // namespace reclaim::peers
