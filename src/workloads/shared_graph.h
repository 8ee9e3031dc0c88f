// shared-graph: all threads walk one graph and copy and drop references to its nodes, as readers of
// a shared document or of a program's own classes do. Nothing is written but, under counting, the
// counts: of the first layers, by everybody. Each step also puts the node into a small array of the
// thread's own, where it replaces another. The graph is layered, without cycles and never changes.
#pragma once

#include <cstdint>
#include <tuple>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo shared_graph_parameters[] = {
    {"width", "nodes in each layer", 8, 64, 64, 1, 1e7},
    {"layers", "layers; a walk goes from the first to the last", 8, 64, 64, 2, 1e7},
    {"steps", "steps of each thread", 500, 12e6, 1e8, 1, 1e12},
    {"held", "references that each thread holds on to", 16, 64, 64, 1, 1e8},
};

namespace shared_graph {

template <class M>
struct Node : M::template Object<Node<M>> {
  typename M::template Field<Node> left, right;  // in the next layer
  std::uint64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Node::left, &Node::right}; }
};

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const std::int64_t nodes = p.integer("width") * p.integer("layers");
  return static_cast<std::uint64_t>(nodes * (24 + 8) + context.threads * p.integer("held") * 8);
}

}  // namespace shared_graph

inline constexpr WorkloadInfo shared_graph_info{
    .id = "shared-graph",
    .shows = "threads only read what they share: what copying and dropping references costs",
    .origin = "of this project",
    .parameters = shared_graph_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = shared_graph::peak_live_bytes,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a graph"; }};

template <Model M>
class SharedGraph {
  using Mutator = typename M::Mutator;
  using Node = shared_graph::Node<M>;
  using Nodes = typename M::template Array<Node>;
  template <class T>
  using Local = typename M::template Local<T>;

 public:
  /// Layer k has the nodes k * width .. (k + 1) * width - 1.
  SharedGraph(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(static_cast<std::size_t>(context.threads)),
        width_(static_cast<std::size_t>(context.parameters.integer("width"))),
        nodes_(width_ * static_cast<std::size_t>(context.parameters.integer("layers"))),
        steps_(static_cast<std::uint64_t>(context.parameters.integer("steps"))),
        held_(static_cast<std::size_t>(context.parameters.integer("held"))),
        graph_(m.heap()) {
    Rng rng{seed_};
    Local<Nodes> all{m, m.template make_array<Node>(nodes_)};
    for (std::size_t i = nodes_; i-- > 0;) {
      Local<Node> node{m, m.template make<Node>()};
      node->value = pattern(seed_, i);
      m.store(all, i, node);
      if (i + width_ >= nodes_) continue;  // the last layer
      const std::size_t next = (i / width_ + 1) * width_;
      m.store(node, &Node::left, m.load(all, next + rng.below(width_)));
      m.store(node, &Node::right, m.load(all, next + rng.below(width_)));
    }
    m.store(graph_, all);
  }

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    const auto me = static_cast<std::size_t>(thread);
    Rng rng{pattern(seed_, nodes_ + me)};
    Local<Nodes> all{m, m.load(graph_)};
    Local<Nodes> held{m, m.template make_array<Node>(held_)};
    Local<Node> node{m};
    std::uint64_t turns = 0;
    std::size_t slot = 0;
    for (std::uint64_t step = 0; step < steps_; ++step) {
      if (step % 64 == 0) turns = rng.next();
      node = !node              ? m.load(all, rng.below(width_))
             : (turns & 1) != 0 ? m.load(node, &Node::left)
                                : m.load(node, &Node::right);
      turns >>= 1;
      if (node) {
        outcome.checksum += node->value * (step | 1);
        m.store(held, slot, node);
        slot = slot + 1 == held_ ? 0 : slot + 1;
      }
      m.poll();
    }
    node = nullptr;
    // The last use of every node is one thread's.
    for (std::size_t i = me; i < nodes_; i += threads_) outcome.checksum += m.load(all, i)->value;
    m.discard(held);
    outcome.operations = steps_;
    return outcome;
  }

  void finish(Mutator& m) {
    Local<Nodes> all{m, m.load(graph_)};
    m.store(graph_, nullptr);
    if constexpr (discards<M>) {
      for (std::size_t i = 0; i < nodes_; ++i) m.discard(m.load(all, i));
    }
    m.discard(all);
  }

 private:
  const std::uint64_t seed_;
  const std::size_t threads_, width_, nodes_;
  const std::uint64_t steps_;
  const std::size_t held_;
  typename M::template Global<Nodes> graph_;
};

}  // namespace reclaim
