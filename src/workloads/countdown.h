// countdown: threads share the counting down of one number and nothing else: work that computes and
// never waits. After D. Beazley, "Inside the Python GIL" (2009), with a poll where an interpreter
// looks at its eval breaker. Side by side, two threads need half the time of one; under a GIL they
// need all of it, and the price of handing it over.
#pragma once

#include <cstdint>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo countdown_parameters[] = {
    {"count", "the number that all threads together count down from", 1000, 5e7, 5e7, 1, 1e15},
};

namespace countdown {

template <class M>
struct Number : M::template Object<Number<M>> {
  std::uint64_t left = 0;
  std::uint64_t sum = 0;  // of the patterns of the numbers passed
};

/// What all have passed together.
template <class M>
struct Total : M::template Object<Total<M>, Monitored> {
  std::uint64_t sum = 0;
  std::uint64_t finished = 0;
};

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  return 16 * static_cast<std::uint64_t>(context.threads) + 16;
}

}  // namespace countdown

inline constexpr WorkloadInfo countdown_info{
    .id = "countdown",
    .shows =
        "threads that only compute: what a second core gives, and a lock around all of it takes",
    .origin = "David Beazley: Inside the Python GIL, 2009",
    .parameters = countdown_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = countdown::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class Countdown {
  using Mutator = typename M::Mutator;
  using Number = countdown::Number<M>;
  using Total = countdown::Total<M>;
  template <class T>
  using Local = typename M::template Local<T>;

 public:
  Countdown(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(static_cast<std::uint64_t>(context.threads)),
        here_(static_cast<std::uint64_t>(context.mutators_here())),
        count_(static_cast<std::uint64_t>(context.parameters.integer("count"))),
        total_(m.heap()) {
    m.store(total_, Local<Total>{m, m.template make<Total>()});
  }

  /// Thread t passes the numbers of [count * t / threads, count * (t + 1) / threads).
  Outcome run(Mutator& m, int thread) {
    const auto t = static_cast<std::uint64_t>(thread);
    const std::uint64_t least = share_begin(t);
    Outcome outcome{.operations = share_begin(t + 1) - least};
    Local<Number> number{m, m.template make<Number>()};
    for (number->left = outcome.operations; number->left != 0;) {
      --number->left;
      number->sum += pattern(seed_, least + number->left);
      m.poll();
    }
    Local<Total> total{m, m.load(total_)};
    m.synchronized(total, [&] {
      total->sum += number->sum;
      if (++total->finished == here_) outcome.checksum = total->sum;  // the last to come tells
    });
    m.discard(number);
    return outcome;
  }

  void finish(Mutator& m) {
    Local<Total> total{m, m.load(total_)};
    m.store(total_, nullptr);
    m.discard(total);
  }

 private:
  /// count * t / threads, without the product's overflow.
  std::uint64_t share_begin(std::uint64_t t) const {
    return count_ / threads_ * t + count_ % threads_ * t / threads_;
  }

  const std::uint64_t seed_, threads_, here_, count_;
  typename M::template Global<Total> total_;
};

}  // namespace reclaim
