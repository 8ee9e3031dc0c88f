// One gcbench, written by hand or over `manual`, in a function of a name that callgrind can find.
// Run by instructions_test; prints the checksum, so that all are seen to do the same work.
#include <cstdio>
#include <string_view>

#include "boundary/census.h"
#include "models/manual/manual.h"
#include "tests/codegen/kernels.h"

using namespace reclaim;

extern "C" {

[[gnu::noinline]] std::uint64_t measured_hand_written() {
  bench::FromMalloc memory;
  bench::HandWrittenGcbench<bench::FromMalloc> gcbench{codegen::size, memory, memory};
  return gcbench.run(0).checksum;
}

[[gnu::noinline]] std::uint64_t measured_uncounted(Manual<Uncounted>::Mutator& m,
                                                   const WorkloadContext& context) {
  return codegen::over<Manual<Uncounted>>(m, context).checksum;
}

[[gnu::noinline]] std::uint64_t measured_counted(Manual<Counted>::Mutator& m,
                                                 const WorkloadContext& context) {
  return codegen::over<Manual<Counted>>(m, context).checksum;
}
}

int main(int argc, char** argv) {
  const std::string_view kernel = argc == 2 ? argv[1] : "";
  const WorkloadContext context = codegen::context();
  if (kernel == "hand_written") {
    codegen::tell(measured_hand_written());
  } else if (kernel == "uncounted") {
    Manual<Uncounted>::Heap heap{{}};
    Manual<Uncounted>::Mutator m{heap};
    codegen::tell(measured_uncounted(m, context));
  } else if (kernel == "counted") {
    Manual<Counted>::Heap heap{{}};
    Manual<Counted>::Mutator m{heap};
    codegen::tell(measured_counted(m, context));
  } else {
    std::fprintf(stderr, "usage: %s hand_written|uncounted|counted\n", argv[0]);
    return 2;
  }
  return 0;
}
