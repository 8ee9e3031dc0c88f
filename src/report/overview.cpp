// Conclusions over all settings: one sentence for each tradeoff, none that sums them up.
#include <algorithm>
#include <map>
#include <set>

#include "report/conclusions.h"
#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// Where a model leads, or is not told apart from the leader.
struct Lead {
  std::vector<std::string> titles;
  std::vector<double> price;  ///< ratio to the best in the other quantity
};

struct Tally {
  std::map<std::string, Lead> leads;
  std::set<int> threads;
  std::size_t tested = 0;
  std::size_t untested = 0;
};

/// `best`, `test`: the quantity that is ranked; `price`: the ratio in the other one.
Tally tally(const Analysis& analysis, std::optional<std::size_t> Scenario::*best,
            std::optional<measure::Difference> Row::*test, Estimate Row::*quantity,
            std::optional<double> Row::*price) {
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
      if (&row != &leader && !level) continue;
      result.leads[row.model].titles.push_back(setting.title);
      if (row.*price) result.leads[row.model].price.push_back(*(row.*price));
    }
  }
  return result;
}

std::string thread_words(const std::set<int>& threads) {
  std::vector<std::string> names;
  for (const int count : threads) names.push_back(std::to_string(count));
  return list_of(names) + (threads == std::set<int>{1} ? " thread" : " threads");
}

void add_contest(const Analysis& analysis, Topic topic, std::vector<Conclusion>& all) {
  const bool time = topic == Topic::time;
  const Tally result =
      time ? tally(analysis, &Scenario::fastest, &Row::wall_test, &Row::wall, &Row::rss_ratio)
           : tally(analysis, &Scenario::leanest, &Row::rss_test, &Row::peak_rss, &Row::wall_ratio);
  const char* superlative = time ? "fastest" : "leanest";
  if (result.tested == 0) {
    if (result.untested != 0) {
      all.push_back({topic, fmt::format("Too few rounds to say who is {}.", superlative),
                     fmt::format("{}; six are needed", counted(analysis.most_rounds, "round")),
                     false});
    }
    return;
  }
  std::vector<std::pair<std::string, Lead>> leads(result.leads.begin(), result.leads.end());
  std::stable_sort(leads.begin(), leads.end(), [](const auto& a, const auto& b) {
    return a.second.titles.size() > b.second.titles.size();
  });
  const std::string certainty =
      fmt::format("tested, {} rounds each; means are geometric",
                  analysis.least_rounds == analysis.most_rounds
                      ? std::to_string(analysis.most_rounds)
                      : fmt::format("{} to {}", analysis.least_rounds, analysis.most_rounds));
  bool first = true;
  for (const auto& [model, lead] : leads) {
    std::string text =
        first ? fmt::format("With {}, {} is {}, or not told apart from the {}, in {} of {}: {}",
                            thread_words(result.threads), model, superlative, superlative,
                            lead.titles.size(), counted(result.tested, "workload"),
                            list_of(lead.titles))
              : fmt::format("{} in {}: {}", model, lead.titles.size(), list_of(lead.titles));
    if (!lead.price.empty()) {
      text += fmt::format("; it takes {} the least {} there",
                          ratio(measure::geometric_mean(lead.price)), time ? "memory" : "time");
    }
    all.push_back({topic, text + ".", first ? certainty : "as above", false});
    first = false;
  }
}

void add_stops(const Analysis& analysis, std::vector<Conclusion>& all) {
  struct Longest {
    double seconds = 0;
    std::string where;
  };
  std::map<std::string, Longest> by_model;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        const StopSummary* stop = row.longest_stop();
        if (stop == nullptr || *stop->max_s <= by_model[row.model].seconds) continue;
        by_model[row.model] = {*stop->max_s, fmt::format("{} in {}", stop->cause, setting.title)};
      }
    }
  }
  std::vector<std::pair<std::string, Longest>> sorted(by_model.begin(), by_model.end());
  std::erase_if(sorted, [](const auto& item) { return item.second.where.empty(); });
  if (sorted.empty()) return;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.seconds > b.second.seconds;
  });
  std::vector<std::string> parts;
  constexpr std::size_t named = 4;
  for (const auto& [model, longest] : sorted) {
    if (parts.size() == named) {
      parts.push_back("no other over " + duration(longest.seconds));
      break;
    }
    parts.push_back(fmt::format("{} {} ({})", model, duration(longest.seconds), longest.where));
  }
  all.push_back({Topic::stops, fmt::format("Longest single stop: {}.", list_of(parts)),
                 "largest seen; no interval", false});
}

void add_leaks(const Analysis& analysis, std::vector<Conclusion>& all) {
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
  if (!counted_any) return;
  std::string text;
  if (!unexpected.empty()) text = fmt::format("Not as expected: {}. ", list_of(unexpected));
  if (!expected.empty()) {
    text += fmt::format("As its design has it: {}. Nothing else.", list_of(expected));
  } else if (unexpected.empty()) {
    text = "Nothing.";
  }
  all.push_back({Topic::leaks, std::move(text), "exact count", !unexpected.empty()});
}

void add_threads(const Analysis& analysis, std::vector<Conclusion>& all) {
  std::map<std::string, std::vector<double>> factors;
  std::optional<ThreadStep> common;
  std::size_t settings = 0;
  for (const Setting& setting : analysis.settings) {
    const ThreadStep step = thread_step(setting);
    const auto scaling = thread_scaling(setting, step);
    if (scaling.empty()) continue;
    if (!common) common = step;
    if (common->from != step.from || common->to != step.to) continue;
    ++settings;
    for (const ThreadScaling& item : scaling) factors[item.model].push_back(item.factor);
  }
  if (settings == 0) return;
  std::vector<std::pair<double, std::string>> means;
  for (const auto& [model, values] : factors) {
    means.emplace_back(measure::geometric_mean(values), model);
  }
  std::stable_sort(means.begin(), means.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> parts;
  for (const auto& [mean, model] : means) parts.push_back(model + " " + ratio(mean));
  all.push_back({Topic::threads,
                 fmt::format("From {} to {} threads (ideal {}×) work per second becomes: {}.",
                             common->from, common->to, common->to / common->from, list_of(parts)),
                 fmt::format("geometric mean of {}", counted(settings, "workload")), false});
}

void add_trouble(const Analysis& analysis, std::vector<Conclusion>& all) {
  std::vector<std::string> unequal;
  for (const Setting& setting : analysis.settings) {
    const bool same = std::all_of(setting.scenarios.begin(), setting.scenarios.end(),
                                  [](const Scenario& scenario) { return scenario.same_work; });
    if (!same) unequal.push_back(setting.title);
  }
  if (!unequal.empty()) {
    all.push_back({Topic::work,
                   fmt::format("Checksums differ in {}: the models did not do the same work there.",
                               list_of(unequal)),
                   "exact", true});
  }
  if (analysis.cells_ok == analysis.cells) return;
  all.push_back({Topic::failures,
                 fmt::format("{} of {} did not end well; each is named at its workload.",
                             analysis.cells - analysis.cells_ok, counted(analysis.cells, "cell")),
                 "exact", true});
}

}  // namespace

std::vector<Conclusion> overview(const Analysis& analysis) {
  std::vector<Conclusion> all;
  add_trouble(analysis, all);
  add_contest(analysis, Topic::time, all);
  add_contest(analysis, Topic::memory, all);
  add_stops(analysis, all);
  add_leaks(analysis, all);
  add_threads(analysis, all);
  return all;
}

}  // namespace reclaim::report
