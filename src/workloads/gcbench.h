// gcbench: John Ellis, Pete Kovac and Hans Boehm's benchmark of lifetimes. Trees of many depths die
// young, top-down (children stored into older parents: barriers) and bottom-up, beside one
// long-lived tree and one long-lived array of doubles. Every mutator does the whole of it with data
// of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo gcbench_parameters[] = {
    {"stretch", "depth of the tree that stretches the heap first", 5, 17, 18, 1, 26},
    {"long", "depth of the tree that lives throughout", 3, 13, 16, 1, 26},
    {"array", "doubles in the array that lives throughout", 500, 250000, 500000, 2, 1e9},
    {"least", "depth of the smallest short-lived trees", 2, 4, 4, 1, 26},
    {"most", "depth of the largest short-lived trees", 4, 14, 16, 1, 26},
};

namespace gcbench {

template <class M>
struct Node : M::template Object<Node<M>> {
  typename M::template Field<Node> left, right;
  std::int32_t i = 0, j = 0;
  static constexpr auto refs() { return std::tuple{&Node::left, &Node::right}; }
};

/// Nodes of a complete binary tree of a depth.
constexpr std::int64_t tree_size(std::int64_t depth) {
  return (std::int64_t{1} << (depth + 1)) - 1;
}

inline constexpr std::uint64_t node_bytes = 24;

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const auto nodes = [](std::int64_t depth) {
    return static_cast<std::uint64_t>(tree_size(depth)) * node_bytes;
  };
  const std::uint64_t array = static_cast<std::uint64_t>(p.integer("array")) * sizeof(double);
  const std::uint64_t later = nodes(p.integer("long")) + array + nodes(p.integer("most"));
  return static_cast<std::uint64_t>(context.threads) * std::max(nodes(p.integer("stretch")), later);
}

}  // namespace gcbench

inline constexpr WorkloadInfo gcbench_info{
    .id = "gcbench",
    .shows = "trees that die young beside data that lives long: what allocation and lifetime cost",
    .origin =
        "John Ellis, Pete Kovac and Hans Boehm: GCBench, an artificial garbage collection "
        "benchmark",
    .parameters = gcbench_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = gcbench::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class Gcbench {
  using Mutator = typename M::Mutator;
  using Node = gcbench::Node<M>;
  using Blob = typename M::Blob;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  Gcbench(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        stretch_(context.parameters.integer("stretch")),
        long_lived_(context.parameters.integer("long")),
        array_(static_cast<std::size_t>(context.parameters.integer("array"))),
        least_(context.parameters.integer("least")),
        most_(context.parameters.integer("most")) {}

  Outcome run(Mutator& m, int thread) {
    Share share{pattern(seed_, static_cast<std::uint64_t>(thread)), {}};
    use(m, share, bottom_up(m, share, stretch_));

    Local<Node> tree{m, m.template make<Node>()};
    stamp(share, tree);
    populate(m, share, long_lived_, tree);
    Local<Blob> array{m, m.make_blob(array_ * sizeof(double))};
    for (std::size_t i = 1; i < array_ / 2; ++i) {
      const double value = 1.0 / static_cast<double>(i);
      std::memcpy(array->data() + i * sizeof value, &value, sizeof value);
    }

    for (std::int64_t depth = least_; depth <= most_; depth += 2) build_trees(m, share, depth);

    for (std::size_t i = 1; i < array_; i += 997) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, array->data() + i * sizeof bits, sizeof bits);
      share.outcome.checksum += mix(bits + i);
    }
    m.discard(array);
    use(m, share, m.escape(tree));
    return share.outcome;
  }

  void finish(Mutator&) {}

 private:
  /// What one mutator knows of its own share: the next node's pattern, and what came of it.
  struct Share {
    std::uint64_t seed;
    Outcome outcome;
  };

  /// A node carries the number of its making; its last use folds that in.
  static void stamp(Share& share, const Local<Node>& node) {
    const std::uint64_t made = share.outcome.operations++;
    node->i = static_cast<std::int32_t>(made);
    node->j = static_cast<std::int32_t>(share.seed);
  }
  static void fold(Share& share, const Local<Node>& node) {
    const auto low = static_cast<std::uint32_t>(node->i);
    const auto high = static_cast<std::uint32_t>(node->j);
    share.outcome.checksum += (std::uint64_t{high} << 32 | low) * 0x9e3779b97f4a7c15u;
  }

  Fresh<Node> bottom_up(Mutator& m, Share& share, std::int64_t depth) {
    if (depth == 0) {
      Local<Node> leaf{m, m.template make<Node>()};
      stamp(share, leaf);
      return m.escape(leaf);
    }
    Local<Node> left{m, bottom_up(m, share, depth - 1)};
    Local<Node> right{m, bottom_up(m, share, depth - 1)};
    Local<Node> node{m, m.template make<Node>()};
    stamp(share, node);
    m.store(node, &Node::left, m.escape(left));
    m.store(node, &Node::right, m.escape(right));
    return m.escape(node);
  }

  void populate(Mutator& m, Share& share, std::int64_t depth, const Local<Node>& node) {
    if (depth <= 0) return;
    m.store(node, &Node::left, m.template make<Node>());
    m.store(node, &Node::right, m.template make<Node>());
    {
      Local<Node> left{m, m.load(node, &Node::left)};
      stamp(share, left);
      populate(m, share, depth - 1, left);
    }
    Local<Node> right{m, m.load(node, &Node::right)};
    stamp(share, right);
    populate(m, share, depth - 1, right);
  }

  /// The last use of a tree: looks at a path of it, and frees it where that is the program's to do.
  void use(Mutator& m, Share& share, Fresh<Node> fresh) {
    Local<Node> tree{m, std::move(fresh)};
    {
      Local<Node> node{m, m.copy(tree)};
      for (std::uint64_t turn = share.outcome.operations; node; turn >>= 1) {
        fold(share, node);
        node = (turn & 1) != 0 ? m.load(node, &Node::left) : m.load(node, &Node::right);
      }
    }
    if constexpr (discards<M>) discard_tree(m, m.escape(tree));
  }

  static void discard_tree(Mutator& m, Fresh<Node> fresh) {
    Local<Node> tree{m, std::move(fresh)};
    if (tree->left) {
      discard_tree(m, m.load(tree, &Node::left));
      discard_tree(m, m.load(tree, &Node::right));
    }
    m.discard(tree);
  }

  void build_trees(Mutator& m, Share& share, std::int64_t depth) {
    const std::int64_t count = 2 * gcbench::tree_size(stretch_) / gcbench::tree_size(depth);
    for (std::int64_t n = 0; n < count; ++n) {
      Local<Node> tree{m, m.template make<Node>()};
      stamp(share, tree);
      populate(m, share, depth, tree);
      use(m, share, m.escape(tree));
    }
    for (std::int64_t n = 0; n < count; ++n) use(m, share, bottom_up(m, share, depth));
  }

  const std::uint64_t seed_;
  const std::int64_t stretch_, long_lived_;
  const std::size_t array_;
  const std::int64_t least_, most_;
};

}  // namespace reclaim
