// sqlite: threads insert records into a table and select them again, a statement at a time, as
// programs do that are not short of a processor. The disk's part is a sleep, for the page cache
// answers at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "boundary/model.h"
#include "boundary/workload.h"
#include "workloads/kernels/database.h"
#include "workloads/kernels/pause.h"
#include "workloads/kernels/requests.h"

namespace reclaim {

inline constexpr ParameterInfo sqlite_parameters[] = {
    {"requests", "records that all threads together insert and select", 16, 320, 3200, 1, 1e9},
    {"bytes", "of a record", 64, 1024, 1024, 8, 1e8},
    {"delay", "microseconds that the disk takes for a record", 20, 200, 200, 0, 1e6},
};

inline constexpr WorkloadInfo sqlite_info{
    .id = "sqlite",
    .shows = "waiting for a database: threads overlap under a GIL too, for it is let go meanwhile",
    .origin = "of this project; any program with a database",
    .parameters = sqlite_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = kernels::bytes_of_requests,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a database"; }};

template <Model M>
class Sqlite {
 public:
  Sqlite(typename M::Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(context.threads),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        delay_us_(context.parameters.integer("delay")) {}

  Outcome run(typename M::Mutator& m, int thread) {
    const kernels::Share share = kernels::share_of(requests_, thread, threads_);
    Outcome outcome;
    std::optional<kernels::Database> database;
    m.blocking([&] { database.emplace(); });
    for (std::uint64_t i = share.first; i < share.last; ++i) {
      outcome +=
          kernels::request<M>(m, seed_, i, bytes_, [&](const std::byte* from, std::byte* to) {
            database->insert(i, from, bytes_);
            kernels::pause_us(delay_us_);
            database->select(i, to, bytes_);
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
