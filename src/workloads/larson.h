// larson: the server of Per-Ake Larson and Murali Krishnan ("Memory Allocation for Long-Running
// Server Applications", ISMM 1998). Each thread replaces random chunks of its array by new ones of
// random size; after `rounds` times as many replacements as there are chunks it ends, and a thread
// that is created then goes on with the array: objects are freed by threads that did not allocate
// them, and threads come and go. The original runs for a fixed time; this one for a fixed number of
// threads.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <thread>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "boundary/requests.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo larson_parameters[] = {
    {"min", "smallest chunk, bytes", 8, 8, 8, 8, 1e6},
    {"max", "size that all chunks stay below, bytes", 1000, 1000, 1000, 9, 1e6},
    {"chunks", "chunks in the array of each thread", 10, 5000, 5000, 1, 1e8},
    {"rounds", "replacements before a thread hands over, times `chunks`", 2, 10, 100, 1, 1e6},
    {"generations", "threads that work on each array, one after the other", 3, 20, 20, 1, 1e6},
    {"seed", "the original's seed", 4141, 4141, 4141, 0, 1e9},
};

namespace larson {

/// Sizes are uniform in [min, max), as in the original: their sum wanders, and hardly ever goes
/// beyond three standard deviations.
inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const double chunks = context.threads * p.real("chunks");
  const double mean = (p.real("min") + p.real("max") - 1) / 2;
  const double deviation = (p.real("max") - p.real("min")) / std::sqrt(12.0) * std::sqrt(chunks);
  return static_cast<std::uint64_t>(chunks * (mean + sizeof(void*)) + 3 * deviation +
                                    static_cast<double>(context.threads) * sizeof(void*));
}

}  // namespace larson

inline constexpr WorkloadInfo larson_info{
    .id = "larson",
    .shows = "a server: threads come and go, and free what others allocated",
    .origin =
        "Per-Ake Larson and Murali Krishnan: Memory Allocation for Long-Running Server "
        "Applications, ISMM 1998",
    .parameters = larson_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = larson::peak_live_bytes,
    .serves_requests = true,
    .shares = shares_nothing};

template <Model M>
class Larson {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Chunks = typename M::template Array<Blob>;
  using Arrays = typename M::template Array<Chunks>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  /// The arrays are filled, and every chunk replaced about four times, before the time counts.
  Larson(Mutator& m, const WorkloadContext& context)
      : min_(static_cast<std::uint64_t>(context.parameters.integer("min"))),
        range_(static_cast<std::uint64_t>(context.parameters.integer("max")) - min_),
        chunks_(static_cast<std::size_t>(context.parameters.integer("chunks"))),
        rounds_(static_cast<std::size_t>(context.parameters.integer("rounds"))),
        generations_(context.parameters.integer("generations")),
        requests_(context.requests),
        arrays_(m.heap()) {
    const auto threads = static_cast<std::size_t>(context.threads);
    const std::uint64_t seed =
        pattern(context.seed, static_cast<std::uint64_t>(context.parameters.integer("seed")));
    Local<Arrays> arrays{m, m.template make_array<Chunks>(threads)};
    for (std::size_t i = 0; i < threads; ++i) {
      Line& line = lines_.emplace_back(pattern(seed, i));
      if (!context.is_here(static_cast<int>(i))) continue;
      Local<Chunks> chunks{m, m.template make_array<Blob>(chunks_)};
      for (std::size_t k = 0; k < chunks_; ++k) make_chunk(m, line, chunks, k);
      RequestTimer untimed{nullptr, 0};
      replace(m, line, chunks, 4 * chunks_, untimed);
      m.store(arrays, i, chunks);
      line.outcome.operations = 0;
    }
    m.store(arrays_, arrays);
  }

  Outcome run(Mutator& m, int thread) {
    const auto i = static_cast<std::size_t>(thread);
    Line& line = lines_[i];
    typename M::Heap& heap = m.heap();
    for (std::int64_t generation = 0; generation < generations_; ++generation) {
      m.blocking([&] {
        std::thread successor([&] {
          Mutator own{heap};
          Local<Arrays> arrays{own, own.load(arrays_)};
          Local<Chunks> chunks{own, own.load(arrays, i)};
          RequestTimer timer{requests_, thread};
          replace(own, line, chunks, rounds_ * chunks_, timer);
        });
        successor.join();
      });
    }
    Local<Arrays> arrays{m, m.load(arrays_)};
    Local<Chunks> chunks{m, m.load(arrays, i)};
    for (std::size_t k = 0; k < chunks_; ++k) use(m, line, chunks, k);
    return line.outcome;
  }

  void finish(Mutator& m) {
    Local<Arrays> arrays{m, m.load(arrays_)};
    m.store(arrays_, nullptr);
    if constexpr (discards<M>) {
      for (std::size_t i = 0; i < lines_.size(); ++i) m.discard(m.load(arrays, i));
    }
    m.discard(arrays);
  }

 private:
  /// What is handed over with an array. Belongs to one thread at a time.
  struct Line {
    explicit Line(std::uint64_t own_seed) : seed(own_seed), rng(own_seed) {}
    std::uint64_t seed;
    Rng rng;
    std::uint64_t made = 0;
    Outcome outcome;
  };

  void replace(Mutator& m, Line& line, const Local<Chunks>& chunks, std::size_t times,
               RequestTimer& timer) {
    for (std::size_t n = 0; n < times; ++n) {
      timer.operation(m);
      const auto victim = static_cast<std::size_t>(line.rng.below(chunks_));
      use(m, line, chunks, victim);
      make_chunk(m, line, chunks, victim);
      m.poll();
    }
    line.outcome.operations += times;
  }

  void make_chunk(Mutator& m, Line& line, const Local<Chunks>& chunks, std::size_t k) {
    Fresh<Blob> chunk = m.make_blob(static_cast<std::size_t>(min_ + line.rng.below(range_)));
    const std::uint64_t value = pattern(line.seed, line.made++);
    std::memcpy(chunk->data(), &value, sizeof value);
    m.store(chunks, k, std::move(chunk));
  }

  /// The last use of a chunk; the slot is then free to be overwritten.
  void use(Mutator& m, Line& line, const Local<Chunks>& chunks, std::size_t k) {
    Fresh<Blob> chunk = m.load(chunks, k);
    std::uint64_t value = 0;
    std::memcpy(&value, chunk->data(), sizeof value);
    line.outcome.checksum += value ^ chunk->size();
    if constexpr (discards<M>) {
      m.store(chunks, k, nullptr);
      m.discard(std::move(chunk));
    }
  }

  const std::uint64_t min_, range_;
  const std::size_t chunks_, rounds_;
  const std::int64_t generations_;
  RequestLogs* const requests_;
  typename M::template Global<Arrays> arrays_;
  std::deque<Line> lines_;
};

}  // namespace reclaim
