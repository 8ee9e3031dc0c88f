// gcbench with std::shared_ptr, written as one writes it: walks look through plain pointers, trees
// die with their last owner. The same nodes, order and checksum as src/workloads/gcbench.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "base/bits.h"
#include "bench/hand_written/gcbench.h"

namespace reclaim::bench {

/// Start a thread before: libstdc++ leaves the atomics out of a process that never had one.
class SharedPtrGcbench {
  struct Node {
    std::shared_ptr<Node> left, right;
    std::int32_t i = 0, j = 0;
  };
  using Pointer = std::shared_ptr<Node>;

 public:
  explicit SharedPtrGcbench(const GcbenchSize& size) : size_(size) {}

  Outcome run(int thread) {
    outcome_ = {};
    seed_ = pattern(size_.seed, static_cast<std::uint64_t>(thread));
    use(bottom_up(size_.stretch));

    Pointer tree = make();
    populate(size_.long_lived, *tree);
    std::vector<double> array(size_.array);
    for (std::size_t i = 1; i < size_.array / 2; ++i) array[i] = 1.0 / static_cast<double>(i);

    for (std::int64_t depth = size_.least; depth <= size_.most; depth += 2) build_trees(depth);

    for (std::size_t i = 1; i < size_.array; i += 997) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &array[i], sizeof bits);
      outcome_.checksum += mix(bits + i);
    }
    use(std::move(tree));
    return outcome_;
  }

 private:
  static std::size_t tree_size(std::int64_t depth) { return (std::size_t{1} << (depth + 1)) - 1; }

  Pointer make() {
    Pointer node = std::make_shared<Node>();
    stamp(*node);
    return node;
  }

  void stamp(Node& node) {
    node.i = static_cast<std::int32_t>(outcome_.operations++);
    node.j = static_cast<std::int32_t>(seed_);
  }

  Pointer bottom_up(std::int64_t depth) {
    if (depth == 0) return make();
    Pointer left = bottom_up(depth - 1);
    Pointer right = bottom_up(depth - 1);
    Pointer node = make();
    node->left = std::move(left);
    node->right = std::move(right);
    return node;
  }

  void populate(std::int64_t depth, Node& node) {
    if (depth <= 0) return;
    node.left = std::make_shared<Node>();
    node.right = std::make_shared<Node>();
    stamp(*node.left);
    populate(depth - 1, *node.left);
    stamp(*node.right);
    populate(depth - 1, *node.right);
  }

  /// Takes the tree, which dies with it.
  void use(Pointer tree) {  // NOLINT(performance-unnecessary-value-param)
    const Node* node = tree.get();
    for (std::uint64_t turn = outcome_.operations; node != nullptr; turn >>= 1) {
      const auto low = static_cast<std::uint32_t>(node->i);
      const auto high = static_cast<std::uint32_t>(node->j);
      outcome_.checksum += (std::uint64_t{high} << 32 | low) * 0x9e3779b97f4a7c15u;
      node = (turn & 1) != 0 ? node->left.get() : node->right.get();
    }
  }

  void build_trees(std::int64_t depth) {
    const std::size_t count = 2 * tree_size(size_.stretch) / tree_size(depth);
    for (std::size_t n = 0; n < count; ++n) {
      Pointer tree = make();
      populate(depth, *tree);
      use(std::move(tree));
    }
    for (std::size_t n = 0; n < count; ++n) use(bottom_up(depth));
  }

  const GcbenchSize size_;
  std::uint64_t seed_ = 0;
  Outcome outcome_;
};

}  // namespace reclaim::bench
