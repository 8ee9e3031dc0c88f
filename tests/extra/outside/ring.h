// ring: each mutator keeps a ring of objects and replaces the oldest, over and over: every object
// lives for the same number of steps.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo ring_parameters[] = {
    {"slots", "objects that live at a time", 50, 10'000, 100'000, 1, 1e8},
    {"steps", "objects that are made", 1000, 2'000'000, 20'000'000, 1, 1e12},
};

namespace ring {

template <class M>
struct Bead : M::template Object<Bead<M>> {
  std::uint64_t value = 0;
};

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const auto slots = static_cast<std::uint64_t>(context.parameters.integer("slots"));
  return static_cast<std::uint64_t>(context.threads) * slots * (8 + 8);
}

}  // namespace ring

inline constexpr WorkloadInfo ring_info{
    .id = "ring",
    .shows = "objects that all live equally long: first in, first out",
    .parameters = ring_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = ring::peak_live_bytes};

template <Model M>
class Ring {
  using Mutator = typename M::Mutator;
  using Bead = ring::Bead<M>;
  using Beads = typename M::template Array<Bead>;
  template <class T>
  using Local = typename M::template Local<T>;

 public:
  Ring(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        slots_(static_cast<std::size_t>(context.parameters.integer("slots"))),
        steps_(static_cast<std::uint64_t>(context.parameters.integer("steps"))) {}

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    const std::uint64_t seed = pattern(seed_, static_cast<std::uint64_t>(thread));
    Local<Beads> beads{m, m.template make_array<Bead>(slots_)};
    for (std::uint64_t step = 0; step < steps_; ++step) {
      Local<Bead> bead{m, m.template make<Bead>()};
      bead->value = pattern(seed, step);
      use(m, outcome, beads, static_cast<std::size_t>(step % slots_));
      m.store(beads, static_cast<std::size_t>(step % slots_), bead);
      ++outcome.operations;
    }
    for (std::size_t slot = 0; slot < slots_; ++slot) use(m, outcome, beads, slot);
    m.discard(beads);
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  /// The last use of what the slot holds.
  static void use(Mutator& m, Outcome& outcome, const Local<Beads>& beads, std::size_t slot) {
    Local<Bead> old{m, m.load(beads, slot)};
    if (!old) return;
    outcome.checksum += old->value;
    m.store(beads, slot, nullptr);
    m.discard(old);
  }

  const std::uint64_t seed_;
  const std::size_t slots_;
  const std::uint64_t steps_;
};

}  // namespace reclaim
