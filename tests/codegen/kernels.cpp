// One gcbench, written by hand or over a model, in a function of a name that callgrind can find.
// Run by instructions_test; prints the checksum, so that all are seen to do the same work.
#include <cstdio>
#include <string_view>

#include "bench/hand_written/gcbench.h"
#include "boundary/census.h"
#include "models/manual/manual.h"
#include "workloads/gcbench.h"

namespace {

constexpr reclaim::bench::GcbenchSize size{
    .stretch = 13, .long_lived = 11, .array = 4000, .least = 4, .most = 12};

template <class M>
std::uint64_t over(typename M::Mutator& m, const reclaim::WorkloadContext& context) {
  reclaim::Gcbench<M> workload{m, context};
  return workload.run(m, 0).checksum;
}

reclaim::WorkloadContext context_of(const reclaim::bench::GcbenchSize& s) {
  reclaim::WorkloadContext context;
  context.parameters.set("stretch", static_cast<double>(s.stretch));
  context.parameters.set("long", static_cast<double>(s.long_lived));
  context.parameters.set("array", static_cast<double>(s.array));
  context.parameters.set("least", static_cast<double>(s.least));
  context.parameters.set("most", static_cast<double>(s.most));
  return context;
}

}  // namespace

extern "C" {

[[gnu::noinline]] std::uint64_t measured_hand_written() {
  reclaim::bench::FromMalloc memory;
  reclaim::bench::HandWrittenGcbench<reclaim::bench::FromMalloc> gcbench{size, memory, memory};
  return gcbench.run(0).checksum;
}

[[gnu::noinline]] std::uint64_t measured_uncounted(reclaim::Manual<reclaim::Uncounted>::Mutator& m,
                                                   const reclaim::WorkloadContext& context) {
  return over<reclaim::Manual<reclaim::Uncounted>>(m, context);
}

[[gnu::noinline]] std::uint64_t measured_counted(reclaim::Manual<reclaim::Counted>::Mutator& m,
                                                 const reclaim::WorkloadContext& context) {
  return over<reclaim::Manual<reclaim::Counted>>(m, context);
}
}

int main(int argc, char** argv) {
  const std::string_view kernel = argc == 2 ? argv[1] : "";
  const reclaim::WorkloadContext context = context_of(size);
  std::uint64_t checksum = 0;
  if (kernel == "hand_written") {
    checksum = measured_hand_written();
  } else if (kernel == "uncounted") {
    reclaim::Manual<reclaim::Uncounted>::Heap heap{{}};
    reclaim::Manual<reclaim::Uncounted>::Mutator m{heap};
    checksum = measured_uncounted(m, context);
  } else if (kernel == "counted") {
    reclaim::Manual<reclaim::Counted>::Heap heap{{}};
    reclaim::Manual<reclaim::Counted>::Mutator m{heap};
    checksum = measured_counted(m, context);
  } else {
    std::fprintf(stderr, "usage: %s hand_written|uncounted|counted\n", argv[0]);
    return 2;
  }
  std::printf("checksum %llx\n", static_cast<unsigned long long>(checksum));
  return 0;
}
