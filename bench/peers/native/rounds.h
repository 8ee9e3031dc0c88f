// Rounds of a workload written for one runtime: the threads start together, and the wall time runs
// to the last one's return, as in src/cells/drive.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include "base/spin_barrier.h"
#include "measure/clock.h"
#include "measure/cpu_time.h"
#include "peers/native/order.h"

namespace reclaim::peers {

/// A Part is one thread's part in a round:
///   Part{context, thread}   made in that thread, before all start
///   std::uint64_t run()     does it; its checksum
template <class Part>
Round do_round(const WorkloadContext& context) {
  struct Done {
    std::int64_t begin_ns = 0, end_ns = 0;
    std::uint64_t checksum = 0;
  };
  std::vector<Done> all(static_cast<std::size_t>(context.threads));
  SpinBarrier start{context.threads};
  const auto do_part = [&](int thread) {
    Part part{context, thread};
    Done& done = all[static_cast<std::size_t>(thread)];
    start.arrive_and_wait();
    done.begin_ns = now_ns();
    done.checksum = part.run();
    done.end_ns = now_ns();
  };

  const measure::ProcessUsage before = measure::process_usage();
  std::vector<std::thread> others;
  for (int thread = 1; thread < context.threads; ++thread) others.emplace_back(do_part, thread);
  do_part(0);
  for (std::thread& other : others) other.join();
  const measure::ProcessUsage used = measure::process_usage() - before;

  Round round;
  std::int64_t begin_ns = std::numeric_limits<std::int64_t>::max(), end_ns = 0;
  for (const Done& done : all) {
    begin_ns = std::min(begin_ns, done.begin_ns);
    end_ns = std::max(end_ns, done.end_ns);
    round.checksum += done.checksum;
  }
  round.wall_ns = end_ns - begin_ns;
  round.cpu_ns = static_cast<std::int64_t>((used.user_s + used.sys_s) * 1e9);
  return round;
}

/// All rounds of an order.
template <class Part>
Account do_rounds(const Order& order) {
  Account account;
  for (int round = 0; round < order.rounds; ++round) {
    account.rounds.push_back(do_round<Part>(order.context));
  }
  return account;
}

/// One line, exit code 2.
[[noreturn]] inline void no_such_workload(const Order& order) {
  std::fprintf(stderr, "no such workload here: '%s'\n", order.workload.c_str());
  std::exit(2);
}

}  // namespace reclaim::peers
