// Conclusions over all settings: one sentence for each tradeoff, none that sums them up.
#include <algorithm>
#include <map>
#include <set>

#include "report/conclusions.h"
#include "report/experiments.h"
#include "report/format.h"
#include "report/overview_parts.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// In how many settings each model leads, or is not told apart from the leader.
struct Tally {
  std::map<std::string, std::size_t> leads;
  std::set<int> threads;
  std::size_t tested = 0;
  std::size_t untested = 0;
};

Tally tally(const Analysis& analysis, std::optional<std::size_t> Scenario::*best,
            std::optional<measure::Difference> Row::*test, Estimate Row::*quantity) {
  Tally result;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    if (!(scenario.*best) || !scenario.same_work) continue;
    const Row& leader = scenario.rows[*(scenario.*best)];
    if ((leader.*quantity).samples.size() < measure::least_runs) {
      ++result.untested;
      continue;
    }
    ++result.tested;
    result.threads.insert(scenario.threads);
    for (const Row& row : scenario.rows) {
      const bool level =
          row.leak.reclaims == leader.leak.reclaims && (row.*test) && !(row.*test)->differs;
      if (&row == &leader || level) ++result.leads[row.model];
    }
  }
  return result;
}

std::string thread_words(const std::set<int>& threads) {
  std::vector<std::string> names;
  for (const int count : threads) names.push_back(std::to_string(count));
  return list_of(names) + (threads == std::set<int>{1} ? " thread" : " threads");
}

/// "a and b in 11 of 13 workloads, c in 5": most first, equals together.
std::string leaders(const Tally& result) {
  std::map<std::size_t, std::vector<std::string>, std::greater<>> by_number;
  for (const auto& [model, number] : result.leads) by_number[number].push_back(model);
  std::vector<std::string> parts;
  for (const auto& [number, models] : by_number) {
    std::string part = fmt::format("{} in {}", list_of(models), number);
    if (parts.empty()) part += " of " + counted(result.tested, "workload");
    parts.push_back(std::move(part));
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

std::optional<Conclusion> contest(const Analysis& analysis, Topic topic) {
  const bool time = topic == Topic::time;
  const Tally result = time ? tally(analysis, &Scenario::fastest, &Row::wall_test, &Row::wall)
                            : tally(analysis, &Scenario::leanest, &Row::rss_test, &Row::peak_rss);
  const char* superlative = time ? "fastest" : "leanest";
  Conclusion conclusion;
  conclusion.topic = topic;
  conclusion.anchor = time ? "time-of-all" : "memory-of-all";
  if (result.tested == 0) {
    if (result.untested == 0) return std::nullopt;
    conclusion.text = fmt::format("Too few rounds to say who is {}.", superlative);
    conclusion.certainty =
        fmt::format("{}; six are needed", counted(analysis.most_rounds, "round"));
    return conclusion;
  }
  conclusion.text =
      fmt::format("{} on {}, or not told apart from the {}: {}.", time ? "Fastest" : "Leanest",
                  thread_words(result.threads), superlative, leaders(result));
  conclusion.certainty =
      fmt::format("each tested against the {}, p < 0.05; {} rounds each", superlative,
                  analysis.least_rounds == analysis.most_rounds
                      ? std::to_string(analysis.most_rounds)
                      : fmt::format("{} to {}", analysis.least_rounds, analysis.most_rounds));
  return conclusion;
}

std::optional<Conclusion> leaks(const Analysis& analysis) {
  std::vector<std::string> expected, unexpected;
  bool counted_any = false;
  for (const Setting& setting : analysis.settings) {
    std::set<std::string> told;
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        const Leak& leak = row.leak;
        if (!leak.counted || !leak.reclaims) continue;
        counted_any = true;
        const bool wrong = leak.unexpected() || leak.missing();
        if (leak.left.objects == 0 && !wrong) continue;
        if (!told.insert(row.model).second) continue;
        (wrong ? unexpected : expected)
            .push_back(fmt::format("{} in {}", row.model, setting.title));
      }
    }
  }
  if (!counted_any) return std::nullopt;
  std::string text;
  if (!unexpected.empty()) text = fmt::format("Not as expected: {}.", list_of(unexpected));
  if (!expected.empty()) {
    text += fmt::format("{}As its design has it: {}. Nothing else.", text.empty() ? "" : " ",
                        list_of(expected));
  } else if (unexpected.empty()) {
    text = "Nothing.";
  }
  return Conclusion{Topic::leaks, std::move(text), "exact count", !unexpected.empty(),
                    "leaks-of-all"};
}

std::optional<Conclusion> unequal_work(const Analysis& analysis) {
  std::vector<std::string> unequal;
  for (const Setting& setting : analysis.settings) {
    const bool same = std::all_of(setting.scenarios.begin(), setting.scenarios.end(),
                                  [](const Scenario& scenario) { return scenario.same_work; });
    if (!same) unequal.push_back(setting.title);
  }
  if (unequal.empty()) return std::nullopt;
  return Conclusion{
      Topic::work,
      fmt::format("Checksums differ in {}: the models did not do the same work there.",
                  list_of(unequal)),
      "exact", true, "all-of-them"};
}

std::optional<Conclusion> claims(const Results& results) {
  if (results.experiments.empty()) return std::nullopt;
  return Conclusion{Topic::claims, experiments_summary(results) + ".",
                    "each by a rule that was written down before", false, experiments_anchor};
}

std::optional<Conclusion> failures(const Analysis& analysis) {
  if (analysis.cells_ok == analysis.cells) return std::nullopt;
  return Conclusion{
      Topic::failures,
      fmt::format("{} of {} did not end well; each is named at its workload.",
                  analysis.cells - analysis.cells_ok, counted(analysis.cells, "cell")),
      "exact", true, "all-of-them"};
}

}  // namespace

std::vector<Conclusion> overview(const Results& results, const Analysis& analysis) {
  std::vector<Conclusion> all;
  for (const auto& part :
       {unequal_work(analysis), failures(analysis), contest(analysis, Topic::time),
        contest(analysis, Topic::memory), memory_for_time(analysis), pauses_for_time(analysis),
        late_answers(analysis), time_for_mutators(analysis), scaling(analysis),
        cost_of_one_lock(results, analysis), cost_of_counting(results, analysis),
        choice_of_allocator(analysis), leaks(analysis), claims(results), cost_of_meters(results)}) {
    if (part) all.push_back(*part);
  }
  return all;
}

}  // namespace reclaim::report
