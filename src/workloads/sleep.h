// sleep: threads that do nothing for a while, many times: waiting at its plainest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/kernels/pause.h"
#include "workloads/kernels/requests.h"

namespace reclaim {

inline constexpr ParameterInfo sleep_parameters[] = {
    {"requests", "sleeps of all threads together", 16, 320, 3200, 1, 1e9},
    {"bytes", "of a record that is made before, and used after", 64, 256, 256, 8, 1e8},
    {"delay", "microseconds that a sleep takes", 20, 250, 250, 0, 1e6},
};

inline constexpr WorkloadInfo sleep_info{
    .id = "sleep",
    .shows = "sleeping: threads overlap under a GIL too, for it is let go meanwhile",
    .origin = "of this project; waiting at its plainest",
    .parameters = sleep_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = kernels::bytes_of_requests,
    .shares = shares_nothing};

template <Model M>
class Sleep {
 public:
  Sleep(typename M::Mutator&, const WorkloadContext& context)
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
            kernels::pause_us(delay_us_);
            std::memcpy(to, from, bytes_);
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
