// Claim 13, seen over time: when the cycle collector of rc-gil runs, and what it leaves.
#include <fmt/format.h>

#include <array>
#include <tuple>

#include "cli/experiments/rules.h"
#include "models/rc/rc_gil.h"

namespace reclaim::cli {

namespace {

using cells::Json;
using Table = report::Experiment::Table;

template <class M>
struct Knot : M::template Object<Knot<M>, Cyclic> {
  typename M::template Field<Knot> next;
  std::int64_t number = 0;
  static constexpr auto refs() { return std::tuple{&Knot::next}; }
  static constexpr auto reclaim_data() { return &Knot::number; }
  static void on_reclaim(std::int64_t) { ++ends; }
  static inline std::uint64_t ends = 0;
};

/// What is in each generation, and how often it was collected, as containers are made and kept.
Json thresholds(const std::string&) {
  using M = RcGil<>;
  M::Heap heap;
  Json moments = Json::array();
  M::Mutator m{heap};
  M::Local<Knot<M>> list{m};
  const auto look = [&](int made) {
    Json moment = {{"made", made}, {"objects", Json::array()}, {"collections", Json::array()}};
    for (std::size_t i = 0; i < 3; ++i) {
      moment["objects"].push_back(heap.cycles().objects(i));
      moment["collections"].push_back(heap.cycles().collections(i));
    }
    moments.push_back(std::move(moment));
  };
  const std::array moments_wanted = {700, 701, 1'402, 8'411, 8'412, 100'943, 100'944};
  auto wanted = moments_wanted.begin();
  for (int made = 1; wanted != moments_wanted.end(); ++made) {
    M::Local<Knot<M>> knot{m, m.make<Knot<M>>()};
    m.store(knot, &Knot<M>::next, m.escape(list));
    list = m.escape(knot);
    if (made == *wanted) {
      look(made);
      ++wanted;
    }
  }
  return moments;
}

/// Rings of two are made and let go of. How many of their objects are gone when the program ends,
/// and how many the heap's end finds.
Json rings(int count, bool collector, bool by_hand) {
  using M = RcGil<>;
  Knot<M>::ends = 0;
  HeapOptions options;
  options.cycle_collector = collector;
  M::Heap heap{options};
  {
    M::Mutator m{heap};
    for (int i = 0; i < count; ++i) {
      const M::Local<Knot<M>> a{m, m.make<Knot<M>>()}, b{m, m.make<Knot<M>>()};
      m.store(a, &Knot<M>::next, b);
      m.store(b, &Knot<M>::next, a);
    }
    if (by_hand) m.collect();
  }
  const std::uint64_t gone = Knot<M>::ends;
  return {{"made", 2 * count}, {"gone", gone}, {"left_after", heap.census().leaked_objects}};
}
Json on(const std::string&) { return rings(10'000, true, false); }
Json off(const std::string&) { return rings(10'000, false, false); }
Json off_by_hand(const std::string&) { return rings(10'000, false, true); }
Json ends_first(const std::string&) { return rings(100, true, false); }

constexpr const char* by_hand = "off, and gc.collect() by hand";
constexpr const char* few = "on, and the program ends before the first collection";
constexpr std::array<Observation, 5> collector_observations = {{{"thresholds", thresholds},
                                                                {"on", on},
                                                                {"off", off},
                                                                {by_hand, off_by_hand},
                                                                {few, ends_first}}};

Finding judge_collector(const Evidence& e) {
  for (const Observation& observation : collector_observations) {
    if (e.observed(observation.name).is_null()) {
      return undecidable(fmt::format("{}: {}", observation.name, e.complaint(observation.name)));
    }
  }
  Table over_time{"Containers are made and kept: what is in the three generations",
                  {"made", "young", "middle", "old", "young collected", "middle", "all"},
                  {}};
  for (const Json& moment : e.observed("thresholds")) {
    std::vector<std::string> row = {fmt::format("{}", moment.at("made").get<int>())};
    for (const char* what : {"objects", "collections"}) {
      for (const Json& number : moment.at(what)) {
        row.push_back(fmt::format("{}", number.get<std::uint64_t>()));
      }
    }
    over_time.rows.push_back(std::move(row));
  }
  Table outcomes{
      "Rings are made and let go of",
      {"cycle collector", "objects made", "gone at the program's end", "left when it has ended"},
      {}};
  const auto gone = [&](const char* name) {
    return e.observed(name).at("gone").get<std::uint64_t>();
  };
  const auto made = [&](const char* name) {
    return e.observed(name).at("made").get<std::uint64_t>();
  };
  for (const char* name : {"on", "off", by_hand, few}) {
    outcomes.rows.push_back({name, fmt::format("{}", made(name)), fmt::format("{}", gone(name)),
                             fmt::format("{}", made(name) - gone(name))});
  }
  const auto collected = [&](std::size_t moment) {
    return e.observed("thresholds").at(moment).at("collections").at(0).get<std::uint64_t>();
  };
  const bool right = collected(0) == 0 && collected(1) == 1 && gone("on") >= made("on") * 9 / 10 &&
                     gone("on") < made("on") && gone("off") == 0 &&
                     gone(by_hand) == made(by_hand) && gone(few) == 0;
  return decided(
      right,
      fmt::format("the 701st container brings the first collection; of {} objects in rings {} are "
                  "gone at the end with the collector on, {} off, {} by hand; of {} none where the "
                  "program ends first",
                  made("on"), gone("on"), gone("off"), gone(by_hand), made(few)),
      {over_time, outcomes});
}

constexpr std::array<Experiment, 1> cycle_collector_theme = {{
    {13, "cycle-collector",
     "A cycle collector runs by thresholds (700, 10, 10) and by hand; what it has not come to is "
     "left when the program ends.",
     "none before 700 containers, one at the next; on, nearly all rings are gone, off none, by "
     "hand "
     "all; a program that ends before the threshold leaves them",
     judge_collector, nullptr, collector_observations},
}};

}  // namespace

std::span<const Experiment> cycle_collector_experiments() { return cycle_collector_theme; }

}  // namespace reclaim::cli
