// pages: many requests to a server at the same time: by a thread each, by coroutines on one thread,
// or by a process each. The server answers none before all wait: at that moment it is looked what
// they take.
#pragma once

#include <sys/resource.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "boundary/model.h"
#include "boundary/workload.h"
#include "measure/footprint.h"
#include "workloads/kernels/companion.h"
#include "workloads/kernels/coroutines.h"
#include "workloads/kernels/loopback.h"
#include "workloads/kernels/requests.h"
#include "workloads/kernels/start_thread.h"

namespace reclaim {

inline constexpr ParameterInfo pages_parameters[] = {
    {"requests", "that wait at the same time", 4, 500, 10'000, 1, 1e6},
    {"bytes", "of a request, and of its answer", 64, 1024, 1024, 8, 1e5},
    {"way", "0: a thread each, 1: coroutines on one thread, 2: a process each", 1, 1, 1, 0, 2},
};

namespace pages {

enum Way : std::int64_t { threads = 0, coroutines = 1, processes = 2 };

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const auto requests = static_cast<std::uint64_t>(context.parameters.integer("requests"));
  const auto bytes = static_cast<std::uint64_t>(context.parameters.integer("bytes"));
  return requests * (2 * bytes + 16);
}

/// Switches of the child processes that have ended and were waited for.
inline std::uint64_t switches_of_children() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<std::uint64_t>(usage.ru_nvcsw + usage.ru_nivcsw);
}

}  // namespace pages

inline constexpr WorkloadInfo pages_info{
    .id = "pages",
    .shows = "many requests at once: what threads, coroutines and processes take for each",
    .origin = "of this project; web clients and servers",
    .parameters = pages_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = pages::peak_live_bytes,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a server"; }};

template <Model M>
class Pages {
  using Mutator = typename M::Mutator;

 public:
  Pages(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        mutators_(context.threads),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        way_(context.parameters.integer("way")),
        switches_before_(pages::switches_of_children()),
        server_(start_server()),
        port_(static_cast<std::uint16_t>(server_.read_number())),
        children_(way_ == pages::processes ? requests_ : 0) {}

  Outcome run(Mutator& m, int mutator) {
    const kernels::Share share = kernels::share_of(requests_, mutator, mutators_);
    if (mutator == 0) idle_ = measure::footprint_of();
    if (way_ == pages::threads) return by_threads(m, mutator, share);
    return kernels::requests_at_once<M>(
        m, seed_, share, bytes_, [&](std::span<const kernels::Exchange> exchanges) {
          if (way_ == pages::processes) return by_processes(mutator, share, exchanges);
          if (mutator != 0) return kernels::exchange_by_coroutines(port_, exchanges, bytes_);
          kernels::exchange_by_coroutines(port_, exchanges, bytes_, server_.descriptor(),
                                          [&] { let_them_be_answered(); });
        });
  }

  void finish(Mutator&) {
    switches_of_children_ = pages::switches_of_children() - switches_before_;
  }

  /// What the requests take while all wait, above what there was before. Bytes.
  std::vector<std::pair<std::string, double>> extra() const {
    const auto above = [](std::uint64_t now, std::uint64_t before) {
      return static_cast<double>(now) - static_cast<double>(before);
    };
    return {{"memory_above_idle_bytes", above(waiting_.total(), idle_.total())},
            {"anonymous_above_idle_bytes", above(waiting_.anonymous, idle_.anonymous)},
            {"kernel_stacks_above_idle_bytes", above(waiting_.kernel_stacks, idle_.kernel_stacks)},
            {"page_tables_above_idle_bytes", above(waiting_.page_tables, idle_.page_tables)},
            {"switches_of_children", static_cast<double>(switches_of_children_)}};
  }

 private:
  /// The limit is met here first, or the server would end of it without a word to us.
  kernels::Companion start_server() const {
    kernels::allow_descriptors(requests_ + 64);
    return kernels::Companion("serve", {bytes_, 0, requests_});
  }

  Outcome by_threads(Mutator& m, int mutator, kernels::Share share) {
    typename M::Heap& heap = m.heap();
    MappedArray<Outcome> outcomes(share.size());
    m.blocking([&] {
      std::vector<std::thread> threads;
      threads.reserve(share.size());
      for (std::uint64_t i = share.first; i < share.last; ++i) {
        threads.push_back(kernels::start_thread([&, i] {
          Mutator own{heap};
          outcomes[i - share.first] =
              kernels::request<M>(own, seed_, i, bytes_, [&](const std::byte* from, std::byte* to) {
                kernels::Connection(port_).exchange(from, to, bytes_);
              });
        }));
      }
      if (mutator == 0) let_them_be_answered();
      for (std::thread& thread : threads) thread.join();
    });
    Outcome sum;
    for (const Outcome& outcome : outcomes) sum += outcome;
    return sum;
  }

  void by_processes(int mutator, kernels::Share share,
                    std::span<const kernels::Exchange> exchanges) {
    std::vector<kernels::Companion> clients;
    clients.reserve(exchanges.size());
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      clients.emplace_back("page", std::initializer_list<std::uint64_t>{bytes_, port_});
      children_[share.first + i].store(clients[i].id(), std::memory_order_relaxed);
      clients[i].write(exchanges[i].from, bytes_);
    }
    if (mutator == 0) let_them_be_answered();
    for (std::size_t i = 0; i < exchanges.size(); ++i) clients[i].read(exchanges[i].to, bytes_);
  }

  /// Waits until all requests are at the server.
  void let_them_be_answered() {
    server_.read_number();
    waiting_ = measure::footprint_of();
    for (const auto& child : children_) {
      waiting_ += measure::footprint_of(child.load(std::memory_order_relaxed));
    }
    const char open = 1;
    server_.write(&open, sizeof open);
  }

  const std::uint64_t seed_;
  const int mutators_;
  const std::uint64_t requests_;
  const std::size_t bytes_;
  const std::int64_t way_;
  const std::uint64_t switches_before_;
  kernels::Companion server_;
  const std::uint16_t port_;
  MappedArray<std::atomic<pid_t>> children_;
  measure::Footprint idle_, waiting_;  // the first mutator's
  std::uint64_t switches_of_children_ = 0;
};

}  // namespace reclaim
