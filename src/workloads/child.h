// child: threads start a child process for each record, and wait for what it says: pipelines, build
// tools, shells.
#pragma once

#include <cstddef>
#include <cstdint>

#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/kernels/companion.h"
#include "workloads/kernels/requests.h"

namespace reclaim {

inline constexpr ParameterInfo child_parameters[] = {
    {"requests", "child processes of all threads together", 2, 24, 240, 1, 1e6},
    {"bytes", "of a record, and of the answer", 64, 1024, 1024, 8, 1e5},
    {"delay", "microseconds after which a child answers", 20, 4000, 4000, 0, 1e7},
};

inline constexpr WorkloadInfo child_info{
    .id = "child",
    .shows =
        "waiting for child processes: threads overlap under a GIL too, for it is let go meanwhile",
    .origin = "of this project; pipelines, build tools",
    .parameters = child_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = kernels::bytes_of_requests,
    .shares = shares_nothing};

template <Model M>
class Child {
 public:
  Child(typename M::Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(context.threads),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        delay_us_(context.parameters.integer("delay")) {}

  Outcome run(typename M::Mutator& m, int thread) {
    const kernels::Share share = kernels::share_of(requests_, thread, threads_);
    Outcome outcome;
    for (std::uint64_t i = share.first; i < share.last; ++i) {
      outcome +=
          kernels::request<M>(m, seed_, i, bytes_, [&](const std::byte* from, std::byte* to) {
            kernels::Companion child("answer", {bytes_, static_cast<std::uint64_t>(delay_us_)});
            child.write(from, bytes_);
            child.read(to, bytes_);
          });
    }
    return outcome;
  }

  void finish(typename M::Mutator&) {}

 private:
  const std::uint64_t seed_;
  const int threads_;
  const std::uint64_t requests_;
  const std::size_t bytes_;
  const std::int64_t delay_us_;
};

}  // namespace reclaim
