// gcbench over `gen`, in functions of a name that callgrind can find. Apart from kernels.cpp: a
// compiler decides by the size of a file what it inlines. Prints how many nodes were made, too.
#include <cstdio>
#include <string_view>

#include "boundary/census.h"
#include "models/gen/gen.h"
#include "tests/codegen/kernels.h"

using namespace reclaim;

extern "C" {

[[gnu::noinline]] void measured_uncounted(Gen<Uncounted>::Mutator& m,
                                          const WorkloadContext& context, Outcome& outcome) {
  outcome = codegen::over<Gen<Uncounted>>(m, context);
}

[[gnu::noinline]] void measured_counted(Gen<Counted>::Mutator& m, const WorkloadContext& context,
                                        Outcome& outcome) {
  outcome = codegen::over<Gen<Counted>>(m, context);
}
}

namespace {

template <class M, class Measured>
int run(Measured* measured) {
  // callgrind has not the addresses for a heap that may become as large as the machine
  typename M::Heap heap{HeapOptions{.limit_bytes = std::uint64_t{64} << 20}};
  typename M::Mutator m{heap};
  Outcome outcome;
  measured(m, codegen::context(), outcome);
  codegen::tell(outcome.checksum);
  std::printf("nodes %llu\n", static_cast<unsigned long long>(outcome.operations));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kernel = argc == 2 ? argv[1] : "";
  if (kernel == "uncounted") return run<Gen<Uncounted>>(measured_uncounted);
  if (kernel == "counted") return run<Gen<Counted>>(measured_counted);
  std::fprintf(stderr, "usage: %s uncounted|counted\n", argv[0]);
  return 2;
}
