// binary-trees: the benchmark that everybody knows (the Computer Language Benchmarks Game, after
// Hans Boehm's GCBench): many trees of depths 4, 6, .. N are built bottom-up, checked and dropped,
// beside one that lives throughout. One allocation a node, no arena. The trees of all depths are
// handed out to the mutators one by one; the first mutator also does the stretch tree and keeps the
// long-lived one.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <tuple>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo binary_trees_parameters[] = {
    {"depth", "N: depth of the largest trees but the stretch tree", 5, 15, 21, 1, 28},
    {"least", "depth of the smallest trees", 2, 4, 4, 1, 28},
};

namespace binary_trees {

template <class M>
struct Node : M::template Object<Node<M>> {
  typename M::template Field<Node> left, right;
  std::uint64_t item = 0;
  static constexpr auto refs() { return std::tuple{&Node::left, &Node::right}; }
};

inline constexpr std::uint64_t node_bytes = 24;

constexpr std::int64_t tree_size(std::int64_t depth) {
  return (std::int64_t{1} << (depth + 1)) - 1;
}

/// N, at least two levels above the smallest trees.
inline std::int64_t largest_depth(const Parameters& parameters) {
  return std::max(parameters.integer("depth"), parameters.integer("least") + 2);
}

/// One mutator has the stretch tree, later the long-lived one, which is half of it, and another;
/// beside it as many of the largest trees are under way as there are mutators, but no more than
/// there are to build (2^least); whoever is left builds trees of a quarter of that.
inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const std::int64_t most = largest_depth(context.parameters);
  const std::int64_t others = context.threads - 1;
  const std::int64_t large =
      std::min(others, std::int64_t{1} << context.parameters.integer("least"));
  const std::int64_t nodes =
      tree_size(most + 1) + large * tree_size(most) + (others - large) * tree_size(most - 2);
  return static_cast<std::uint64_t>(nodes) * node_bytes;
}

}  // namespace binary_trees

inline constexpr WorkloadInfo binary_trees_info{
    .id = "binary-trees",
    .shows = "one allocation a node and nothing else: the number everybody knows",
    .origin = "the Computer Language Benchmarks Game, after GCBench",
    .parameters = binary_trees_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = binary_trees::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class BinaryTrees {
  using Mutator = typename M::Mutator;
  using Node = binary_trees::Node<M>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  BinaryTrees(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        least_(context.parameters.integer("least")),
        most_(binary_trees::largest_depth(context.parameters)),
        next_tree_(context.apart == nullptr ? own_tree_ : *context.apart->tickets) {}

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    Local<Node> long_lived{m};
    if (thread == 0) {
      use(m, outcome, build(m, outcome, -1, most_ + 1));
      long_lived = build(m, outcome, -2, most_);
    }
    for (;;) {
      std::int64_t tree = next_tree_.fetch_add(1, std::memory_order_relaxed);
      const std::int64_t number = tree;
      std::int64_t depth = least_;
      while (depth <= most_ && tree >= trees_of(depth)) {
        tree -= trees_of(depth);
        depth += 2;
      }
      if (depth > most_) break;
      use(m, outcome, build(m, outcome, number, depth));
      m.poll();
    }
    if (thread == 0) use(m, outcome, m.escape(long_lived));
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  /// As in the original: all depths have about the same number of nodes.
  std::int64_t trees_of(std::int64_t depth) const {
    return std::int64_t{1} << (most_ - depth + least_);
  }

  Fresh<Node> build(Mutator& m, Outcome& outcome, std::int64_t tree, std::int64_t depth) {
    std::uint64_t item = pattern(seed_, static_cast<std::uint64_t>(tree));
    outcome.operations += static_cast<std::uint64_t>(binary_trees::tree_size(depth));
    return bottom_up(m, item, depth);
  }

  static Fresh<Node> bottom_up(Mutator& m, std::uint64_t& item, std::int64_t depth) {
    if (depth == 0) {
      Fresh<Node> leaf = m.template make<Node>();
      leaf->item = item++;
      return leaf;
    }
    Local<Node> left{m, bottom_up(m, item, depth - 1)};
    Local<Node> right{m, bottom_up(m, item, depth - 1)};
    Fresh<Node> node = m.template make<Node>();
    node->item = item++;
    Local<Node> parent{m, std::move(node)};
    m.store(parent, &Node::left, m.escape(left));
    m.store(parent, &Node::right, m.escape(right));
    return m.escape(parent);
  }

  /// The last use of a tree: every node is looked at, and freed where that is the program's to do.
  static void use(Mutator& m, Outcome& outcome, Fresh<Node> fresh) {
    Local<Node> tree{m, std::move(fresh)};
    outcome.checksum += (tree->item ^ tree->item >> 29) * 0x9e3779b97f4a7c15u;
    if (tree->left) {
      use(m, outcome, m.load(tree, &Node::left));
      use(m, outcome, m.load(tree, &Node::right));
    }
    m.discard(tree);
  }

  const std::uint64_t seed_;
  const std::int64_t least_, most_;
  std::atomic<std::int64_t> own_tree_{0};
  std::atomic<std::int64_t>& next_tree_;  // of all processes, where mutators are such
};

}  // namespace reclaim
