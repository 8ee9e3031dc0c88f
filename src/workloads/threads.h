// threads: many threads that do nothing but be there: what it takes to start one and to wait for
// its end, what each keeps in memory meanwhile, and what it takes to hand over from one to another
// (through a pipe, as in McVoy, Staelin, "lmbench", USENIX 1996).
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/refusal.h"
#include "base/spin_barrier.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "measure/clock.h"
#include "measure/footprint.h"
#include "workloads/kernels/requests.h"
#include "workloads/kernels/start_thread.h"

namespace reclaim {

inline constexpr ParameterInfo threads_parameters[] = {
    {"count", "threads that are there at the same time", 4, 256, 4096, 1, 1e6},
    {"bytes", "of a record that each makes and uses", 64, 64, 64, 8, 1e6},
    {"handovers", "times that two threads hand over to each other and back", 8, 2000, 20'000, 1,
     1e9},
};

namespace threads {

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const auto bytes = static_cast<std::uint64_t>(context.parameters.integer("bytes"));
  return static_cast<std::uint64_t>(context.parameters.integer("count")) * (2 * bytes + 8);
}

/// A byte in it is a turn.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_) != 0) refused("a pipe", errno);
  }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void take() {
    char turn;
    while (::read(ends_[0], &turn, 1) != 1) {
      if (errno != EINTR) refused("a turn", errno);
    }
  }
  void give() {
    const char turn = 1;
    while (::write(ends_[1], &turn, 1) != 1) {
      if (errno != EINTR) refused("a turn", errno);
    }
  }

 private:
  int ends_[2];
};

}  // namespace threads

inline constexpr WorkloadInfo threads_info{
    .id = "threads",
    .shows = "what a thread costs that does nothing: to start, to keep, to switch to",
    .origin = "Larry McVoy, Carl Staelin: lmbench, USENIX 1996",
    .parameters = threads_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = threads::peak_live_bytes,
    .shares = [](const WorkloadContext&) -> std::string_view {
      return "the threads that it starts";
    }};

template <Model M>
class Threads {
  using Mutator = typename M::Mutator;

 public:
  Threads(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        mutators_(context.threads),
        count_(static_cast<std::uint64_t>(context.parameters.integer("count"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        handovers_(context.parameters.integer("handovers")),
        all_there_(static_cast<int>(count_) + 1),
        may_end_(static_cast<int>(count_) + 1) {}

  Outcome run(Mutator& m, int mutator) {
    const Outcome outcome = keep(m, mutator, kernels::share_of(count_, mutator, mutators_));
    if (mutator == 0) hand_over(m);
    return outcome;
  }

  void finish(Mutator&) {}

  /// For one thread: seconds and bytes.
  std::vector<std::pair<std::string, double>> extra() const {
    const auto n = static_cast<double>(count_);
    const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) * 1e-9; };
    const auto above = [n](std::uint64_t now, std::uint64_t before) {
      return (static_cast<double>(now) - static_cast<double>(before)) / n;
    };
    return {{"start_s", seconds(start_ns_) / n},
            {"end_s", seconds(end_ns_) / n},
            {"handover_s", seconds(handover_ns_) / static_cast<double>(2 * handovers_)},
            {"stack_reserved_bytes", static_cast<double>(kernels::stack_bytes_of_a_thread())},
            {"anonymous_bytes", above(there_.anonymous, before_.anonymous)},
            {"kernel_stack_bytes", above(there_.kernel_stacks, before_.kernel_stacks)},
            {"page_table_bytes", above(there_.page_tables, before_.page_tables)}};
  }

 private:
  /// Starts a share of the threads; each attaches, as a thread of a program does. The first mutator
  /// looks at all of them once they are there.
  Outcome keep(Mutator& m, int mutator, kernels::Share share) {
    typename M::Heap& heap = m.heap();
    MappedArray<Outcome> outcomes(share.size());
    m.blocking([&] {
      if (mutator == 0) before_ = measure::footprint_of();
      const std::int64_t begin_ns = now_ns();
      std::vector<std::thread> started;
      started.reserve(share.size());
      for (std::uint64_t i = share.first; i < share.last; ++i) {
        started.push_back(kernels::start_thread([&, i] {
          Mutator own{heap};
          outcomes[i - share.first] =
              kernels::request<M>(own, seed_, i, bytes_, [&](const std::byte* from, std::byte* to) {
                std::memcpy(to, from, bytes_);
                all_there_.arrive_and_wait();
                may_end_.arrive_and_wait();
              });
        }));
      }
      if (mutator != 0) return join(started);
      all_there_.arrive_and_wait();
      start_ns_ = now_ns() - begin_ns;
      there_ = measure::footprint_of();
      const std::int64_t end_ns = now_ns();
      may_end_.arrive_and_wait();
      join(started);
      end_ns_ = now_ns() - end_ns;
    });
    Outcome sum;
    for (const Outcome& outcome : outcomes) sum += outcome;
    return sum;
  }

  static void join(std::vector<std::thread>& started) {
    for (std::thread& thread : started) thread.join();
  }

  void hand_over(Mutator& m) {
    typename M::Heap& heap = m.heap();
    threads::Pipe there, back;
    std::thread other = kernels::start_thread([&] {
      Mutator own{heap};
      for (std::int64_t i = 0; i < handovers_; ++i) {
        own.blocking([&] { there.take(); });
        own.blocking([&] { back.give(); });
      }
    });
    const std::int64_t begin_ns = now_ns();
    for (std::int64_t i = 0; i < handovers_; ++i) {
      m.blocking([&] { there.give(); });
      m.blocking([&] { back.take(); });
    }
    handover_ns_ = now_ns() - begin_ns;
    m.blocking([&] { other.join(); });
  }

  const std::uint64_t seed_;
  const int mutators_;
  const std::uint64_t count_;
  const std::size_t bytes_;
  const std::int64_t handovers_;
  SpinBarrier all_there_, may_end_;
  measure::Footprint before_, there_;  // the first mutator's, as what follows
  std::int64_t start_ns_ = 0, end_ns_ = 0, handover_ns_ = 0;
};

}  // namespace reclaim
