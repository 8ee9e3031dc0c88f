// What is bought with what, over all workloads of a report.
#include <algorithm>
#include <map>

#include "report/format.h"
#include "report/overview_parts.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// From here on a stop is a pause that a person or a deadline may notice.
constexpr double pause_s = 1e-3;
constexpr std::string_view pause = "1 ms";

bool pauses(const Row& row) {
  const StopSummary* stop = row.longest_stop();
  return stop != nullptr && *stop->max_s > pause_s;
}

/// The best row, or one that is not told apart from it.
bool leads(const Scenario& scenario, const Row& row, std::optional<std::size_t> Scenario::*best,
           std::optional<measure::Difference> Row::*test) {
  if (&row == &scenario.rows[*(scenario.*best)]) return true;
  return row.leak.reclaims && (row.*test) && !(row.*test)->differs;
}

bool fastest(const Scenario& scenario, const Row& row) {
  return leads(scenario, row, &Scenario::fastest, &Row::wall_test);
}

bool leanest(const Scenario& scenario, const Row& row) {
  return leads(scenario, row, &Scenario::leanest, &Row::rss_test);
}

/// Whether its models did the same work, six times and more.
bool usable(const Scenario& scenario) {
  if (!scenario.fastest || !scenario.leanest || !scenario.same_work) return false;
  const Row& best = scenario.rows[*scenario.fastest];
  return best.wall.samples.size() >= measure::least_runs && best.leak.reclaims;
}

struct LongestStops {
  std::string text;    // empty: there was no stop
  std::string anchor;  // where the longest of all was
};

LongestStops longest_stops(const Analysis& analysis) {
  struct Longest {
    double seconds = 0;
    std::string where, anchor;
  };
  std::map<std::string, Longest> by_model;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        const StopSummary* stop = row.longest_stop();
        if (stop == nullptr || *stop->max_s <= by_model[row.model].seconds) continue;
        by_model[row.model] = {*stop->max_s, fmt::format("{} in {}", stop->cause, setting.title),
                               setting.anchor};
      }
    }
  }
  std::vector<std::pair<std::string, Longest>> sorted(by_model.begin(), by_model.end());
  std::erase_if(sorted, [](const auto& item) { return item.second.where.empty(); });
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.seconds > b.second.seconds;
  });
  std::vector<std::string> parts;
  constexpr std::size_t named = 3;
  for (const auto& [model, longest] : sorted) {
    if (parts.size() == named) {
      parts.push_back("no other over " + duration(longest.seconds));
      break;
    }
    parts.push_back(fmt::format("{} {} ({})", model, duration(longest.seconds), longest.where));
  }
  if (parts.empty()) return {};
  return {fmt::format("Longest stop: {}.", list_of(parts)), sorted.front().second.anchor};
}

}  // namespace

void Ratios::add(double ratio, bool differs) {
  values.push_back(ratio);
  told_apart += differs ? 1 : 0;
}

void Ratios::add_reference() {
  values.push_back(1);
  ++references;
}

std::string Ratios::mean() const {
  return (told_apart == 0 && comparisons() != 0 ? "~" : "") + ratio(mean_value());
}

std::string Ratios::certainty() const {
  if (values.size() == 1) return told_apart == 1 ? "told apart, one workload" : "not told apart";
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return fmt::format("geometric mean of {}, {} to {}; told apart in {}",
                     counted(values.size(), "workload"), ratio(*least), ratio(*most), told_apart);
}

Comparisons comparisons_of(const std::map<std::string, Ratios>& by_name) {
  Comparisons result;
  for (const auto& [name, ratios] : by_name) {
    result.all += ratios.comparisons();
    result.told_apart += ratios.told_apart;
  }
  return result;
}

void add_over_best(const std::vector<std::pair<std::string, std::vector<double>>>& named,
                   std::map<std::string, Ratios>& by_name) {
  const auto best = std::min_element(named.begin(), named.end(), [](const auto& a, const auto& b) {
    return measure::median(a.second) < measure::median(b.second);
  });
  for (auto one = named.begin(); one != named.end(); ++one) {
    if (one == best) {
      by_name[one->first].add_reference();
    } else if (const auto test = measure::difference(one->second, best->second)) {
      by_name[one->first].add(test->ratio, test->differs);
    }
  }
}

std::string list_of(const std::map<std::string, Ratios>& by_name, Order order) {
  std::vector<std::pair<std::string, Ratios>> sorted(by_name.begin(), by_name.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    const double left = a.second.mean_value(), right = b.second.mean_value();
    return order == Order::least_first ? left < right : left > right;
  });
  std::vector<std::string> parts;
  for (const auto& [name, ratios] : sorted) parts.push_back(name + " " + ratios.mean());
  return list_of(parts);
}

std::optional<Conclusion> memory_for_time(const Analysis& analysis) {
  Ratios memory, time;
  std::size_t tested = 0;
  double widest = 0;
  std::string where;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    if (!usable(scenario)) continue;
    ++tested;
    if (std::any_of(scenario.rows.begin(), scenario.rows.end(), [&](const Row& row) {
          return fastest(scenario, row) && leanest(scenario, row);
        })) {
      continue;
    }
    const Row& fast = scenario.rows[*scenario.fastest];
    const Row& lean = scenario.rows[*scenario.leanest];
    if (!fast.rss_ratio || !lean.wall_ratio) continue;
    memory.add(*fast.rss_ratio, true);
    time.add(*lean.wall_ratio, true);
    if (*fast.rss_ratio <= widest) continue;
    widest = *fast.rss_ratio;
    where = fmt::format("{} in {}, {}", fast.model, setting.title, ratio(widest));
  }
  if (tested == 0) return std::nullopt;
  Conclusion result;
  result.topic = Topic::price;
  result.anchor = "memory-of-all";
  if (memory.empty()) {
    result.text = fmt::format(
        "No choice between them: in each of {} some model is both fastest and leanest, or not told "
        "apart from either.",
        counted(tested, "workload"));
    result.certainty = fmt::format("tested, {} a model", counted(analysis.least_rounds, "round"));
    return result;
  }
  result.text = fmt::format(
      "In {} of {} no model is both fastest and leanest: there the fastest takes {} the memory of "
      "the leanest, and the leanest {} the time of the fastest. Dearest: {}.",
      memory.values.size(), counted(tested, "workload"), memory.mean(), time.mean(), where);
  const auto [least, most] = std::minmax_element(time.values.begin(), time.values.end());
  result.certainty = fmt::format("told apart in both; geometric means; time {} to {}",
                                 ratio(*least), ratio(*most));
  return result;
}

std::optional<Conclusion> pauses_for_time(const Analysis& analysis) {
  const LongestStops longest = longest_stops(analysis);
  if (longest.text.empty()) return std::nullopt;
  Ratios price;
  std::size_t tested = 0, unavoidable = 0;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    if (!usable(scenario)) continue;
    ++tested;
    if (std::any_of(scenario.rows.begin(), scenario.rows.end(),
                    [&](const Row& row) { return fastest(scenario, row) && !pauses(row); })) {
      continue;
    }
    // Rows are in order of time: the first without a pause is the fastest of those.
    const auto calm = std::find_if(scenario.rows.begin(), scenario.rows.end(), [](const Row& row) {
      return row.leak.reclaims && row.wall_ratio && row.wall_test && !pauses(row);
    });
    if (calm == scenario.rows.end()) {
      ++unavoidable;
    } else {
      price.add(*calm->wall_ratio, calm->wall_test->differs);
    }
  }
  Conclusion result;
  result.topic = Topic::stops;
  result.anchor = longest.anchor;
  result.certainty = "a maximum has no interval: a longer one may come";
  if (!price.empty()) {
    result.text = fmt::format(
        "In {} of {} the fastest was seen to stop a thread for over {}; the fastest without such a "
        "stop takes {} its time there. ",
        price.values.size(), counted(tested, "workload"), pause, price.mean());
    result.certainty = price.certainty() + "; a longest stop has no interval";
  } else if (tested != 0 && unavoidable == 0) {
    result.text = fmt::format(
        "Short stops cost no time here: in each of {} a model that is fastest, or not told apart "
        "from it, was never seen to stop a thread for over {}. ",
        counted(tested, "workload"), pause);
  }
  result.text += longest.text;
  return result;
}

std::optional<Conclusion> scaling(const Analysis& analysis) {
  std::map<std::string, Ratios> factors;
  std::optional<ThreadStep> common;
  std::size_t settings = 0;
  for (const Setting& setting : analysis.settings) {
    const ThreadStep step = thread_step(setting);
    const auto all = thread_scaling(setting, step);
    if (all.empty()) continue;
    if (!common) common = step;
    if (common->from != step.from || common->to != step.to) continue;
    ++settings;
    for (const ThreadScaling& item : all) {
      if (analysis.reclaims(item.model)) factors[item.model].add(item.factor, item.differs);
    }
  }
  if (factors.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::threads;
  result.anchor = "time-of-all";
  result.text =
      fmt::format("From {} to {} threads (ideal {}×) work per second becomes: {}.", common->from,
                  common->to, common->to / common->from, list_of(factors, Order::greatest_first));
  const Comparisons comparisons = comparisons_of(factors);
  result.certainty =
      fmt::format("geometric means of {}; told apart from 1× in {} of {}",
                  counted(settings, "workload"), comparisons.told_apart, comparisons.all);
  return result;
}

}  // namespace reclaim::report
