// Conclusions for one setting; overview.cpp draws those over all of them.
#include "report/conclusions.h"

#include <algorithm>
#include <array>
#include <set>

#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr std::array<std::string_view, 13> rule_texts = {
    "Nothing is claimed from fewer than six rounds that ended well, each a fresh process.",
    "Two models differ when a Mann-Whitney U test of their rounds gives p < 0.05 and the 95 % "
    "bootstrap interval of the ratio of their medians excludes 1. Otherwise they are not told "
    "apart, "
    "marked ~. Two equal models are called different in about 3 of 100 comparisons.",
    "The fastest has the least median wall time, the leanest the least median peak memory. Models "
    "that never free are shown, but do not compete: they do less work.",
    "The next is the model with the least median that does differ from the best.",
    "The longest stop is the longest single interval seen in any round, whatever its cause. Time "
    "to "
    "safepoint lies inside a collection's stop and is not ranked beside it. A maximum has no "
    "interval: a longer one may come.",
    "An object has leaked when it is live after the end and after a last collection. What a model "
    "cannot free by its design, and the workload planted, is expected; the rest is not.",
    "Scaling compares work per second at the least thread count with that at the greatest one for "
    "which the machine has a core each. More threads than cores are marked oversubscribed.",
    "Results count only where all models computed the same checksum: they did the same work.",
    "The first screen speaks of each workload at the greatest thread count for which the machine "
    "has "
    "a core each. Memory for time: workloads in which no model is, or is level with, both the "
    "fastest and the leanest. Stops: workloads in which each of the fastest was seen to stop a "
    "thread for over 1 ms.",
    "Answers: the 99th percentile of a request from its begin to its end, a round's, and the "
    "median "
    "over rounds, beside the least of the models that free. Worst moments: the least share of any "
    "10 ms of any round in which a thread could run (minimum mutator utilisation); models whose "
    "stops cannot be seen are not in it.",
    "One lock: models whose threads take turns, by what the model says of itself, or by waits for "
    "an "
    "interpreter lock. Counting: on the least thread count, each model that counts beside the "
    "fastest "
    "that frees by hand on the same allocator. Allocator: the model that ran on most allocators. "
    "Meters: the same cells with the meters on and off.",
    "A mean over workloads carries ~ where no single workload was told apart; beside it stand the "
    "least, the greatest and in how many it was.",
    "There is no score over all workloads. Geometric means are given only of ratios of one kind, "
    "and "
    "speak of the workloads of this report alone."};

std::string how_sure(const measure::Difference& test, std::size_t rounds) {
  return fmt::format("{} to {} (95 %), {}, {}", ratio(test.interval.low), ratio(test.interval.high),
                     p_value(test.test.p), counted(rounds, "round"));
}

/// One of the two quantities that models compete in.
struct Contest {
  Topic topic;
  Estimate Row::*quantity;
  std::optional<double> Row::*ratio_to_best;
  std::optional<measure::Difference> Row::*test;
  std::optional<std::size_t> Scenario::*best;
};

constexpr Contest time_contest{Topic::time, &Row::wall, &Row::wall_ratio, &Row::wall_test,
                               &Scenario::fastest};
constexpr Contest memory_contest{Topic::memory, &Row::peak_rss, &Row::rss_ratio, &Row::rss_test,
                                 &Scenario::leanest};

std::string value_of(const Contest& contest, const Row& row) {
  const double median = (row.*contest.quantity).median;
  return contest.topic == Topic::time ? duration(median) : bytes(median);
}

/// How a contest ended: who leads, who cannot be told apart from the leader, who comes next.
struct Outcome {
  const Row* best = nullptr;
  std::vector<std::string> level;  ///< not told apart from the best
  const Row* next = nullptr;
  bool tested = false;
};

Outcome outcome_of(const Scenario& scenario, const Contest& contest) {
  Outcome result;
  if (!(scenario.*contest.best)) return result;
  result.best = &scenario.rows[*(scenario.*contest.best)];
  result.tested = (result.best->*contest.quantity).samples.size() >= measure::least_runs;
  for (const Row& row : scenario.rows) {
    if (&row == result.best || row.leak.reclaims != result.best->leak.reclaims) continue;
    if (!(row.*contest.test)) continue;
    if (!(row.*contest.test)->differs) {
      result.level.push_back(row.model);
    } else if (result.next == nullptr ||
               (row.*contest.quantity).median < (result.next->*contest.quantity).median) {
      result.next = &row;
    }
  }
  return result;
}

std::string leaders(const Outcome& outcome) {
  std::vector<std::string> names{outcome.best->model};
  names.insert(names.end(), outcome.level.begin(), outcome.level.end());
  return list_of(names);
}

/// Who leads a contest at one thread count, and by how much.
Conclusion conclude_contest(const Scenario& scenario, const Contest& contest) {
  const Outcome outcome = outcome_of(scenario, contest);
  const bool time = contest.topic == Topic::time;
  const std::size_t rounds = (outcome.best->*contest.quantity).samples.size();
  Conclusion result;
  result.topic = contest.topic;
  if (!outcome.tested) {
    result.text = fmt::format("{}: too few rounds to say who {}", threads_words(scenario.threads),
                              time ? "is fastest." : "needs the least memory.");
    result.certainty = fmt::format("{}; six are needed", counted(rounds, "round"));
    return result;
  }
  const std::string value = value_of(contest, *outcome.best);
  if (outcome.level.empty()) {
    result.text = fmt::format("{}: {} {}, {}", threads_words(scenario.threads), outcome.best->model,
                              time ? "is fastest" : "needs the least memory", value);
  } else {
    result.text =
        fmt::format("{}: {} {}, about {}, and are not told apart", threads_words(scenario.threads),
                    leaders(outcome), time ? "are fastest" : "need the least memory", value);
  }
  if (outcome.next != nullptr) {
    result.text += fmt::format("; next is {}, {} {}.", outcome.next->model,
                               ratio(*(outcome.next->*contest.ratio_to_best)),
                               time ? "the time" : "the memory");
    result.certainty = how_sure(*(outcome.next->*contest.test), rounds);
  } else {
    result.text += ".";
    result.certainty = fmt::format("no difference seen, {}", counted(rounds, "round"));
  }
  return result;
}

/// The price of the fastest in memory, and what never freeing would have brought.
void add_tradeoffs(const Scenario& scenario, Conclusion& conclusion) {
  if (scenario.fastest && scenario.leanest) {
    const Row& fastest = scenario.rows[*scenario.fastest];
    if (conclusion.topic == Topic::memory && fastest.rss_test && fastest.rss_test->differs) {
      conclusion.text +=
          fmt::format(" The fastest, {}, needs {}.", fastest.model, ratio(*fastest.rss_ratio));
    }
  }
  if (conclusion.topic != Topic::time) return;
  for (const Row& row : scenario.rows) {
    if (row.leak.reclaims || !row.wall_test || !row.wall_test->differs) continue;
    conclusion.text +=
        fmt::format(" Never freeing ({}) takes {}.", row.model, ratio(*row.wall_ratio));
  }
}

void conclude_work(const Setting& setting, std::vector<Conclusion>& all) {
  for (const Scenario& scenario : setting.scenarios) {
    if (scenario.same_work) continue;
    all.push_back({Topic::work,
                   threads_words(scenario.threads) +
                       ": the checksums differ, so the models did not do the same work; do not "
                       "compare their times.",
                   "exact", true});
  }
}

void conclude_failures(const Setting& setting, std::vector<Conclusion>& all) {
  for (const Scenario& scenario : setting.scenarios) {
    for (const Row& row : scenario.rows) {
      for (const Failure& failure : row.failures) {
        std::string text = fmt::format(
            "{}: {} of {} of {} ended as {}", threads_words(scenario.threads), failure.count,
            counted(row.cells.size(), "round"), row.model, failure.status);
        if (!failure.message.empty()) text += fmt::format(" ({})", failure.message);
        all.push_back({Topic::failures, text + ".", "exact", true});
      }
    }
  }
}

void conclude_stops(const Setting& setting, std::vector<Conclusion>& all) {
  struct Longest {
    const Row* row;
    const StopSummary* stop;
    int threads;
  };
  std::vector<Longest> longest;  // one a model
  bool visible = false;
  int rounds = 0;
  for (const Scenario& scenario : setting.scenarios) {
    for (const Row& row : scenario.rows) {
      visible = visible || row.stops_visible;
      rounds = std::max(rounds, row.ok);
      const StopSummary* stop = row.longest_stop();
      if (stop == nullptr) continue;
      const auto same = std::find_if(longest.begin(), longest.end(), [&](const Longest& known) {
        return known.row->model == row.model;
      });
      const Longest found{&row, stop, scenario.threads};
      if (same == longest.end()) {
        longest.push_back(found);
      } else if (*stop->max_s > *same->stop->max_s) {
        *same = found;
      }
    }
  }
  if (longest.empty()) {
    if (visible) all.push_back({Topic::stops, "No model stopped a mutator.", "exact", false});
    return;
  }
  std::stable_sort(longest.begin(), longest.end(), [](const Longest& a, const Longest& b) {
    return *a.stop->max_s > *b.stop->max_s;
  });
  std::vector<std::string> parts;
  constexpr std::size_t named = 4;
  for (const Longest& item : longest) {
    if (parts.size() == named) {
      parts.push_back("no other over " + duration(*item.stop->max_s));
      break;
    }
    parts.push_back(fmt::format("{} {} ({}, {})", item.row->model, duration(*item.stop->max_s),
                                item.stop->cause, threads_words(item.threads)));
  }
  all.push_back({Topic::stops, fmt::format("Longest: {}.", list_of(parts)),
                 fmt::format("largest of {}; no interval",
                             counted(static_cast<std::size_t>(rounds), "round")),
                 false});
}

void conclude_leaks(const Setting& setting, std::vector<Conclusion>& all) {
  bool counted_any = false;
  bool alarming = false;
  std::vector<std::string> parts;
  std::set<std::string> told;
  for (const Scenario& scenario : setting.scenarios) {
    for (const Row& row : scenario.rows) {
      const Leak& leak = row.leak;
      counted_any = counted_any || (leak.counted && leak.reclaims);
      if (!leak.worth_telling()) continue;
      alarming = alarming || leak.unexpected() || leak.missing();
      std::string part = fmt::format("{} {} objects ({})", row.model,
                                     count(static_cast<double>(leak.left.objects)),
                                     bytes(static_cast<double>(leak.left.bytes)));
      if (leak.unexpected() || leak.missing()) {
        part += fmt::format(", where {} were expected",
                            count(static_cast<double>(leak.expected.value_or(0))));
      } else {
        part += ", as planted";
      }
      if (told.insert(part).second) parts.push_back(part);
    }
  }
  if (!counted_any) return;
  all.push_back(
      {Topic::leaks, parts.empty() ? "Nothing." : list_of(parts) + ".", "exact count", alarming});
}

void conclude_threads(const Setting& setting, std::vector<Conclusion>& all) {
  std::vector<std::string> over;
  for (const Scenario& scenario : setting.scenarios) {
    if (scenario.oversubscribed) over.push_back(std::to_string(scenario.threads));
  }
  const ThreadStep step = thread_step(setting);
  const std::vector<ThreadScaling> scaling = thread_scaling(setting, step);
  if (!scaling.empty()) {
    std::vector<std::string> parts;
    for (const ThreadScaling& item : scaling) {
      parts.push_back(
          fmt::format("{} {}{}", item.model, ratio(item.factor), item.differs ? "" : " ~"));
    }
    const ThreadScaling& best = scaling.front();
    all.push_back({Topic::threads,
                   fmt::format("From {} to {} threads (ideal {}×) work per second becomes: {}.",
                               step.from, step.to, step.to / step.from, list_of(parts)),
                   fmt::format("{}: {} to {} (95 %)", best.model, ratio(best.interval.low),
                               ratio(best.interval.high)),
                   false});
  }
  if (!over.empty()) {
    all.push_back(
        {Topic::threads,
         fmt::format("{} threads are more than the machine has cores: these times are the "
                     "scheduler's as much as the model's.",
                     list_of(over)),
         "exact", false});
  }
}

}  // namespace

std::string_view topic_name(Topic topic) {
  switch (topic) {
    case Topic::work:
      return "Work";
    case Topic::failures:
      return "Failed";
    case Topic::time:
      return "Time";
    case Topic::memory:
      return "Memory";
    case Topic::price:
      return "Memory for time";
    case Topic::stops:
      return "Stops";
    case Topic::latency:
      return "Answers";
    case Topic::utilisation:
      return "Worst moments";
    case Topic::threads:
      return "Threads";
    case Topic::lock:
      return "One lock";
    case Topic::counting:
      return "Counting";
    case Topic::allocators:
      return "Allocator";
    case Topic::leaks:
      return "Leaked";
    case Topic::claims:
      return "Experiments";
    case Topic::meters:
      return "Meters";
  }
  return {};
}

std::span<const std::string_view> rules() { return rule_texts; }

ThreadStep thread_step(const Setting& setting) {
  ThreadStep step;
  if (setting.scenarios.size() < 2) return step;
  step.from = setting.scenarios.front().threads;
  for (const Scenario& scenario : setting.scenarios) {
    if (scenario.threads != step.from && !scenario.oversubscribed) step.to = scenario.threads;
  }
  if (step.to == 0) step.to = setting.scenarios.back().threads;
  return step;
}

std::vector<ThreadScaling> thread_scaling(const Setting& setting, ThreadStep step) {
  const auto at = [&](int threads) {
    return std::find_if(setting.scenarios.begin(), setting.scenarios.end(),
                        [&](const Scenario& scenario) { return scenario.threads == threads; });
  };
  const auto from = at(step.from);
  const auto to = at(step.to);
  std::vector<ThreadScaling> result;
  if (from == setting.scenarios.end() || to == setting.scenarios.end()) return result;
  // Where each thread does the work of one, `to` threads do to / from times as much.
  const double work = setting.work_per_thread ? static_cast<double>(step.to) / step.from : 1;
  for (const Row& row : from->rows) {
    const Row* later = to->find(row.model);
    if (later == nullptr) continue;
    std::vector<double> scaled = later->wall.samples;
    for (double& sample : scaled) sample /= work;
    const auto rate = measure::difference(row.wall.samples, scaled);
    if (!rate) continue;
    result.push_back({row.model, rate->ratio, rate->interval, rate->differs});
  }
  std::stable_sort(
      result.begin(), result.end(),
      [](const ThreadScaling& a, const ThreadScaling& b) { return a.factor > b.factor; });
  return result;
}

std::vector<Conclusion> conclude(const Setting& setting) {
  std::vector<Conclusion> all;
  conclude_work(setting, all);
  conclude_failures(setting, all);
  for (const Contest& contest : {time_contest, memory_contest}) {
    for (const Scenario& scenario : setting.scenarios) {
      if (!(scenario.*contest.best)) continue;
      Conclusion conclusion = conclude_contest(scenario, contest);
      add_tradeoffs(scenario, conclusion);
      all.push_back(std::move(conclusion));
    }
  }
  conclude_stops(setting, all);
  conclude_leaks(setting, all);
  conclude_threads(setting, all);
  return all;
}

}  // namespace reclaim::report
