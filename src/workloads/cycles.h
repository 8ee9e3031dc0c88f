// cycles: chains of nodes, a given fraction of them closed to rings, live for a while in a window
// and are dropped (after Hans Boehm's and Richard Jones's cyclic tests, and "cyclotron"). Counting
// alone never frees a ring: how much it leaks, and what finding rings costs those that can.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo cycles_parameters[] = {
    {"groups", "chains and rings that each thread makes", 20, 600000, 2e6, 1, 1e12},
    {"size", "nodes in each of them", 5, 10, 10, 1, 1e9},
    {"live", "how many of them each thread keeps at a time", 4, 1000, 10000, 1, 1e9},
    {"fraction", "fraction of them that are rings, 0 to 1", 0.25, 0.25, 0.5, 0, 1},
};

namespace cycles {

template <class M>
struct Node : M::template Object<Node<M>, Cyclic> {
  typename M::template Field<Node> next;
  std::uint64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Node::next}; }
};

/// Group i is a ring when the number of rings up to it grows: exact for every fraction.
inline std::uint64_t rings_among(std::uint64_t groups, double fraction) {
  return static_cast<std::uint64_t>(static_cast<double>(groups) * fraction);
}

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  // The group that replaces another is complete before the other goes.
  const std::int64_t groups = std::min(p.integer("groups"), p.integer("live") + 1);
  return static_cast<std::uint64_t>(context.threads *
                                    (groups * p.integer("size") * 16 + p.integer("live") * 8));
}

inline std::uint64_t planted_cyclic_objects(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  return static_cast<std::uint64_t>(context.threads * p.integer("size")) *
         rings_among(static_cast<std::uint64_t>(p.integer("groups")), p.real("fraction"));
}

}  // namespace cycles

inline constexpr WorkloadInfo cycles_info{
    .id = "cycles",
    .shows = "rings that counting cannot free: what leaks, and what finding them costs",
    .origin = "of this project, after cyclotron",
    .parameters = cycles_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = cycles::peak_live_bytes,
    .planted_cyclic_objects = cycles::planted_cyclic_objects,
    .shares = shares_nothing};

template <Model M>
class Cycles {
  using Mutator = typename M::Mutator;
  using Node = cycles::Node<M>;
  using Nodes = typename M::template Array<Node>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  Cycles(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        groups_(static_cast<std::uint64_t>(context.parameters.integer("groups"))),
        size_(context.parameters.integer("size")),
        live_(static_cast<std::uint64_t>(context.parameters.integer("live"))),
        fraction_(context.parameters.real("fraction")) {}

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    std::uint64_t value = pattern(seed_, static_cast<std::uint64_t>(thread));
    Local<Nodes> window{m, m.template make_array<Node>(live_)};
    for (std::uint64_t i = 0; i < groups_; ++i) {
      const bool ring = cycles::rings_among(i + 1, fraction_) != cycles::rings_among(i, fraction_);
      Local<Node> group{m, make_group(m, value, ring)};
      drop(m, outcome, window, i % live_);
      m.store(window, i % live_, group);
      m.poll();
    }
    for (std::uint64_t i = 0; i < std::min(live_, groups_); ++i) drop(m, outcome, window, i);
    m.discard(window);
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  Fresh<Node> make_group(Mutator& m, std::uint64_t& value, bool ring) {
    Local<Node> last{m, m.template make<Node>()};
    last->value = value++;
    Local<Node> first{m, m.copy(last)};
    for (std::int64_t n = 1; n < size_; ++n) {
      Local<Node> node{m, m.template make<Node>()};
      node->value = value++;
      m.store(node, &Node::next, first);
      first = m.escape(node);
    }
    if (ring) m.store(last, &Node::next, first);
    return m.escape(first);
  }

  /// The last use of a group, if there is one in the slot: every node once.
  void drop(Mutator& m, Outcome& outcome, const Local<Nodes>& window, std::size_t slot) {
    Local<Node> node{m, m.load(window, slot)};
    if (!node) return;
    m.store(window, slot, nullptr);
    for (std::int64_t n = 0; n < size_; ++n) {
      outcome.checksum += (node->value ^ node->value >> 29) * 0x9e3779b97f4a7c15u;
      Local<Node> next{m, m.load(node, &Node::next)};
      m.discard(node);
      node = m.escape(next);
    }
    outcome.operations += static_cast<std::uint64_t>(size_);
  }

  const std::uint64_t seed_, groups_;
  const std::int64_t size_;
  const std::uint64_t live_;
  const double fraction_;
};

}  // namespace reclaim
