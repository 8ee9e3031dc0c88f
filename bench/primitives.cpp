// The primitives beside what C++ itself has: malloc and free, std::shared_ptr, std::mutex. The
// models register themselves (primitives_of_model.cpp.in).
#include "bench/primitives.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include "bench/support.h"

namespace reclaim::bench {
namespace {

/// Registers calls(thread): batch_calls calls.
template <class Calls>
void add_baseline(const char* primitive, const char* id, int threads, Calls calls) {
  benchmark::RegisterBenchmark(benchmark_name(primitive, "baseline", id, threads).c_str(),
                               [threads, calls](benchmark::State& state) {
                                 while (state.KeepRunningBatch(batch_calls)) {
                                   Lap lap{threads};
                                   in_threads(threads, [&](int thread) {
                                     lap.run(
                                         thread, [](auto&& wait) { wait(); }, calls);
                                   });
                                   state.SetIterationTime(lap.seconds());
                                 }
                               })
      ->UseManualTime();
}

struct Record {
  void* one = nullptr;
  void* other = nullptr;
  std::int64_t value = 0;
};

void register_baselines() {
  static const auto shared = std::make_shared<Record>();
  static std::mutex shared_mutex;
  static std::int64_t shared_value = 0;

  for (const int threads : {1, 2}) {
    add_baseline("make_discard", "malloc", threads, [] {
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        auto* record = new (std::malloc(sizeof(Record))) Record;
        benchmark::DoNotOptimize(record->value);
        std::free(record);
      }
    });
    add_baseline("make_discard", "shared_ptr", threads, [] {
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        const auto record = std::make_shared<Record>();
        benchmark::DoNotOptimize(record->value);
      }
    });
  }
  for (const int threads : {1, 2, 8}) {
    add_baseline("copy_drop_own", "shared_ptr", threads, [] {
      const auto own = std::make_shared<Record>();
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        // The copy is what is measured.
        const std::shared_ptr<Record> copy = own;  // NOLINT(performance-unnecessary-copy-init*)
        benchmark::DoNotOptimize(copy->value);
      }
    });
    add_baseline("copy_drop_own", "lock_xadd", threads, [] {
      std::atomic<std::uint32_t> count = 1;
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        count.fetch_add(1, std::memory_order_relaxed);
        if (count.fetch_sub(1, std::memory_order_acq_rel) == 1) std::abort();
      }
    });
    add_baseline("copy_drop_shared", "shared_ptr", threads, [] {
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        const std::shared_ptr<Record> copy = shared;
        benchmark::DoNotOptimize(copy->value);
      }
    });
    add_baseline("synchronized_own", "mutex", threads, [] {
      std::mutex mutex;
      std::int64_t value = 0;
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        const std::lock_guard lock(mutex);
        benchmark::DoNotOptimize(++value);
      }
    });
    add_baseline("synchronized_shared", "mutex", threads, [] {
      for (std::int64_t i = 0; i < batch_calls; ++i) {
        const std::lock_guard lock(shared_mutex);
        benchmark::DoNotOptimize(++shared_value);
      }
    });
  }
}

}  // namespace
}  // namespace reclaim::bench

int main(int argc, char** argv) {
  // libstdc++ leaves the atomics out of shared_ptr in a process that never had a second thread.
  std::thread{[] {}}.join();
  if (!reclaim::bench::initialize(&argc, argv)) return 2;
  reclaim::bench::register_baselines();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
