// live-set: a quad tree that lives, small trees that die beside it, then full collections asked
// for. How fast a full collection goes through a large live set, and whether small collections grow
// with what is old. For the runtimes here only: a model without collections has nothing to show.
#pragma once

#include <cstdint>
#include <tuple>
#include <utility>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/quads.h"

namespace reclaim {

inline constexpr ParameterInfo live_set_parameters[] = {
    {"depth", "depth of the tree that lives throughout", 2, 9, 12, 0, 15},
    {"trees", "trees that die beside it", 10, 20000, 500000, 0, 1e12},
    {"garbage", "depth of the trees that die at once", 1, 3, 3, 0, 15},
    {"collections", "full collections asked for", 1, 3, 3, 0, 1e6},
};

inline constexpr WorkloadInfo live_set_info{
    .id = "live-set",
    .shows = "what full collections cost beside a large live set, and small ones",
    .parameters = live_set_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = quads::peak_live_bytes};

template <Model M>
class LiveSet {
  using Mutator = typename M::Mutator;
  using Quad = quads::Quad<M>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  LiveSet(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        depth_(context.parameters.integer("depth")),
        trees_(context.parameters.integer("trees")),
        garbage_depth_(context.parameters.integer("garbage")),
        collections_(context.parameters.integer("collections")) {}

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    std::uint64_t value = pattern(seed_, static_cast<std::uint64_t>(thread));
    Local<Quad> live{m, make_tree(m, value, depth_)};
    for (std::int64_t n = 0; n < trees_; ++n) {
      use(m, outcome, make_tree(m, value, garbage_depth_));
      m.poll();
    }
    for (std::int64_t n = 0; n < collections_; ++n) m.collect();
    use(m, outcome, m.escape(live));
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  static Fresh<Quad> make_tree(Mutator& m, std::uint64_t& value, std::int64_t depth) {
    if (depth == 0) {
      Local<Quad> leaf{m, m.template make<Quad>()};
      leaf->value = value++;
      return m.escape(leaf);
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

  static void use(Mutator& m, Outcome& outcome, Fresh<Quad> fresh) {
    Local<Quad> tree{m, std::move(fresh)};
    outcome.checksum += (tree->value ^ tree->value >> 29) * 0x9e3779b97f4a7c15u;
    if (tree->a) {
      use(m, outcome, m.load(tree, &Quad::a));
      use(m, outcome, m.load(tree, &Quad::b));
      use(m, outcome, m.load(tree, &Quad::c));
      use(m, outcome, m.load(tree, &Quad::d));
    }
    m.discard(tree);
  }

  const std::uint64_t seed_;
  const std::int64_t depth_, trees_, garbage_depth_, collections_;
};

}  // namespace reclaim
