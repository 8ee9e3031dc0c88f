// Every registered workload on every registered model under Google Benchmark: gcbench/model:gen/
// threads:2. An iteration is a run on a fresh heap in this process; the time is the run's wall_s.
// For comparisons use `reclaim run`: fresh processes, interleaved. This is for --benchmark_filter,
// profilers and compare.py.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "bench/support.h"
#include "cells/names.h"
#include "cells/plan.h"

namespace reclaim::bench {
namespace {

void register_cell(const cells::Cell& cell) {
  const std::string name = std::string{cell.entry->workload->id} +
                           "/model:" + std::string{cell.entry->model->id} +
                           "/threads:" + std::to_string(cell.context.threads);
  auto* benchmark =
      benchmark::RegisterBenchmark(name.c_str(),
                                   [cell](benchmark::State& state) {
                                     cells::RunRequest request;
                                     request.context = cell.context;
                                     request.heap.limit_bytes = cell.heap_limit_bytes.value_or(0);
                                     cells::RunResult result;
                                     double operations = 0;
                                     for (auto _ : state) {
                                       result = cell.entry->run(request);
                                       state.SetIterationTime(result.wall_s);
                                       operations += static_cast<double>(result.outcome.operations);
                                     }
                                     state.counters["operations"] = benchmark::Counter(
                                         operations, benchmark::Counter::kIsRate);
                                     if (result.census) {
                                       state.counters["leaked"] =
                                           static_cast<double>(result.census->leaked_objects);
                                     }
                                   })
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
  // What is never given back must not fill the machine.
  if (!cell.entry->model->reclaims) benchmark->Iterations(1);
}

/// Takes "--name=value" out of the arguments; `fallback` when it is not there.
std::string take_option(int* argc, char** argv, const std::string& name,
                        const std::string& fallback) {
  const std::string prefix = "--" + name + "=";
  std::string value = fallback;
  int kept = 0;
  for (int i = 0; i < *argc; ++i) {
    if (std::strncmp(argv[i], prefix.c_str(), prefix.size()) == 0) {
      value = argv[i] + prefix.size();
    } else {
      argv[kept++] = argv[i];
    }
  }
  *argc = kept;
  return value;
}

int run(int argc, char** argv) {
  cells::PlanRequest request;
  request.size = take_option(&argc, argv, "size", "standard");
  request.heaps = {take_option(&argc, argv, "heap", cells::default_heap)};
  request.threads = {1, 2};
  request.workloads = {"all"};
  for (const cells::ModelInfo* model : cells::models()) request.models.emplace_back(model->id);
  if (!initialize(&argc, argv)) return 2;
  for (const cells::Cell& cell : cells::make_plan(request).cells) register_cell(cell);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace reclaim::bench

int main(int argc, char** argv) {
  try {
    return reclaim::bench::run(argc, argv);
  } catch (const reclaim::cells::UsageError& error) {
    std::fprintf(stderr, "bench_workloads: %s\n", error.what());
    return 2;
  }
}
