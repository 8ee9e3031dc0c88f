// gcbench at the original's parameters, one thread: written by hand (over malloc, over shared_ptr,
// over a warm slab) beside the models, in one process on one malloc. ratios.sh runs it interleaved
// and this prints, under the medians, the ratios that are claimed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <thread>

#include "bench/hand_written/gcbench.h"
#include "bench/hand_written/gcbench_shared_ptr.h"
#include "bench/hand_written/slab.h"
#include "bench/support.h"
#include "cells/plan.h"
#include "measure/clock.h"

namespace reclaim::bench {
namespace {

constexpr std::string_view model_heap = "50MB";

/// The plan's cell of gcbench on a model: parameters as the laboratory runs them.
const cells::Cell& cell_of(const std::string& model) {
  static std::map<std::string, cells::Plan> plans;
  cells::PlanRequest request;
  request.models = {model};
  request.workloads = {"gcbench"};
  request.heaps = {std::string{model_heap}};
  request.size = "paper";
  return plans.try_emplace(model, cells::make_plan(request)).first->second.cells.front();
}

GcbenchSize size() {
  const WorkloadContext& context = cell_of("manual").context;
  const Parameters& p = context.parameters;
  return {p.integer("stretch"), p.integer("long"), static_cast<std::size_t>(p.integer("array")),
          p.integer("least"),   p.integer("most"), context.seed};
}

/// Every contender has to come to this.
std::uint64_t& expected_checksum() {
  static std::uint64_t checksum = 0;
  return checksum;
}

/// Registers run() -> pair(seconds, checksum).
template <class Run>
void add(const std::string& name, Run run) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [run](benchmark::State& state) {
                                 for (auto _ : state) {
                                   const auto [seconds, checksum] = run();
                                   if (expected_checksum() == 0) expected_checksum() = checksum;
                                   if (checksum != expected_checksum())
                                     state.SkipWithError("another checksum: not the same work");
                                   state.SetIterationTime(seconds);
                                 }
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond)
      ->Iterations(1);
}

template <class F>
std::pair<double, std::uint64_t> timed(F&& f) {
  const std::int64_t begin_ns = now_ns();
  const std::uint64_t checksum = f();
  return {static_cast<double>(now_ns() - begin_ns) * 1e-9, checksum};
}

void add_model(const std::string& model, bool census) {
  if (cells::find_entry(model, "gcbench") == nullptr) return;
  add(std::string{"gcbench/model:"} + model + (census ? "" : "/census:none"), [model, census] {
    const cells::Cell& cell = cell_of(model);
    cells::RunRequest request;
    request.context = cell.context;
    request.heap.limit_bytes = cell.heap_limit_bytes.value_or(0);
    request.census = census;
    const cells::RunResult result =
        census ? cell.entry->run(request) : cell.entry->run_uncounted(request);
    return std::pair{result.wall_s, result.outcome.checksum};
  });
}

/// Keeps the medians that the console reporter prints.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.aggregate_name == "median") {
        medians_[run.run_name.function_name] = run.GetAdjustedRealTime();
      }
    }
  }

  /// "claim: a / b = 0.62 (at most 0.7)" for each claim whose two sides were run with repetitions.
  void print_ratios() const {
    print("manual, no census, costs what hand-written code costs",
          "gcbench/model:manual/census:none", "gcbench/by_hand:malloc", 1.03);
    print("gen within 50 MB against manual", "gcbench/model:gen", "gcbench/model:manual", 0.7);
    print("rc-atomic, no census, against std::shared_ptr", "gcbench/model:rc-atomic/census:none",
          "gcbench/by_hand:shared_ptr", 1.0);
    print("the census of manual", "gcbench/model:manual", "gcbench/model:manual/census:none", 1.10);
  }

 private:
  void print(const char* claim, const char* a, const char* b, double most) const {
    const auto found_a = medians_.find(a), found_b = medians_.find(b);
    if (found_a == medians_.end() || found_b == medians_.end()) return;
    const double ratio = found_a->second / found_b->second;
    std::printf("%-55s %.3f (at most %.2f)%s\n", claim, ratio, most,
                ratio <= most ? "" : "  MISSED");
  }

  std::map<std::string, double> medians_;
};

int run(int argc, char** argv) {
  std::thread{[] {}}.join();  // or libstdc++ leaves the atomics out of shared_ptr
  if (!initialize(&argc, argv)) return 2;
  add("gcbench/by_hand:malloc", [] {
    return timed([] {
      FromMalloc memory;
      return HandWrittenGcbench<FromMalloc>{size(), memory, memory}.run(0).checksum;
    });
  });
  add("gcbench/by_hand:shared_ptr",
      [] { return timed([] { return SharedPtrGcbench{size()}.run(0).checksum; }); });
  add("gcbench/by_hand:warm_slab", [] {
    static FromSlab slab{std::size_t{8} << 20}, long_lived{std::size_t{64} << 20};
    slab.begin_again();
    long_lived.begin_again();
    return timed([] {
      return HandWrittenGcbench<FromSlab>{size(), slab, long_lived}.run(0).checksum;
    });
  });
  add_model("manual", false);
  add_model("manual", true);
  add_model("rc-atomic", true);
  add_model("rc-atomic", false);
  add_model("gen", true);
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace reclaim::bench

int main(int argc, char** argv) { return reclaim::bench::run(argc, argv); }
