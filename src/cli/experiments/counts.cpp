// Claim 2: counts, watched step by step.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/experiments/rules.h"
#include "cli/experiments/watch_counts.h"
#include "models/gen/gen.h"
#include "models/manual/manual.h"
#include "models/rc/rc_atomic.h"
#include "models/rc/rc_biased.h"
#include "models/rc/rc_gil.h"
#include "models/rc/rc_gil_ticks.h"
#include "models/rc/rc_locked.h"
#include "models/rc/rc_racy.h"

namespace reclaim::cli {

namespace {

using cells::Json;

/// A model as it is, but for the count being watched.
template <class M, class Count, class Locking, class Cycles>
struct WatchedModel : rc::Model<Counted, Watched<Count>, Locking, Cycles> {
  static constexpr ModelTraits traits = M::traits;
};
using Gil = WatchedModel<RcGil<>, rc::PlainCount, rc::UnderGil, rc::GenerationalCycles>;
using Ticks = WatchedModel<RcGilTicks<>, rc::PlainCount, rc::UnderTickGil, rc::GenerationalCycles>;
using Atomic = WatchedModel<RcAtomic<>, rc::AtomicCount, rc::FreeThreaded, rc::CyclesLeak>;
using Biased = WatchedModel<RcBiased<>, rc::BiasedCount, rc::FreeThreaded, rc::CyclesLeak>;
using Locked = WatchedModel<RcLocked<>, rc::LockedCount, rc::FreeThreaded, rc::CyclesLeak>;
using Racy = WatchedModel<RcRacy<>, rc::RacyCount, rc::FreeThreaded, rc::CyclesLeak>;

template <class M>
Json counted(const std::string&) {
  return {{"alone", watch_one_thread<M>()}, {"between", watch_two_threads<M>()}};
}
template <class M>
Json uncounted(const std::string&) {
  return {{"alone", watch_one_thread<M>()}};
}
Json forgotten(const std::string&) {
  return {{"alone", watch_one_thread<Manual<>>(/*frees=*/false)}};
}

constexpr std::array<Observation, 9> counts_observations = {{{"rc-gil", counted<Gil>},
                                                             {"rc-gil-ticks", counted<Ticks>},
                                                             {"rc-atomic", counted<Atomic>},
                                                             {"rc-biased", counted<Biased>},
                                                             {"rc-locked", counted<Locked>},
                                                             {"rc-racy", counted<Racy>},
                                                             {"gen", uncounted<Gen<>>},
                                                             {"manual", uncounted<Manual<>>},
                                                             {"manual, forgotten", forgotten}}};
constexpr std::array counting = {"rc-gil",    "rc-gil-ticks", "rc-atomic",
                                 "rc-biased", "rc-locked",    "rc-racy"};

/// "2", or the maker's and the others' part: "2+1".
std::string parts_text(const Json& change, std::size_t when, bool biased) {
  const std::int64_t own = change.at("own").at(when), shared = change.at("shared").at(when);
  return biased ? fmt::format("{}+{}", own, shared) : fmt::format("{}", own);
}

std::string after_text(const Json& change, bool biased) {
  if (change.at("last")) return "gone";
  return change.at("reason") == "mailed" ? "mailed" : parts_text(change, 1, biased);
}

/// A row for each change of a count (and for each step without one), a column a model.
report::Experiment::Table trace(const Evidence& e, const char* program, std::string title) {
  report::Experiment::Table table{std::move(title), {"step", "why"}, {}};
  for (const char* model : counting) table.columns.emplace_back(model);
  const Json& first = e.observed(counting.front()).at(program);
  for (std::size_t s = 0; s < first.size(); ++s) {
    const std::string code = first[s].at("step");
    const std::size_t changes = first[s].at("changes").size();
    for (std::size_t c = 0; c < std::max<std::size_t>(changes, 1); ++c) {
      std::vector<std::string> row = {c == 0 ? code : "", ""};
      for (const char* model : counting) {
        const Json& step = e.observed(model).at(program).at(s);
        const bool biased = std::string_view(model) == "rc-biased";
        std::string cell;
        if (c < step.at("changes").size()) {
          const Json& change = step.at("changes")[c];
          cell = fmt::format("{} → {}", parts_text(change, 0, biased), after_text(change, biased));
          if (row[1].empty()) row[1] = change.at("reason");
        } else if (s > 0 && e.observed(model).at(program)[s - 1].at("alive") && !step.at("alive")) {
          cell = "gone";
        }
        row.push_back(std::move(cell));
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

report::Experiment::Table elsewhere(const Evidence& e) {
  report::Experiment::Table table{"The same program where nothing is counted: is the object there?",
                                  {"step", "gen", "manual", "manual, free forgotten"},
                                  {}};
  const Json& first = e.observed("gen").at("alone");
  for (std::size_t s = 0; s < first.size(); ++s) {
    std::vector<std::string> row = {first[s].at("step")};
    for (const char* model : {"gen", "manual", "manual, forgotten"}) {
      row.emplace_back(e.observed(model).at("alone").at(s).at("alive") ? "yes" : "no");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// The counts after each change, first to last.
std::vector<std::int64_t> totals(const Json& steps) {
  std::vector<std::int64_t> all;
  for (const Json& step : steps) {
    for (const Json& change : step.at("changes")) {
      all.push_back(change.at("own")[1].get<std::int64_t>() +
                    change.at("shared")[1].get<std::int64_t>());
    }
  }
  return all;
}

/// The steps as far as the object was there, by number.
std::size_t steps_alive(const Json& steps) {
  std::size_t n = 0;
  for (const Json& step : steps) n += step.at("alive").get<bool>() ? 1 : 0;
  return n;
}

Finding judge_counts(const Evidence& e) {
  for (const Observation& observation : counts_observations) {
    if (e.observed(observation.name).is_null()) {
      return undecidable(
          fmt::format("{} did not end well: {}", observation.name, e.complaint(observation.name)));
    }
  }
  const std::vector<std::int64_t> expected = {1, 2, 3, 2, 1, 2, 1, 0};
  constexpr std::size_t before_del_a = 5, before_collect = 6, all_steps = 7;
  bool right = true;
  std::string seen;
  for (const char* model : counting) {
    const Json& steps = e.observed(model).at("alone");
    const std::int64_t with_b = steps.at(2).at("seen"), without_b = steps.at(4).at("seen");
    right = right && totals(steps) == expected && with_b == 3 && without_b == 2 &&
            steps_alive(steps) == before_del_a;
    if (model == counting.front()) seen = fmt::format("{}, then {}", with_b, without_b);
  }
  const auto alive = [&](const char* model) { return steps_alive(e.observed(model).at("alone")); };
  right = right && alive("gen") == before_collect && alive("manual") == before_del_a &&
          alive("manual, forgotten") == all_steps;
  return decided(
      right,
      fmt::format("getrefcount(a) is {} (CPython: 3, then 2); at zero the object goes within the "
                  "step on {} of {} counting models; gen keeps it until a collection, manual until "
                  "somebody frees it",
                  seen,
                  std::count_if(counting.begin(), counting.end(),
                                [&](const char* model) { return alive(model) == before_del_a; }),
                  counting.size()),
      {trace(e, "alone",
             "What happens to the count: before → after (rc-biased: the maker's part + "
             "the others')"),
       trace(e, "between",
             "Between two threads, one at a time: T1 makes the objects (rc-biased: a "
             "maker reads its mail when it goes on)"),
       elsewhere(e)});
}

constexpr std::array<Experiment, 1> counts_theme = {{
    {2, "counts",
     "A count is the number of references, an argument counts too, and at zero the object goes at "
     "once.",
     "a = []; b = a: 3 during getrefcount(a), after del b 2; gone in the step that gives up the "
     "last",
     judge_counts, nullptr, counts_observations},
}};

}  // namespace

std::span<const Experiment> counts_experiments() { return counts_theme; }

}  // namespace reclaim::cli
