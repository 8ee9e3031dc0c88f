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

}  // namespace quads

inline constexpr WorkloadInfo quads_info{
    .id = "quads",
    .shows = "garbage beside a large live set: what looking at the living costs",
    .parameters = quads_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = quads::peak_live_bytes};

template <Model M>
class Quads {
  using Mutator = typename M::Mutator;
  using Quad = quads::Quad<M>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

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
    Local<Quad> live{m, make_tree(m, value, depth_)};
    for (std::int64_t step = 0; step < steps_; ++step) {
      for (std::int64_t n = 0; n < garbage_trees_; ++n) {
        use(m, outcome, make_tree(m, value, garbage_depth_));
        m.poll();
      }
      outcome.checksum += sum(m, live);
      m.poll();
    }
    use(m, outcome, m.escape(live));
    outcome.operations = value - first;
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  static Fresh<Quad> make_tree(Mutator& m, std::uint64_t& value, std::int64_t depth) {
    if (depth == 0) {
      Fresh<Quad> leaf = m.template make<Quad>();
      leaf->value = value++;
      return leaf;
    }
    Local<Quad> a{m, make_tree(m, value, depth - 1)};
    Local<Quad> b{m, make_tree(m, value, depth - 1)};
    Local<Quad> c{m, make_tree(m, value, depth - 1)};
    Local<Quad> d{m, make_tree(m, value, depth - 1)};
    Local<Quad> parent{m, m.template make<Quad>()};
    parent->value = value++;
    m.store(parent, &Quad::a, a);
    m.store(parent, &Quad::b, b);
    m.store(parent, &Quad::c, c);
    m.store(parent, &Quad::d, d);
    return m.escape(parent);
  }

  static std::uint64_t fold(std::uint64_t value) {
    return (value ^ value >> 29) * 0x9e3779b97f4a7c15u;
  }

  /// Looks at every node of a tree that lives on.
  static std::uint64_t sum(Mutator& m, const Local<Quad>& tree) {
    if (!tree->a) return fold(tree->value);  // a leaf
    const auto below = [&](auto kid) {
      const Local<Quad> child{m, m.load(tree, kid)};
      return sum(m, child);
    };
    return fold(tree->value) + below(&Quad::a) + below(&Quad::b) + below(&Quad::c) +
           below(&Quad::d);
  }

  /// The last use of a tree: every node is looked at, and freed where that is the program's to do.
  static void use(Mutator& m, Outcome& outcome, Fresh<Quad> fresh) {
    Local<Quad> tree{m, std::move(fresh)};
    outcome.checksum += fold(tree->value);
    if (tree->a) {
      use(m, outcome, m.load(tree, &Quad::a));
      use(m, outcome, m.load(tree, &Quad::b));
      use(m, outcome, m.load(tree, &Quad::c));
      use(m, outcome, m.load(tree, &Quad::d));
    }
    m.discard(tree);
  }

  const std::uint64_t seed_;
  const std::int64_t depth_, steps_, garbage_depth_, garbage_trees_;
};

}  // namespace reclaim
