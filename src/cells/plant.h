// Plants leaks beside a workload's own objects, before it begins: what a program forgets. By hand
// that is never freed; under counting only what refers to itself stays; a tracing heap reclaims it
// all.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "boundary/model.h"
#include "cells/planting.h"

namespace reclaim::cells {

template <class M>
struct PlantedLeak : M::template Object<PlantedLeak<M>> {
  std::uint64_t number = 0;
};

/// One of two that refer to each other.
template <class M>
struct PlantedTwin : M::template Object<PlantedTwin<M>, Cyclic> {
  typename M::template Field<PlantedTwin> other;
  std::uint64_t number = 0;
  static constexpr auto refs() { return std::tuple{&PlantedTwin::other}; }
};

/// The share of one of `threads` mutators. Nothing of it is rooted when it returns.
template <Model M>
[[gnu::noinline]] void plant(typename M::Mutator& m, const Planting& planting, int thread,
                             int threads) {
  using Leak = PlantedLeak<M>;
  using Twin = PlantedTwin<M>;
  const auto n = static_cast<std::uint64_t>(threads);
  for (auto i = static_cast<std::uint64_t>(thread); i < planting.leaks; i += n) {
    const typename M::template Local<Leak> leak{m, m.template make<Leak>()};
    leak->number = i;
  }
  for (auto i = static_cast<std::uint64_t>(thread); i < planting.cycles; i += n) {
    const typename M::template Local<Twin> one{m, m.template make<Twin>()};
    const typename M::template Local<Twin> two{m, m.template make<Twin>()};
    one->number = two->number = i;
    m.store(one, &Twin::other, two);
    m.store(two, &Twin::other, one);
  }
}

}  // namespace reclaim::cells
