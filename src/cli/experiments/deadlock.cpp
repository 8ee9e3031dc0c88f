// Claims 4 and 5: with a lock in every object two threads can wait for each other for ever; with
// one lock for all they cannot.
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/spin_barrier.h"
#include "cli/experiments/rules.h"
#include "models/rc/rc_gil.h"
#include "models/rc/rc_locked.h"

namespace reclaim::cli {

namespace {

using cells::Json;

template <class M>
struct Account : M::template Object<Account<M>, Monitored> {
  std::int64_t money = 100;
};

/// Two threads move money between two accounts, in opposite directions: work(mutator, from, to).
template <class M, class Work>
Json move_money(Work&& work) {
  using Global = typename M::template Global<Account<M>>;
  using Local = typename M::template Local<Account<M>>;
  typename M::Heap heap;
  Global accounts[] = {Global{heap}, Global{heap}};
  {
    typename M::Mutator m{heap};
    for (Global& account : accounts) {
      const Local fresh{m, m.template make<Account<M>>()};
      m.store(account, fresh);
    }
  }
  std::atomic<int> finished = 0;
  const auto run = [&](int thread) {
    typename M::Mutator m{heap};
    const Local from{m, m.load(accounts[thread])}, to{m, m.load(accounts[1 - thread])};
    work(m, from, to);
    ++finished;
  };
  std::thread one(run, 0), two(run, 1);
  one.join();
  two.join();
  return {{"finished", finished.load()}};
}

/// Each locks the account that it takes from, then the one that it gives to. Both have the first
/// lock before either asks for the second.
Json opposite(const std::string&) {
  SpinBarrier both_have_one{2};
  return move_money<RcLocked<>>([&](auto& m, auto& from, auto& to) {
    m.synchronized(from, [&] {
      from->money -= 1;
      m.blocking([&] { both_have_one.arrive_and_wait(); });
      m.synchronized(to, [&] { to->money += 1; });
    });
  });
}

/// Each locks the two in the order that both agree on.
Json agreed(const std::string& size) {
  const int times = size == "tiny" ? 100 : 10'000;
  return move_money<RcLocked<>>([times](auto& m, auto& from, auto& to) {
    const bool from_first = from.get() < to.get();
    auto &first = from_first ? from : to, &second = from_first ? to : from;
    for (int i = 0; i < times; ++i) {
      m.synchronized(first, [&] {
        m.synchronized(second, [&] {
          from->money -= 1;
          to->money += 1;
        });
      });
    }
  });
}

/// One lock for all. Both are brought to the same place as above, between the two accounts: to let
/// the other come there, the lock has to be given up, and nothing is held then.
Json one_lock(const std::string&) {
  std::atomic<int> half_way = 0;
  return move_money<RcGil<>>([&](auto& m, auto& from, auto& to) {
    from->money -= 1;
    ++half_way;
    while (half_way != 2) m.poll();
    to->money += 1;
  });
}

constexpr std::array<Observation, 3> deadlock_observations = {
    {{"rc-locked, opposite orders", opposite},
     {"rc-locked, one order", agreed},
     {"rc-gil", one_lock}}};

bool finished(const Evidence& e, std::string_view name) {
  const Json& result = e.observed(name);
  return result.is_object() && result.value("finished", 0) == 2;
}

Finding judge_deadlock(const Evidence& e) {
  report::Experiment::Table table{"Two threads, two accounts", {"locks", "what became of it"}, {}};
  bool any = false;
  for (const Observation& observation : deadlock_observations) {
    const std::string words = e.complaint(observation.name);
    any = any || finished(e, observation.name) || !words.empty();
    table.rows.push_back({std::string(observation.name),
                          finished(e, observation.name) ? "both threads finished" : words});
  }
  if (!any) return undecidable("nothing was observed");
  const std::string told = e.complaint("rc-locked, opposite orders");
  return decided(told.starts_with("deadlock: ") && finished(e, "rc-locked, one order") &&
                     finished(e, "rc-gil"),
                 fmt::format("locked in opposite orders: {}; in one order, and with one lock for "
                             "all, {}",
                             told.empty() ? "both finished" : "ended, \"" + told + "\"",
                             finished(e, "rc-locked, one order") && finished(e, "rc-gil")
                                 ? "both threads finish"
                                 : "not both threads finish"),
                 {table});
}

constexpr std::array<Experiment, 1> deadlock_theme = {{
    {4, "deadlock",
     "With a lock in every object threads can wait for each other for ever; one lock for all "
     "cannot "
     "deadlock with itself.",
     "two locks taken in opposite orders: found, told who waits for whom, ended; in one order, and "
     "under a GIL: both threads finish",
     judge_deadlock, nullptr, deadlock_observations},
}};

}  // namespace

std::span<const Experiment> deadlock_experiments() { return deadlock_theme; }

}  // namespace reclaim::cli
