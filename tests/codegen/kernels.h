// What the kernels share: how much work gcbench is here, and what runs it over a model.
#pragma once

#include <cstdint>
#include <cstdio>

#include "bench/hand_written/gcbench.h"
#include "boundary/workload.h"
#include "workloads/gcbench.h"

namespace reclaim::codegen {

inline constexpr bench::GcbenchSize size{
    .stretch = 13, .long_lived = 11, .array = 4000, .least = 4, .most = 12};

inline WorkloadContext context() {
  WorkloadContext context;
  context.parameters.set("stretch", static_cast<double>(size.stretch));
  context.parameters.set("long", static_cast<double>(size.long_lived));
  context.parameters.set("array", static_cast<double>(size.array));
  context.parameters.set("least", static_cast<double>(size.least));
  context.parameters.set("most", static_cast<double>(size.most));
  return context;
}

template <class M>
Outcome over(typename M::Mutator& m, const WorkloadContext& context) {
  Gcbench<M> workload{m, context};
  return workload.run(m, 0);
}

inline void tell(std::uint64_t checksum) {
  std::printf("checksum %llx\n", static_cast<unsigned long long>(checksum));
}

}  // namespace reclaim::codegen
