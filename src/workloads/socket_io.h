// socket-io: threads send records to a server over TCP, and wait for the answers: clients of
// anything. The server is a process of its own on the loopback, and answers after a while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/kernels/companion.h"
#include "workloads/kernels/loopback.h"
#include "workloads/kernels/requests.h"

namespace reclaim {

inline constexpr ParameterInfo socket_io_parameters[] = {
    {"requests", "requests of all threads together", 16, 320, 3200, 1, 1e9},
    {"bytes", "of a record, and of its answer", 64, 1024, 1024, 8, 1e8},
    {"delay", "microseconds after which the server answers", 20, 200, 200, 0, 1e6},
};

inline constexpr WorkloadInfo socket_io_info{
    .id = "socket-io",
    .shows = "waiting for a server: threads overlap under a GIL too, for it is let go meanwhile",
    .origin = "of this project; clients of a server",
    .parameters = socket_io_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = kernels::bytes_of_requests,
    .shares = shares_nothing};

template <Model M>
class SocketIo {
 public:
  SocketIo(typename M::Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(context.threads),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        delay_us_(context.parameters.integer("delay")),
        server_("serve", {bytes_, static_cast<std::uint64_t>(delay_us_), 0}),
        port_(static_cast<std::uint16_t>(server_.read_number())) {}

  Outcome run(typename M::Mutator& m, int thread) {
    const kernels::Share share = kernels::share_of(requests_, thread, threads_);
    Outcome outcome;
    std::optional<kernels::Connection> connection;
    m.blocking([&] { connection.emplace(port_); });
    for (std::uint64_t i = share.first; i < share.last; ++i) {
      outcome += kernels::request<M>(
          m, seed_, i, bytes_,
          [&](const std::byte* from, std::byte* to) { connection->exchange(from, to, bytes_); });
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
  kernels::Companion server_;
  const std::uint16_t port_;
};

}  // namespace reclaim
