// Conclusions for one model over all settings: where it won and lost, its stops, its leaks.
#include <algorithm>
#include <map>

#include "report/conclusions.h"
#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// One model's row in the scenario that stands for a setting.
struct Place {
  const Setting* setting;
  const Scenario* scenario;
  const Row* row;
};

std::vector<Place> places_of(const Analysis& analysis, const std::string& model) {
  std::vector<Place> result;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    const Row* row = scenario.find(model);
    if (row != nullptr && scenario.same_work) result.push_back({&setting, &scenario, row});
  }
  return result;
}

/// Where it leads one contest, and where it is furthest behind.
Conclusion standing_of(const std::vector<Place>& places, Topic topic) {
  const bool time = topic == Topic::time;
  const auto ratio_to_best = time ? &Row::wall_ratio : &Row::rss_ratio;
  const auto test = time ? &Row::wall_test : &Row::rss_test;
  const auto best = time ? &Scenario::fastest : &Scenario::leanest;
  const char* superlative = time ? "fastest" : "leanest";
  std::vector<std::string> leads;
  std::vector<std::pair<double, std::string>> behind;
  std::size_t tested = 0, rounds = 0;
  for (const Place& place : places) {
    const Row& row = *place.row;
    const auto& index = place.scenario->*best;
    const bool is_best = index && &place.scenario->rows[*index] == &row;
    if (!(row.*ratio_to_best) || (!is_best && !(row.*test))) continue;
    if (is_best && row.wall.samples.size() < measure::least_runs) continue;
    ++tested;
    rounds = std::max(rounds, row.wall.samples.size());
    if (is_best || !(row.*test)->differs) {
      leads.push_back(place.setting->title);
    } else {
      behind.emplace_back(*(row.*ratio_to_best), place.setting->title);
    }
  }
  Conclusion result;
  result.topic = topic;
  result.anchor = time ? "time-of-all" : "memory-of-all";
  if (tested == 0) {
    result.text = fmt::format("Too few rounds to say where it is {}.", superlative);
    result.certainty = "six are needed";
    return result;
  }
  result.text = leads.empty() ? fmt::format("{} in none of {}.", time ? "Fastest" : "Leanest",
                                            counted(tested, "workload"))
                              : fmt::format("{}, or not told apart from that, in {} of {}: {}.",
                                            time ? "Fastest" : "Leanest", leads.size(),
                                            counted(tested, "workload"), list_of(leads));
  std::stable_sort(behind.begin(), behind.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  constexpr std::size_t named = 3;
  std::vector<std::string> parts;
  for (const auto& [ratio_there, title] : behind) {
    if (parts.size() == named) break;
    parts.push_back(fmt::format("{} {}", title, ratio(ratio_there)));
  }
  if (!parts.empty()) {
    result.text += fmt::format(" Furthest from the {}: {}.", superlative, list_of(parts));
  }
  result.certainty = fmt::format("each tested against the best, {}", counted(rounds, "round"));
  return result;
}

std::optional<Conclusion> stops_of(const Analysis& analysis, const std::string& model) {
  struct Longest {
    double seconds = -1;
    std::string where;
  };
  std::map<std::string, Longest> by_cause;
  bool visible = false;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      const Row* row = scenario.find(model);
      if (row == nullptr) continue;
      visible = visible || row->stops_visible;
      for (const StopSummary& stop : row->stops) {
        Longest& longest = by_cause[stop.cause];
        if (!stop.max_s || *stop.max_s <= longest.seconds) continue;
        longest = {*stop.max_s,
                   fmt::format("{}, {}", setting.title, threads_words(scenario.threads))};
      }
    }
  }
  std::erase_if(by_cause, [](const auto& item) { return item.second.where.empty(); });
  Conclusion result;
  result.topic = Topic::stops;
  if (by_cause.empty()) {
    result.text = visible ? "None was seen." : "Its stops cannot be seen from outside.";
    result.certainty = visible ? "exact" : "the inside of malloc is not watched";
    return result;
  }
  std::vector<std::pair<std::string, Longest>> sorted(by_cause.begin(), by_cause.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.seconds > b.second.seconds;
  });
  std::vector<std::string> parts;
  for (const auto& [cause, longest] : sorted) {
    parts.push_back(fmt::format("{} {} ({})", cause, duration(longest.seconds), longest.where));
  }
  result.text = fmt::format("The longest of each cause: {}.", list_of(parts));
  result.certainty = "largest seen; no interval";
  return result;
}

std::optional<Conclusion> leaks_of(const Analysis& analysis, const std::string& model) {
  std::vector<std::string> expected, wrong;
  bool counted_any = false, reclaims = true;
  for (const Setting& setting : analysis.settings) {
    const Leak* worst = nullptr;
    for (const Scenario& scenario : setting.scenarios) {
      const Row* row = scenario.find(model);
      if (row == nullptr || !row->leak.counted) continue;
      counted_any = true;
      reclaims = reclaims && row->leak.reclaims;
      if (worst == nullptr || row->leak.left.objects > worst->left.objects) worst = &row->leak;
    }
    if (worst == nullptr || !worst->reclaims) continue;
    const std::string part =
        fmt::format("{} objects ({}) in {}", count(static_cast<double>(worst->left.objects)),
                    bytes(static_cast<double>(worst->left.bytes)), setting.title);
    if (worst->unexpected() || worst->missing()) {
      wrong.push_back(fmt::format("{}, where {} were expected", part,
                                  count(static_cast<double>(worst->expected.value_or(0)))));
    } else if (worst->left.objects != 0) {
      expected.push_back(part);
    }
  }
  if (!counted_any) return std::nullopt;
  Conclusion result{Topic::leaks, "", "exact count", !wrong.empty(), "leaks-of-all"};
  if (!reclaims) {
    result.text = "By its design it gives nothing back.";
  } else if (expected.empty() && wrong.empty()) {
    result.text = "Nothing, and nothing was expected.";
  }
  if (!wrong.empty()) result.text = fmt::format("Not as expected: {}.", list_of(wrong));
  if (!expected.empty()) {
    result.text += fmt::format("{}By its design: {}, as planted.", wrong.empty() ? "" : " ",
                               list_of(expected));
  }
  return result;
}

}  // namespace

std::vector<Conclusion> conclude(const Analysis& analysis, const std::string& model) {
  std::vector<Conclusion> all;
  const std::vector<Place> places = places_of(analysis, model);
  if (!places.empty()) {
    all.push_back(standing_of(places, Topic::time));
    all.push_back(standing_of(places, Topic::memory));
  }
  for (const auto& part : {stops_of(analysis, model), leaks_of(analysis, model)}) {
    if (part) all.push_back(*part);
  }
  return all;
}

}  // namespace reclaim::report
