// counter: one shared object whose number every thread counts up under its monitor: the least that
// threads can share and write. What unsynchronised updates would lose, a lock must pay for.
#pragma once

#include <cstdint>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/requests.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo counter_parameters[] = {
    {"increments", "increments of each thread", 500, 3e6, 1e6, 1, 1e12},
};

namespace counter {

template <class M>
struct Counter : M::template Object<Counter<M>, Monitored> {
  std::uint64_t value = 0;
  std::uint64_t stamp = 0;  // what the increments add up to
  std::uint64_t finished = 0;
};

inline std::uint64_t peak_live_bytes(const WorkloadContext&) { return 24; }

}  // namespace counter

inline constexpr WorkloadInfo counter_info{
    .id = "counter",
    .shows = "one shared number: what mutual exclusion costs, alone and contended",
    .origin = "of this project; the classroom's shared counter",
    .parameters = counter_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = counter::peak_live_bytes,
    .serves_requests = true,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a counter"; }};

template <Model M>
class SharedCounter {
  using Mutator = typename M::Mutator;
  using Counter = counter::Counter<M>;
  using Local = typename M::template Local<Counter>;

 public:
  SharedCounter(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(static_cast<std::uint64_t>(context.threads)),
        increments_(static_cast<std::uint64_t>(context.parameters.integer("increments"))),
        requests_(context.requests),
        counter_(m.heap()) {
    m.store(counter_, Local{m, m.template make<Counter>()});
  }

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    const std::uint64_t stamp = pattern(seed_, static_cast<std::uint64_t>(thread));
    Local counter{m, m.load(counter_)};
    RequestTimer timer{requests_, thread};
    for (std::uint64_t i = 0; i < increments_; ++i) {
      timer.operation(m);
      m.synchronized(counter, [&] {
        ++counter->value;
        counter->stamp += stamp ^ i;
      });
      m.poll();
    }
    m.synchronized(counter, [&] {
      if (++counter->finished != threads_) return;
      outcome.checksum = mix(counter->value) + counter->stamp;  // the last to come reads it out
    });
    outcome.operations = increments_;
    return outcome;
  }

  void finish(Mutator& m) {
    Local counter{m, m.load(counter_)};
    m.store(counter_, nullptr);
    m.discard(counter);
  }

 private:
  const std::uint64_t seed_, threads_, increments_;
  RequestLogs* const requests_;
  typename M::template Global<Counter> counter_;
};

}  // namespace reclaim
