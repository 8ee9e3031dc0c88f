// live-set: a quad tree that lives, small trees that die beside it, then full collections asked
// for. How fast a full collection goes through a large live set, and whether small collections grow
// with what is old. For the runtimes here only: a model without collections has nothing to show.
#pragma once

#include <cstdint>

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
  using Local = typename M::template Local<quads::Quad<M>>;

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
    Local live{m, quads::make_tree<M>(m, value, depth_)};
    for (std::int64_t n = 0; n < trees_; ++n) {
      quads::use<M>(m, outcome, quads::make_tree<M>(m, value, garbage_depth_));
      m.poll();
    }
    for (std::int64_t n = 0; n < collections_; ++n) m.collect();
    quads::use<M>(m, outcome, m.escape(live));
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  const std::uint64_t seed_;
  const std::int64_t depth_, trees_, garbage_depth_, collections_;
};

}  // namespace reclaim
