// Runs one workload on one model in this process: attaches the mutators, starts them together,
// measures from the start barrier to the last mutator's return, then takes the census.
//
//   attach | set-up | barrier |<---- wall, cpu, faults, switches ---->| detach | last collection |
//   census
//                             run() in every mutator, then finish() in the first
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include "boundary/model.h"
#include "boundary/why.h"
#include "cells/meeting.h"
#include "cells/plant.h"
#include "cells/registry.h"
#include "measure/clock.h"
#include "measure/pss.h"
#include "measure/rss.h"

namespace reclaim::cells {

namespace detail {

inline double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

/// What the kernel has counted for this process so far.
inline rusage usage() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return u;
}

inline void subtract_usage(RunResult& result, const rusage& before, const rusage& after) {
  const auto difference = [](long a, long b) { return static_cast<std::uint64_t>(a - b); };
  result.user_s = seconds(after.ru_utime) - seconds(before.ru_utime);
  result.sys_s = seconds(after.ru_stime) - seconds(before.ru_stime);
  result.minor_faults = difference(after.ru_minflt, before.ru_minflt);
  result.major_faults = difference(after.ru_majflt, before.ru_majflt);
  result.voluntary_switches = difference(after.ru_nvcsw, before.ru_nvcsw);
  result.involuntary_switches = difference(after.ru_nivcsw, before.ru_nivcsw);
}

/// The workload done once by the heap's mutators: all of them, or, where each is a process of its
/// own, this one. The measured fields of `result` are set. With `why`, a heap that can tell says
/// before the work is put away what keeps all that is alive; its times are no measurement then.
template <Model M, class Workload>
void perform(typename M::Heap& heap, const RunRequest& request, RunResult& result,
             std::optional<std::vector<WhyAlive>>* why = nullptr) {
  using Mutator = typename M::Mutator;
  const int threads = request.context.mutators_here();
  Meeting meeting{request};
  Mutator first{heap};
  WorkloadContext context = request.context;
  if (request.time_requests) {
    context.requests = &result.requests.emplace(threads, request.operations_per_s);
  }
  Workload workload{first, context};
  std::vector<Outcome> outcomes(static_cast<std::size_t>(threads));
  std::vector<std::int64_t> begun_ns(static_cast<std::size_t>(threads));

  const auto share = [&](Mutator& m, int thread) {
    const auto i = static_cast<std::size_t>(thread);
    const int number = meeting.first_here() + thread;
    if constexpr (requires { m.begin_share(number); }) m.begin_share(number);
    if (request.planting.any()) plant<M>(m, request.planting, number, request.context.threads);
    m.blocking([&] {
      meeting.start();
      begun_ns[i] = now_ns();
    });
    outcomes[i] = workload.run(m, number);
    m.blocking([&] { meeting.end(); });
  };

  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) {
    others.emplace_back([&, thread] {
      Mutator m{heap};
      share(m, thread);
    });
  }
  result.baseline_rss_bytes = measure::resident_bytes();
  const rusage before = usage();
  share(first, 0);
  if constexpr (requires { heap.why_alive(first); }) {
    if (why != nullptr) *why = heap.why_alive(first);
  }
  workload.finish(first);
  result.end_ns = now_ns();
  const rusage after = usage();
  first.blocking([&] {
    for (std::thread& other : others) other.join();
  });

  result.begin_ns = *std::min_element(begun_ns.begin(), begun_ns.end());
  result.wall_s = static_cast<double>(result.end_ns - result.begin_ns) * 1e-9;
  subtract_usage(result, before, after);
  result.outcome = {};
  for (const Outcome& outcome : outcomes) result.outcome += outcome;
  if constexpr (requires { workload.extra(); }) result.extra = workload.extra();
  if (request.stage != nullptr) {
    first.blocking([&] {
      const measure::SharedMemory memory = measure::shared_memory();
      result.extra.emplace_back("pss_bytes", static_cast<double>(memory.proportional_bytes));
      result.extra.emplace_back("unique_bytes", static_cast<double>(memory.unique_bytes));
      meeting.leave();
    });
  }
}

/// What keeps alive what is left after all; or, where the heap knows that of all that can be
/// reached, what is when the most is alive: the work is done once more for it, so nothing that was
/// measured knows of the question.
template <Model M, class Workload>
std::optional<std::vector<WhyAlive>> ask_why(typename M::Heap& heap, const RunRequest& request) {
  std::optional<std::vector<WhyAlive>> why;
  if constexpr (requires { heap.why_left(); }) {
    why = heap.why_left();
  } else if constexpr (M::traits.tells_why) {
    RunResult unmeasured;
    heap.watch_why();
    perform<M, Workload>(heap, request, unmeasured, &why);
  }
  return why;
}

}  // namespace detail

/// Everything that one worker does. Called at most once per process; see RunFunction.
template <Model M, class Workload>
RunResult drive(const RunRequest& request) {
  RunResult result;
  typename M::Heap heap{request.heap};
  for (int time = 0; time < request.warmup; ++time) {
    detail::perform<M, Workload>(heap, request, result);
  }
  const Census before = request.warmup == 0 ? Census{} : heap.census();
  if (request.warmup != 0) heap.forget_stops();
  detail::perform<M, Workload>(heap, request, result);
  Census census = heap.census();
  census.subtract(before);
  if (census.allocated_objects != 0) result.census = std::move(census);
  result.peak_rss_bytes = measure::peak_resident_bytes();
  if (request.gives_back) result.gave_back = give_back(request.settles);
  for (std::size_t i = 0; i < stop_cause_count; ++i) {
    const auto cause = static_cast<StopCause>(i);
    if (heap.stops().of(cause).count() != 0 || M::traits.stops.has(cause)) {
      result.stops.emplace_back(cause, heap.stops().of(cause));
    }
  }
  if constexpr (requires { heap.events(); }) {
    result.events = heap.events().events(result.events_dropped);
  }
  if constexpr (requires { heap.extra(); }) {
    for (auto& named : heap.extra()) result.extra.push_back(std::move(named));
  }
  if (request.why) result.why = detail::ask_why<M, Workload>(heap, request);
  return result;
}

}  // namespace reclaim::cells
