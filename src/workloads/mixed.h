// mixed: one thread answers datagrams while the others compute: a server with something to do. How
// long a client waits shows what the one that waits gets of the lock from those that do not. After
// D. Beazley, "Inside the Python GIL" (2009) and "Understanding the Python GIL" (2010).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "measure/histogram.h"
#include "workloads/kernels/companion.h"
#include "workloads/kernels/loopback.h"

namespace reclaim {

inline constexpr ParameterInfo mixed_parameters[] = {
    {"requests", "datagrams that are answered, one at a time", 2, 20, 1000, 1, 1e7},
    {"think", "microseconds that the client thinks between two", 0, 1000, 1000, 0, 1e7},
    {"spinners", "of the threads beside the answering one, at most so many compute", 1, 63, 63, 0,
     1e4},
};

namespace mixed {

inline std::uint64_t peak_live_bytes(const WorkloadContext&) { return sizeof(std::uint64_t) + 8; }

}  // namespace mixed

inline constexpr WorkloadInfo mixed_info{
    .id = "mixed",
    .shows = "answering beside threads that compute: how long a lock is not to be had",
    .origin = "David Beazley: Understanding the Python GIL, 2010",
    .parameters = mixed_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = mixed::peak_live_bytes,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a queue of requests"; }};

template <Model M>
class Mixed {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Queue = typename M::template Array<Blob>;
  using Local = typename M::template Local<Blob>;

 public:
  Mixed(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        think_us_(static_cast<std::uint64_t>(context.parameters.integer("think"))),
        spinners_(static_cast<int>(context.parameters.integer("spinners"))) {}

  /// The first thread answers; the others spin until it has done so.
  Outcome run(Mutator& m, int thread) {
    if (thread == 0) return answer_all(m);
    if (thread <= spinners_) spin(m);
    return {};
  }

  void finish(Mutator&) {}

  /// As the client saw it. A percentile stands only where there are samples for it.
  std::vector<std::pair<std::string, double>> extra() const {
    const auto seconds = [](std::uint64_t ns) { return static_cast<double>(ns) * 1e-9; };
    std::vector<std::pair<std::string, double>> all;
    all.emplace_back("echo_p50_s", seconds(answers_.quantile_ns(0.5)));
    if (answers_.count() >= 100)
      all.emplace_back("echo_p99_s", seconds(answers_.quantile_ns(0.99)));
    all.emplace_back("echo_max_s", seconds(answers_.max_ns()));
    all.emplace_back("spins", static_cast<double>(spins_.load()));
    return all;
  }

 private:
  Outcome answer_all(Mutator& m) {
    std::optional<kernels::Companion> client;
    m.blocking([&] {
      client.emplace("ask",
                     std::initializer_list<std::uint64_t>{requests_, think_us_, socket_.port()});
    });
    Outcome outcome;
    for (std::uint64_t i = 0; i < requests_; ++i) outcome += answer_one(m);
    std::vector<std::int64_t> took_ns(requests_);
    m.blocking([&] { client->read(took_ns.data(), took_ns.size() * sizeof took_ns[0]); });
    done_.store(true, std::memory_order_relaxed);
    for (const std::int64_t ns : took_ns) answers_.record(ns);
    return outcome;
  }

  /// As CPython's socket module does, it lets a lock go for each call, for the sending one too.
  Outcome answer_one(Mutator& m) {
    typename M::template Local<Queue> queue{m, m.template make_array<Blob>(1)};
    m.store(queue, 0, m.make_blob(sizeof(std::uint64_t)));
    {
      Local request{m, m.load(queue, 0)};
      std::byte* const record = m.pin(request);
      const std::size_t bytes =
          m.blocking([&] { return socket_.receive(record, sizeof(std::uint64_t)); });
      m.blocking([&] { socket_.send(record, bytes); });
      m.unpin(request);
    }
    Local request{m, m.load(queue, 0)};
    std::uint64_t number = 0;
    std::memcpy(&number, request->data(), sizeof number);
    m.store(queue, 0, nullptr);
    m.discard(request);
    m.discard(queue);
    return {pattern(seed_, number), 1};
  }

  void spin(Mutator& m) {
    std::uint64_t spins = 0;
    for (; !done_.load(std::memory_order_relaxed); ++spins) m.poll();
    spins_.fetch_add(spins, std::memory_order_relaxed);
  }

  const std::uint64_t seed_, requests_, think_us_;
  const int spinners_;
  kernels::Datagrams socket_;
  Histogram answers_;
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> spins_{0};
};

}  // namespace reclaim
