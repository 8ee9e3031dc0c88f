// pressure: so many megabytes a second allocated beside so many that live, after HyperAlloc
// (Amazon's heapothesys), which walks the two to draw the surface of a collector's pauses. Most
// objects die at once; the others take the place of a random one that lives, so that what lives
// grows old and is replaced bit by bit. The original runs for a fixed time; this one allocates a
// fixed amount.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <utility>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "boundary/requests.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo pressure_parameters[] = {
    {"rate_mb_s", "allocated each second by all threads, MB; 0: as fast as it goes", 0, 0, 1024, 0,
     1e6},
    {"live_mb", "data that live, of all threads, MB", 0.05, 20, 64, 0, 1e6},
    {"mb", "allocated in all, MB", 0.5, 300, 60000, 0, 1e9},
    {"min", "smallest object, bytes", 128, 128, 128, 8, 1e6},
    {"max", "size that all objects stay below, bytes", 1024, 1024, 1024, 9, 1e6},
    {"short_lived", "fraction of objects that die at once, 0 to 1", 0.9, 0.9, 0.9, 0, 1},
};

namespace pressure {

/// Objects a page of the table refers to: a table of one piece would be scanned whole for each new
/// object in it.
inline constexpr std::size_t page_slots = 64;

inline double mean_bytes(const Parameters& p) {
  return (p.real("min") + std::max(p.real("max"), p.real("min") + 1) - 1) / 2;
}

inline std::size_t pages(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const double page_bytes = mean_bytes(p) * static_cast<double>(page_slots) * context.threads;
  return std::max<std::size_t>(1, static_cast<std::size_t>(p.real("live_mb") * 1e6 / page_bytes));
}

/// Sizes are uniform: their sum hardly ever goes beyond the mean by more than the allowance here.
inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const auto threads = static_cast<double>(context.threads);
  const double slots = static_cast<double>(pages(context) * page_slots) * threads;
  const Parameters& p = context.parameters;
  const double deviation = (p.real("max") - p.real("min")) / std::sqrt(12.0 / slots);
  return static_cast<std::uint64_t>(slots * (mean_bytes(p) + sizeof(void*)) + 3 * deviation +
                                    threads * static_cast<double>(pages(context) + 1) * 8 +
                                    threads * p.real("max"));
}

}  // namespace pressure

inline constexpr WorkloadInfo pressure_info{
    .id = "pressure",
    .shows = "a rate of allocation beside an amount that lives: where a collector's pauses begin",
    .origin = "after HyperAlloc of Amazon's heapothesys",
    .parameters = pressure_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = pressure::peak_live_bytes,
    .serves_requests = true,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a table"; }};

template <Model M>
class Pressure {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Page = typename M::template Array<Blob>;
  using Table = typename M::template Array<Page>;
  using Tables = typename M::template Array<Table>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  /// What is to live is there before the time counts.
  Pressure(Mutator& m, const WorkloadContext& context)
      : min_(static_cast<std::uint64_t>(context.parameters.integer("min"))),
        range_(std::max(static_cast<std::uint64_t>(context.parameters.integer("max")), min_ + 1) -
               min_),
        short_lived_(context.parameters.real("short_lived")),
        pages_(pressure::pages(context)),
        bytes_(static_cast<std::uint64_t>(context.parameters.real("mb") * 1e6 / context.threads)),
        ns_a_byte_(context.parameters.real("rate_mb_s") > 0
                       ? 1e3 / context.parameters.real("rate_mb_s") * context.threads
                       : 0),
        requests_(ns_a_byte_ > 0 ? nullptr : context.requests),
        tables_(m.heap()) {
    const auto threads = static_cast<std::size_t>(context.threads);
    Local<Tables> tables{m, m.template make_array<Table>(threads)};
    for (std::size_t thread = 0; thread < threads; ++thread) {
      Share& share = shares_.emplace_back(pattern(context.seed, thread));
      Local<Table> table{m, m.template make_array<Page>(pages_)};
      for (std::size_t i = 0; i < pages_; ++i) {
        Local<Page> page{m, m.template make_array<Blob>(pressure::page_slots)};
        for (std::size_t k = 0; k < pressure::page_slots; ++k) {
          m.store(page, k, make(m, share));
          m.poll();
        }
        m.store(table, i, page);
      }
      m.store(tables, thread, table);
    }
    m.store(tables_, tables);
  }

  Outcome run(Mutator& m, int thread) {
    Share& share = shares_[static_cast<std::size_t>(thread)];
    Local<Table> table{m, table_of(m, thread)};
    RequestTimer timer{requests_, thread};
    const std::uint64_t made_before = share.made, bytes_before = share.bytes;
    const std::int64_t begin_ns = now_ns();
    std::int64_t paced_to = pace_bytes;
    while (share.bytes - bytes_before < bytes_) {
      timer.operation(m);
      Local<Blob> blob{m, make(m, share)};
      if (share.rng.real() < short_lived_) {
        use(m, share, blob);
      } else {
        Local<Page> page{m, m.load(table, static_cast<std::size_t>(share.rng.below(pages_)))};
        const auto slot = static_cast<std::size_t>(share.rng.below(pressure::page_slots));
        Local<Blob> victim{m, m.load(page, slot)};
        m.store(page, slot, blob);
        use(m, share, victim);
      }
      m.poll();
      const auto done = static_cast<std::int64_t>(share.bytes - bytes_before);
      if (ns_a_byte_ > 0 && done >= paced_to) {
        paced_to = done + pace_bytes;
        const double due_ns = static_cast<double>(done) * ns_a_byte_;
        m.blocking([&] { wait_until(begin_ns + static_cast<std::int64_t>(due_ns)); });
      }
    }
    for (std::size_t i = 0; i < pages_; ++i) {
      Local<Page> page{m, m.load(table, i)};
      for (std::size_t k = 0; k < pressure::page_slots; ++k) {
        Local<Blob> blob{m, m.load(page, k)};
        m.store(page, k, nullptr);
        use(m, share, blob);
      }
      m.store(table, i, nullptr);
      m.discard(page);
      m.poll();
    }
    share.outcome.operations = share.made - made_before;
    return share.outcome;
  }

  void finish(Mutator& m) {
    Local<Tables> tables{m, m.load(tables_)};
    m.store(tables_, nullptr);
    if constexpr (discards<M>) {
      for (std::size_t i = 0; i < shares_.size(); ++i) m.discard(m.load(tables, i));
    }
    m.discard(tables);
  }

 private:
  /// Bytes between two looks at the clock.
  static constexpr std::int64_t pace_bytes = 65536;

  /// What belongs to one thread.
  struct Share {
    explicit Share(std::uint64_t own_seed) : seed(own_seed), rng(own_seed) {}
    std::uint64_t seed;
    Rng rng;
    std::uint64_t made = 0, bytes = 0;
    Outcome outcome;
  };

  Fresh<Table> table_of(Mutator& m, int thread) {
    Local<Tables> tables{m, m.load(tables_)};
    return m.load(tables, static_cast<std::size_t>(thread));
  }

  Fresh<Blob> make(Mutator& m, Share& share) {
    const auto size = static_cast<std::size_t>(min_ + share.rng.below(range_));
    Fresh<Blob> blob = m.make_blob(size);
    const std::uint64_t value = pattern(share.seed, share.made++);
    share.bytes += size;
    std::memcpy(blob->data(), &value, sizeof value);
    return blob;
  }

  /// The last use of an object.
  static void use(Mutator& m, Share& share, Local<Blob>& blob) {
    std::uint64_t value = 0;
    std::memcpy(&value, blob->data(), sizeof value);
    share.outcome.checksum += value ^ blob->size();
    m.discard(blob);
  }

  const std::uint64_t min_, range_;
  const double short_lived_;
  const std::size_t pages_;
  const std::uint64_t bytes_;
  const double ns_a_byte_;
  RequestLogs* const requests_;
  typename M::template Global<Tables> tables_;
  std::deque<Share> shares_;
};

}  // namespace reclaim
