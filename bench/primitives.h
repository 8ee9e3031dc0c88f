// Single calls of the boundary, on any model: registered under make_discard/model:gen/threads:2 and
// the like. The time is wall time per call of each thread, over batches of calls that all threads
// start together.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "bench/support.h"
#include "boundary/model.h"

namespace reclaim::bench {

/// Calls in one batch of each thread. Enough that starting a batch does not show.
inline constexpr std::int64_t batch_calls = 1 << 17;

/// Calls between two polls: real programs reach safepoints too.
inline constexpr std::int64_t calls_between_polls = 1024;

inline std::string benchmark_name(const char* primitive, std::string_view kind, std::string_view id,
                                  int threads) {
  return std::string{primitive} + "/" + std::string{kind} + ":" + std::string{id} +
         "/threads:" + std::to_string(threads);
}

/// 24 bytes, as gcbench's; may be locked.
template <class M>
struct Subject : M::template Object<Subject<M>, Monitored> {
  typename M::template Field<Subject> one, other;
  std::int64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Subject::one, &Subject::other}; }
};

template <class M>
class Primitives {
  using Heap = typename M::Heap;
  using Mutator = typename M::Mutator;
  using Node = Subject<M>;
  using Local = typename M::template Local<Node>;
  using Global = typename M::template Global<Node>;

  static constexpr std::string_view id = M::traits.id;

  /// What all threads of a benchmark see.
  struct Stage {
    Heap heap{HeapOptions{}};
    Global shared{heap};
    Stage() {
      Mutator m{heap};
      m.exchange(shared, m.template make<Node>());
    }
  };

  /// Registers calls(mutator, own, shared, poll): it makes batch_calls calls on an object of the
  /// thread's own or on the one that all share, and asks poll(i) now and then.
  template <class Calls>
  static benchmark::internal::Benchmark* add(const char* name, int threads, Calls calls) {
    return benchmark::RegisterBenchmark(benchmark_name(name, "model", id, threads).c_str(),
                                        [threads, calls](benchmark::State& state) {
                                          Stage stage;
                                          while (state.KeepRunningBatch(batch_calls)) {
                                            Lap lap{threads};
                                            in_threads(threads, [&](int thread) {
                                              Mutator m{stage.heap};
                                              Local own{m, m.template make<Node>()};
                                              m.store(own, &Node::one, m.template make<Node>());
                                              Local shared{m, m.load(stage.shared)};
                                              lap.run(
                                                  thread, [&](auto&& wait) { m.blocking(wait); },
                                                  [&] { calls(m, own, shared); });
                                              if constexpr (M::traits.wants_discard) {
                                                m.discard(m.load(own, &Node::one));
                                                m.discard(own);
                                              }
                                            });
                                            state.SetIterationTime(lap.seconds());
                                          }
                                        })
        ->UseManualTime();
  }

  /// f() batch_calls times, with a poll now and then.
  template <class F>
  static void repeat(Mutator& m, F&& f) {
    for (std::int64_t i = 0; i < batch_calls; i += calls_between_polls) {
      for (std::int64_t k = 0; k < calls_between_polls; ++k) f();
      m.poll();
    }
  }

 public:
  static void register_all() {
    for (const int threads : {1, 2}) {
      auto* make = add("make_discard", threads, [](Mutator& m, const Local&, const Local&) {
        for (std::int64_t i = 0; i < batch_calls; ++i) {
          Local node{m, m.template make<Node>()};
          benchmark::DoNotOptimize(node->value);
          m.discard(node);
        }
      });
      // What is never given back must not fill the machine.
      if (!M::traits.reclaims) make->Iterations(16 * batch_calls);

      add("load", threads, [](Mutator& m, const Local& own, const Local&) {
        repeat(m, [&] { benchmark::DoNotOptimize(m.load(own, &Node::one)->value); });
      });
      add("store", threads, [](Mutator& m, const Local& own, const Local&) {
        Local value{m, m.load(own, &Node::one)};
        repeat(m, [&] {
          m.store(own, &Node::other, value);
          benchmark::ClobberMemory();
        });
        m.store(own, &Node::other, nullptr);
      });
      add("poll", threads, [](Mutator& m, const Local&, const Local&) {
        for (std::int64_t i = 0; i < batch_calls; ++i) m.poll();
      });
      add("blocking", threads, [](Mutator& m, const Local&, const Local&) {
        for (std::int64_t i = 0; i < batch_calls; ++i) m.blocking([] {});
      });
    }
    for (const int threads : {1, 2, 8}) {
      add("copy_drop_own", threads, [](Mutator& m, const Local& own, const Local&) {
        repeat(m, [&] { benchmark::DoNotOptimize(m.copy(own)->value); });
      });
      add("copy_drop_shared", threads, [](Mutator& m, const Local&, const Local& shared) {
        repeat(m, [&] { benchmark::DoNotOptimize(m.copy(shared)->value); });
      });
      add("synchronized_own", threads, [](Mutator& m, const Local& own, const Local&) {
        repeat(m, [&] { m.synchronized(own, [&] { ++own->value; }); });
      });
      add("synchronized_shared", threads, [](Mutator& m, const Local&, const Local& shared) {
        repeat(m, [&] { m.synchronized(shared, [&] { ++shared->value; }); });
      });
    }
  }
};

}  // namespace reclaim::bench
