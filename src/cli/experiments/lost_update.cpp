// Claim 3, step by step: two threads read the same count, each writes its own sum, and one of the
// two updates is lost. First in an order that is forced, then as often as it happens by itself.
#include <fmt/format.h>

#include <array>
#include <optional>
#include <thread>

#include "base/spin_barrier.h"
#include "cli/experiments/rules.h"
#include "cli/experiments/written_order.h"
#include "measure/clock.h"
#include "models/rc/counts.h"
#include "models/rc/locking.h"
#include "models/rc/model.h"
#include "models/rc/racy.h"

namespace reclaim::cli {

namespace {

using cells::Json;

template <class Count>
struct Ordered : rc::Model<Counted, Count, rc::FreeThreaded, rc::CyclesLeak> {};
using OrderedRacy = Ordered<rc::BasicRacyCount<OrderedMachine>>;
using OrderedAtomic = Ordered<rc::BasicAtomicCount<OrderedMachine>>;

template <class M>
struct Thing : M::template Object<Thing<M>> {
  std::int64_t number = 0;
  static constexpr auto reclaim_data() { return &Thing::number; }
  static void on_reclaim(std::int64_t) { ++ends; }
  static inline int ends = 0;
};

/// An object with one reference; two threads take one more each, and give it up. What they do to
/// the count happens in `order`. Then the first reference is given up too.
template <class M>
Json in_order(std::vector<int> order) {
  using Local = typename M::template Local<Thing<M>>;
  Thing<M>::ends = 0;
  typename M::Heap heap;
  Json result = {{"steps", Json::array()}};
  {
    typename M::Mutator m{heap};
    const Local first{m, m.template make<Thing<M>>()};
    WrittenOrder written{std::move(order)};
    const auto run = [&](int thread) {
      typename M::Mutator mine{heap};
      const WrittenOrder::Part part{written, thread};
      const Local taken{mine, mine.copy(first)};
    };
    std::thread one(run, 1), two(run, 2);
    one.join();
    two.join();
    for (const MachineStep& step : written.steps()) {
      result["steps"].push_back(
          {{"thread", step.thread}, {"what", step.what}, {"after", step.after}});
    }
    result["dead_while_referred_to"] = Thing<M>::ends;
  }
  result["never_freed"] = heap.census().leaked_objects;
  return result;
}

/// An unsynchronised update is a load and a store, two places each.
Json taken_together(const std::string&) { return in_order<OrderedRacy>({1, 2, 1, 2, 1, 1, 2, 2}); }
Json given_up_together(const std::string&) {
  return in_order<OrderedRacy>({1, 1, 2, 2, 1, 2, 1, 2});
}
/// An atomic update has one place: there is nothing to come between.
Json atomic(const std::string&) { return in_order<OrderedAtomic>({1, 2, 1, 2, 1, 1, 2, 2}); }

/// Two threads, `tries` times: each counts one reference at the same moment. How often one of the
/// two is lost.
template <class Count>
Json at_random(std::uint64_t tries) {
  constexpr std::int64_t most_ns = 5'000'000'000;
  constexpr std::uint32_t right = 3;
  SpinBarrier start{2}, end{2};
  std::optional<Count> count;
  bool goes_on = true;
  std::uint64_t made = 0, lost = 0;
  std::thread other([&] {
    while (true) {
      start.arrive_and_wait();
      if (!goes_on) return;
      count->retain();
      end.arrive_and_wait();
    }
  });
  const std::int64_t begin_ns = now_ns();
  while (goes_on) {
    count.emplace();
    goes_on = made < tries && now_ns() - begin_ns < most_ns;
    start.arrive_and_wait();
    if (!goes_on) break;
    count->retain();
    end.arrive_and_wait();
    ++made;
    if (count->value() != right) ++lost;
  }
  other.join();
  return {{"tries", made}, {"lost", lost}};
}

/// Two threads count one reference after the other, for a while.
template <class Count>
Json back_to_back(std::uint64_t each) {
  SpinBarrier start{2};
  Count count;
  const auto work = [&] {
    start.arrive_and_wait();
    for (std::uint64_t i = 0; i < each; ++i) count.retain();
  };
  std::thread other(work);
  work();
  other.join();
  return {{"tries", 2 * each}, {"lost", 2 * each + 1 - count.value()}};
}

Json by_chance(const std::string& size) {
  const std::uint64_t tries = size == "tiny" ? 2'000 : 200'000;
  const std::uint64_t each = size == "tiny" ? 100'000 : 10'000'000;
  return {{"unsynchronised, at the same moment", at_random<rc::RacyCount>(tries)},
          {"atomic, at the same moment", at_random<rc::AtomicCount>(tries)},
          {"unsynchronised, back to back", back_to_back<rc::RacyCount>(each)},
          {"atomic, back to back", back_to_back<rc::AtomicCount>(each)}};
}

constexpr const char* increment = "two take a reference at the same time";
constexpr const char* decrement = "two give one up at the same time";
constexpr const char* in_one = "the same order, atomic";
constexpr const char* chance = "by chance";
constexpr std::array<Observation, 4> lost_update_observations = {{{increment, taken_together},
                                                                  {decrement, given_up_together},
                                                                  {in_one, atomic},
                                                                  {chance, by_chance}}};

/// What is true beside what the count says: a thread holds a reference from its first update of the
/// count to its second.
report::Experiment::Table steps_table(const char* title, const Json& observed) {
  report::Experiment::Table table{
      title, {"thread", "what it does", "count", "references there are"}, {}};
  table.rows.push_back({"—", "the object is new", "1", "1"});
  int references = 1;
  int updates[] = {0, 0};
  for (const Json& step : observed.at("steps")) {
    const int thread = step.at("thread");
    const std::string what = step.at("what");
    if (!what.starts_with("reads")) references += updates[thread - 1]++ == 0 ? 1 : -1;
    table.rows.push_back({fmt::format("{}", thread), what,
                          fmt::format("{}", step.at("after").get<std::uint32_t>()),
                          fmt::format("{}", references)});
  }
  if (observed.at("dead_while_referred_to") != 0) {
    table.rows.push_back({"—", "the object is dead, and somebody holds it", "0", "1"});
  } else if (observed.at("never_freed") != 0) {
    table.rows.push_back({"—", "the last reference is given up: never freed", "1", "0"});
  } else {
    table.rows.push_back({"—", "the last reference is given up: freed", "0", "0"});
  }
  return table;
}

Finding judge_steps(const Evidence& e) {
  for (const Observation& observation : lost_update_observations) {
    if (e.observed(observation.name).is_null()) {
      return undecidable(fmt::format("{}: {}", observation.name, e.complaint(observation.name)));
    }
  }
  const Json &up = e.observed(increment), &down = e.observed(decrement),
             &whole = e.observed(in_one), &counts = e.observed(chance);
  report::Experiment::Table rates{
      "By chance, on this machine", {"two threads count up", "updates", "lost", "share"}, {}};
  std::uint64_t lost_unsynchronised = 0, lost_atomic = 0;
  for (const auto& [name, row] : counts.items()) {
    const std::uint64_t tries = row.at("tries"), lost = row.at("lost");
    (name.starts_with("atomic") ? lost_atomic : lost_unsynchronised) += lost;
    rates.rows.push_back({name, fmt::format("{}", tries), fmt::format("{}", lost),
                          fmt::format("{:.4f} %", tries == 0 ? 0
                                                             : 100 * static_cast<double>(lost) /
                                                                   static_cast<double>(tries))});
  }
  const bool forced = up.at("dead_while_referred_to") == 1 && up.at("never_freed") == 0 &&
                      down.at("never_freed") == 1 && down.at("dead_while_referred_to") == 0 &&
                      whole.at("never_freed") == 0 && whole.at("dead_while_referred_to") == 0;
  return decided(
      forced && lost_atomic == 0,
      fmt::format("both read 1 and write 2: dead while referred to; both read 3 and write 2: never "
                  "freed; in one operation each: neither. By chance {} updates were lost "
                  "unsynchronised, {} atomic",
                  lost_unsynchronised, lost_atomic),
      {steps_table("Two threads take a reference at the same time, then give it up", up),
       steps_table("Two threads take one each in turn, and give it up at the same time", down),
       steps_table("The first order again, where an update is one operation", whole), rates});
}

constexpr std::array<Experiment, 1> lost_update_theme = {{
    {3, "lost-update-steps", "Two threads that each read 1 and write 2 have lost an update.",
     "in that order an increment is lost and the object dies while it is referred to, or a "
     "decrement and it is never freed; updates that are one operation lose none in any order",
     judge_steps, nullptr, lost_update_observations},
}};

}  // namespace

std::span<const Experiment> lost_update_experiments() { return lost_update_theme; }

}  // namespace reclaim::cli
