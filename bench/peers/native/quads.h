// quads and live-set as in src/workloads/quads.h and models/live_set.h for memory that nobody
// frees. Memory as in gcbench.h, which also has: void collect().
#pragma once

#include <cstdint>

#include "base/bits.h"
#include "boundary/workload.h"

namespace reclaim::peers {

struct Quad {
  Quad *a, *b, *c, *d;
  std::uint64_t value;
};

/// Makes trees whose values count up from the first.
template <class Memory>
class QuadMaker {
 public:
  QuadMaker(const WorkloadContext& context, int thread)
      : memory_(thread), value_(pattern(context.seed, static_cast<std::uint64_t>(thread))) {}

  Quad* tree(std::int64_t depth) {
    if (depth == 0) {
      Quad* leaf = memory_.template make<Quad>();
      leaf->value = value_++;
      return leaf;
    }
    Quad* a = tree(depth - 1);
    Quad* b = tree(depth - 1);
    Quad* c = tree(depth - 1);
    Quad* d = tree(depth - 1);
    Quad* parent = memory_.template make<Quad>();
    *parent = {.a = a, .b = b, .c = c, .d = d, .value = value_++};
    return parent;
  }

  /// Looks at every node.
  static std::uint64_t sum(const Quad* tree) {
    std::uint64_t total = (tree->value ^ tree->value >> 29) * 0x9e3779b97f4a7c15u;
    if (tree->a != nullptr) total += sum(tree->a) + sum(tree->b) + sum(tree->c) + sum(tree->d);
    return total;
  }

  Memory& memory() { return memory_; }

 private:
  Memory memory_;
  std::uint64_t value_;
};

constexpr std::int64_t quad_tree_size(std::int64_t depth) {
  return ((std::int64_t{4} << (2 * depth)) - 1) / 3;
}

template <class Memory>
class Quads {
 public:
  Quads(const WorkloadContext& context, int thread)
      : maker_(context, thread),
        depth_(context.parameters.integer("depth")),
        steps_(context.parameters.integer("steps")),
        garbage_depth_(context.parameters.integer("garbage")),
        garbage_trees_(static_cast<std::int64_t>(
            static_cast<double>(quad_tree_size(depth_)) * context.parameters.real("heap") / 7.5 /
            static_cast<double>(quad_tree_size(garbage_depth_)))) {}

  std::uint64_t run() {
    std::uint64_t checksum = 0;
    const Quad* live = maker_.tree(depth_);
    for (std::int64_t step = 0; step < steps_; ++step) {
      for (std::int64_t n = 0; n < garbage_trees_; ++n) {
        checksum += maker_.sum(maker_.tree(garbage_depth_));
      }
      checksum += maker_.sum(live);
    }
    return checksum + maker_.sum(live);
  }

 private:
  QuadMaker<Memory> maker_;
  const std::int64_t depth_, steps_, garbage_depth_, garbage_trees_;
};

template <class Memory>
class LiveSet {
 public:
  LiveSet(const WorkloadContext& context, int thread)
      : maker_(context, thread),
        depth_(context.parameters.integer("depth")),
        trees_(context.parameters.integer("trees")),
        garbage_depth_(context.parameters.integer("garbage")),
        collections_(context.parameters.integer("collections")) {}

  std::uint64_t run() {
    std::uint64_t checksum = 0;
    const Quad* live = maker_.tree(depth_);
    for (std::int64_t n = 0; n < trees_; ++n) checksum += maker_.sum(maker_.tree(garbage_depth_));
    for (std::int64_t n = 0; n < collections_; ++n) maker_.memory().collect();
    return checksum + maker_.sum(live);
  }

 private:
  QuadMaker<Memory> maker_;
  const std::int64_t depth_, trees_, garbage_depth_, collections_;
};

}  // namespace reclaim::peers
