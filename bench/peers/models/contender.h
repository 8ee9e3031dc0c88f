// A model of the laboratory as a contender: rounds in one process on one heap, timed by the same
// code as a cell. Unlike a cell it takes no census between rounds, which would collect the heap
// while no one looks.
#pragma once

#include <string_view>

#include "cells/drive.h"
#include "peers/native/order.h"

namespace reclaim::peers {

struct ModelContender {
  std::string_view model;
  std::string_view workload;
  bool counted;  ///< with the census, as in cells
  Account (*run)(const Order&);
};

/// Called before main, once for each instance. Returns true so that it can initialise.
bool add_contender(const ModelContender& contender);

/// Every recorded stop of a histogram, each within 0.4 %.
inline void append_stops(const Histogram& stops, bool full, std::vector<Pause>& to) {
  const auto count = stops.count();
  for (std::uint64_t i = 0; i < count; ++i) {
    const double q = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    to.push_back({.ns = static_cast<std::int64_t>(stops.quantile_ns(q)), .full = full});
  }
}

template <Model M, class Workload>
Account run_model(const Order& order) {
  Account account;
  cells::RunRequest request;
  request.context = order.context;
  request.heap.limit_bytes = order.heap_bytes;
  typename M::Heap heap{request.heap};
  for (int i = 0; i < order.rounds; ++i) {
    cells::RunResult result;
    cells::detail::perform<M, Workload>(heap, request, result);
    account.rounds.push_back(
        {.wall_ns = static_cast<std::int64_t>(result.wall_s * 1e9),
         .cpu_ns = static_cast<std::int64_t>((result.user_s + result.sys_s) * 1e9),
         .checksum = result.outcome.checksum});
  }
  append_stops(heap.stops().of(StopCause::minor_gc), false, account.pauses);
  append_stops(heap.stops().of(StopCause::major_gc), true, account.pauses);
  if (const Census census = heap.census(); census.allocated_bytes != 0) {
    account.allocated_bytes = census.allocated_bytes;
  }
  return account;
}

template <template <class> class Model, template <class> class Workload>
bool add_contenders(std::string_view workload) {
  using C = Model<Counted>;
  using U = Model<Uncounted>;
  return add_contender({C::traits.id, workload, true, &run_model<C, Workload<C>>}) &&
         add_contender({U::traits.id, workload, false, &run_model<U, Workload<U>>});
}

}  // namespace reclaim::peers
