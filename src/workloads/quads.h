// quads: Andy Wingo's benchmark of a large live set (Whippet): one quad tree lives throughout while
// twenty times a part of the heap is filled with small quad trees that die at once; after each time
// the live tree is looked at as a whole. What a collection costs when almost everything it meets
// lives on. Every mutator does the whole of it with data of its own.
#pragma once

#include <cstdint>
#include <tuple>
#include <utility>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo quads_parameters[] = {
    {"depth", "depth of the tree that lives throughout", 2, 9, 11, 0, 15},
    {"heap", "the heap that garbage is measured by, times the live tree", 2, 2, 2, 0, 1e6},
    {"steps", "times that 1/7.5 of that heap is filled with garbage", 20, 20, 20, 0, 1e9},
    {"garbage", "depth of the trees that die at once", 1, 3, 3, 0, 15},
};

namespace quads {

template <class M>
struct Quad : M::template Object<Quad<M>> {
  typename M::template Field<Quad> a, b, c, d;
  std::uint64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Quad::a, &Quad::b, &Quad::c, &Quad::d}; }
};

inline constexpr std::uint64_t node_bytes = 40;

constexpr std::int64_t tree_size(std::int64_t depth) {
  return ((std::int64_t{4} << (2 * depth)) - 1) / 3;
}

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const std::int64_t nodes = tree_size(p.integer("depth")) + tree_size(p.integer("garbage"));
  return static_cast<std::uint64_t>(context.threads * nodes) * node_bytes;
}

/// The tree of that depth; its values count on from `value`.
template <Model M>
typename M::template Fresh<Quad<M>> make_tree(typename M::Mutator& m, std::uint64_t& value,
                                              std::int64_t depth) {
  using Local = typename M::template Local<Quad<M>>;
  if (depth == 0) {
    typename M::template Fresh<Quad<M>> leaf = m.template make<Quad<M>>();
    leaf->value = value++;
    return leaf;
  }
  Local a{m, make_tree<M>(m, value, depth - 1)};
  Local b{m, make_tree<M>(m, value, depth - 1)};
  Local c{m, make_tree<M>(m, value, depth - 1)};
  Local d{m, make_tree<M>(m, value, depth - 1)};
  Local parent{m, m.template make<Quad<M>>()};
  parent->value = value++;
  m.store(parent, &Quad<M>::a, m.escape(a));
  m.store(parent, &Quad<M>::b, m.escape(b));
  m.store(parent, &Quad<M>::c, m.escape(c));
  m.store(parent, &Quad<M>::d, m.escape(d));
  return m.escape(parent);
}

inline std::uint64_t fold(std::uint64_t value) {
  return (value ^ value >> 29) * 0x9e3779b97f4a7c15u;
}

/// Looks at every node of a tree that lives on.
template <Model M>
std::uint64_t sum(typename M::Mutator& m, const typename M::template Local<Quad<M>>& tree) {
  if (!tree->a) return fold(tree->value);  // a leaf
  const auto below = [&](auto kid) {
    const typename M::template Local<Quad<M>> child{m, m.load(tree, kid)};
    return sum<M>(m, child);
  };
  return fold(tree->value) + below(&Quad<M>::a) + below(&Quad<M>::b) + below(&Quad<M>::c) +
         below(&Quad<M>::d);
}

/// The last use of a tree: every node is looked at, and freed where that is the program's to do.
template <Model M>
void use(typename M::Mutator& m, Outcome& outcome, typename M::template Fresh<Quad<M>> fresh) {
  using Local = typename M::template Local<Quad<M>>;
  Local tree{m, std::move(fresh)};
  outcome.checksum += fold(tree->value);
  if (tree->a) {
    use<M>(m, outcome, m.load(tree, &Quad<M>::a));
    use<M>(m, outcome, m.load(tree, &Quad<M>::b));
    use<M>(m, outcome, m.load(tree, &Quad<M>::c));
    use<M>(m, outcome, m.load(tree, &Quad<M>::d));
  }
  m.discard(tree);
}

}  // namespace quads

inline constexpr WorkloadInfo quads_info{
    .id = "quads",
    .shows = "garbage beside a large live set: what looking at the living costs",
    .origin = "Andy Wingo: quads, of the Whippet collector library",
    .parameters = quads_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = quads::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class Quads {
  using Mutator = typename M::Mutator;
  using Local = typename M::template Local<quads::Quad<M>>;

 public:
  Quads(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        depth_(context.parameters.integer("depth")),
        steps_(context.parameters.integer("steps")),
        garbage_depth_(context.parameters.integer("garbage")),
        garbage_trees_(static_cast<std::int64_t>(
            static_cast<double>(quads::tree_size(depth_)) * context.parameters.real("heap") / 7.5 /
            static_cast<double>(quads::tree_size(garbage_depth_)))) {}

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    std::uint64_t value = pattern(seed_, static_cast<std::uint64_t>(thread));
    const std::uint64_t first = value;
    Local live{m, quads::make_tree<M>(m, value, depth_)};
    for (std::int64_t step = 0; step < steps_; ++step) {
      for (std::int64_t n = 0; n < garbage_trees_; ++n) {
        quads::use<M>(m, outcome, quads::make_tree<M>(m, value, garbage_depth_));
        m.poll();
      }
      outcome.checksum += quads::sum<M>(m, live);
      m.poll();
    }
    quads::use<M>(m, outcome, m.escape(live));
    outcome.operations = value - first;
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  const std::uint64_t seed_;
  const std::int64_t depth_, steps_, garbage_depth_, garbage_trees_;
};

}  // namespace reclaim
