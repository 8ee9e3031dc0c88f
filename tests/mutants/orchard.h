// A small honest program, and the mistakes that one can make in it. An orchard of trees grows old;
// again and again a branch is cut off and a young one grafted onto the old wood; at the end every
// leaf is looked at. Without a mistake every model comes to the same yield.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"

namespace reclaim::mutants {

enum class Mistake {
  none,
  forgotten_root,     ///< a Fresh is kept across a make
  forgotten_discard,  ///< every fifth branch that is cut off is not freed
  missing_reference,  ///< refs() does not name `right`
};

/// refs() names both references, or forgets one.
template <class M, Mistake mistake>
struct Tree : M::template Object<Tree<M, mistake>> {
  typename M::template Field<Tree> left, right;
  std::int64_t id = 0;
  std::uint64_t seal = 0;
  static constexpr auto refs() {
    if constexpr (mistake == Mistake::missing_reference) {
      return std::tuple{&Tree::left};
    } else {
      return std::tuple{&Tree::left, &Tree::right};
    }
  }
};

/// Yield of a run that saw a tree which it had not planted.
inline constexpr std::uint64_t spoilt = 0;

template <class M, Mistake mistake = Mistake::none>
class Orchard {
  using Mutator = typename M::Mutator;
  using Node = Tree<M, mistake>;
  using Local = typename M::template Local<Node>;
  using Fresh = typename M::template Fresh<Node>;

 public:
  static constexpr int height = 5;
  static constexpr int grafts = 60;
  static constexpr int branch_height = 2;
  /// Trees that are never freed when discards are forgotten: the tops of every fifth branch.
  static constexpr std::uint64_t forgotten = grafts / 5;
  /// Where `forgotten_root` makes what it does not root.
  static constexpr int unrooted_line = __LINE__ + 1;
  static Fresh make_unrooted(Mutator& m) { return m.template make<Node>(); }

  explicit Orchard(std::uint64_t seed) : rng_(seed) {}

  /// What every leaf comes to, or `spoilt`.
  std::uint64_t run(Mutator& m) {
    Local root{m, grow(m, height)};
    for (int i = 0; i < 3; ++i) m.collect();  // old wood
    for (int graft = 0; graft < grafts; ++graft) {
      Local place{m, m.copy(root)};
      for (int down = 0; down < height - branch_height - 1; ++down) {
        place = rng_.below(2) == 0 ? m.load(place, &Node::left) : m.load(place, &Node::right);
        if (!place) return spoilt;
      }
      {
        Local old{m, m.load(place, &Node::right)};
        m.store(place, &Node::right, nullptr);
        if (old) cut(m, m.escape(old), mistake == Mistake::forgotten_discard && graft % 5 == 0);
      }
      m.store(place, &Node::right, grow(m, branch_height));
      m.poll();
    }
    std::uint64_t yield = 1;
    harvest(m, root, height, yield);
    cut(m, m.escape(root), false);
    return yield;
  }

 private:
  Fresh grow(Mutator& m, int levels) {
    Local tree{m, m.template make<Node>()};
    tree->id = ++planted_;
    tree->seal = mix(static_cast<std::uint64_t>(tree->id));
    if (levels == 0) return m.escape(tree);
    if constexpr (mistake == Mistake::forgotten_root) {
      if (planted_ % 50 == 0) {
        Fresh unrooted = make_unrooted(m);
        unrooted->id = ++planted_;
        unrooted->seal = mix(static_cast<std::uint64_t>(unrooted->id));
        m.store(tree, &Node::right, grow(m, levels - 1));  // a safepoint
        m.store(tree, &Node::left, std::move(unrooted));
        return m.escape(tree);
      }
    }
    m.store(tree, &Node::left, grow(m, levels - 1));
    m.store(tree, &Node::right, grow(m, levels - 1));
    return m.escape(tree);
  }

  void cut(Mutator& m, Fresh fresh, bool forget) {
    if constexpr (discards<M>) {
      Local tree{m, std::move(fresh)};
      if (tree->left) cut(m, m.load(tree, &Node::left), false);
      if (tree->right) cut(m, m.load(tree, &Node::right), false);
      if (!forget) m.discard(tree);
    }
  }

  void harvest(Mutator& m, const Local& tree, int levels, std::uint64_t& yield) {
    if (yield == spoilt || !tree) return;
    const bool planted_here = tree->id > 0 && tree->id <= planted_ &&
                              tree->seal == mix(static_cast<std::uint64_t>(tree->id));
    if (!planted_here || levels < 0) {
      yield = spoilt;
      return;
    }
    yield += tree->seal | 1;
    harvest(m, Local{m, m.load(tree, &Node::left)}, levels - 1, yield);
    harvest(m, Local{m, m.load(tree, &Node::right)}, levels - 1, yield);
  }

  Rng rng_;
  std::int64_t planted_ = 0;
};

}  // namespace reclaim::mutants
