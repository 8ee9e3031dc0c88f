// fragmentation: phases of objects of one size, each twice the last one's. Whenever the live bytes
// have reached their mark, all but one in ten of the newest objects are dropped, here and there,
// and the next phase fills up to the mark again. What was freed lies in holes that are too small,
// and a size class of its own does not get its pages back while one object in each still lives. The
// live bytes never pass the mark; what the process holds tells how much of its memory a model can
// use again. After the adversary of J. M. Robson, "Bounds for Some Functions Concerning Dynamic
// Storage Allocation", JACM 21(3), 1974: without moving objects nobody escapes it; the bound is the
// live bytes times half the logarithm of the largest size over the smallest.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo fragmentation_parameters[] = {
    {"live", "bytes that live when a phase ends, for each thread", 8e3, 16e6, 64e6, 1e3, 1e12},
    {"smallest", "size of the first phase's objects, bytes", 32, 32, 32, 16, 1e6},
    {"phases", "of doubled sizes", 6, 8, 8, 1, 20},
    {"keep", "one in so many objects of a phase is kept", 10, 10, 10, 2, 1e6},
    {"cycles", "times through all phases", 1, 2, 10, 1, 1e6},
};

namespace fragmentation {

struct Phase {
  std::size_t size;  ///< of its objects, bytes
  std::size_t made;
  std::size_t kept;
};

inline std::vector<Phase> phases(const Parameters& p) {
  std::vector<Phase> all;
  auto room = static_cast<std::size_t>(p.integer("live"));
  auto size = static_cast<std::size_t>(p.integer("smallest"));
  for (std::int64_t n = 0; n < p.integer("phases") && size <= room; ++n, size *= 2) {
    const std::size_t made = room / size;
    const std::size_t kept = made / static_cast<std::size_t>(p.integer("keep"));
    all.push_back({size, made, kept});
    room -= kept * size;
  }
  return all;
}

/// References that a thread's table must hold.
inline std::size_t table_length(const std::vector<Phase>& all) {
  std::size_t most = 1, kept = 0;
  for (const Phase& phase : all) {
    most = std::max(most, kept + phase.made);
    kept += phase.kept;
  }
  return most;
}

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const std::vector<Phase> all = phases(context.parameters);
  std::uint64_t most = 0, kept = 0;
  for (const Phase& phase : all) {
    most = std::max<std::uint64_t>(most, kept + phase.made * phase.size);
    kept += phase.kept * phase.size;
  }
  return static_cast<std::uint64_t>(context.threads) * (most + table_length(all) * sizeof(void*));
}

}  // namespace fragmentation

inline constexpr WorkloadInfo fragmentation_info{
    .id = "fragmentation",
    .shows = "holes that nothing fits into: how much freed memory can be used again",
    .origin =
        "after J. M. Robson: Bounds for Some Functions Concerning Dynamic Storage Allocation, JACM "
        "1974",
    .parameters = fragmentation_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = fragmentation::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class Fragmentation {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Table = typename M::template Array<Blob>;
  using Phase = fragmentation::Phase;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  Fragmentation(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        cycles_(context.parameters.integer("cycles")),
        phases_(fragmentation::phases(context.parameters)) {}

  Outcome run(Mutator& m, int thread) {
    Share share{pattern(seed_, static_cast<std::uint64_t>(thread))};
    Local<Table> table{m, m.template make_array<Blob>(fragmentation::table_length(phases_))};
    for (std::int64_t cycle = 0; cycle < cycles_; ++cycle) {
      std::size_t kept = 0;
      for (const Phase& phase : phases_) {
        for (std::size_t i = 0; i < phase.made; ++i) make(m, share, table, kept + i, phase.size);
        keep_some(m, share, table, kept, phase);
        kept += phase.kept;
      }
      for (std::size_t i = 0; i < kept; ++i) use(m, share, m.load(table, i), table, i);
    }
    m.discard(table);
    return share.outcome;
  }

  void finish(Mutator&) {}

 private:
  struct Share {
    explicit Share(std::uint64_t own_seed) : seed(own_seed), rng(own_seed) {}
    std::uint64_t seed;
    Rng rng;
    Outcome outcome;
  };

  static void make(Mutator& m, Share& share, const Local<Table>& table, std::size_t i,
                   std::size_t size) {
    Fresh<Blob> blob = m.make_blob(size);
    const std::uint64_t value = pattern(share.seed, share.outcome.operations++);
    std::memcpy(blob->data(), &value, sizeof value);
    m.store(table, i, std::move(blob));
  }

  /// Of the phase's objects, from `first` on, exactly phase.kept stay, each choice equally likely
  /// (selection sampling, Knuth 3.4.2, algorithm S); they move together in the table.
  static void keep_some(Mutator& m, Share& share, const Local<Table>& table, std::size_t first,
                        const Phase& phase) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < phase.made; ++i) {
      Fresh<Blob> blob = m.load(table, first + i);
      if (share.rng.below(phase.made - i) >= phase.kept - kept) {
        use(m, share, std::move(blob), table, first + i);
      } else if (const std::size_t to = kept++; to != i) {
        m.store(table, first + to, std::move(blob));
        m.store(table, first + i, nullptr);
      }
    }
  }

  /// The last use of an object: its slot forgets it.
  static void use(Mutator& m, Share& share, Fresh<Blob> blob, const Local<Table>& table,
                  std::size_t i) {
    std::uint64_t value = 0;
    std::memcpy(&value, blob->data(), sizeof value);
    share.outcome.checksum += value ^ blob->size();
    m.store(table, i, nullptr);
    if constexpr (discards<M>) m.discard(std::move(blob));
  }

  const std::uint64_t seed_;
  const std::int64_t cycles_;
  const std::vector<Phase> phases_;
};

}  // namespace reclaim
