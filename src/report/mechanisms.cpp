// What single mechanisms cost over all workloads: one lock over all threads, counting references,
// the allocator behind a model. Which model has which is read from the results file (nature.h).
#include <algorithm>
#include <map>
#include <tuple>

#include "report/format.h"
#include "report/nature.h"
#include "report/overview_parts.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

std::map<std::string, Nature> natures(const Results& results, const Analysis& analysis) {
  std::map<std::string, Nature> result;
  for (const std::string& model : analysis.models) {
    result.emplace(model, nature_of(results, id_of(model)));
  }
  return result;
}

/// ":mimalloc", or nothing.
std::string_view allocator_of(std::string_view model) { return model.substr(id_of(model).size()); }

std::string told_apart_of(const std::map<std::string, Ratios>& all) {
  const Comparisons comparisons = comparisons_of(all);
  return fmt::format("geometric means; told apart in {} of {}", comparisons.told_apart,
                     counted(comparisons.all, "comparison"));
}

/// The fastest row of a scenario that frees by hand with this allocator.
const Row* by_hand(const Scenario& scenario, const std::map<std::string, Nature>& natures,
                   std::string_view allocator) {
  for (const Row& row : scenario.rows) {  // fastest first
    const Nature& nature = natures.at(row.model);
    if (nature.by_hand && nature.uses_malloc && row.wall.known() &&
        allocator_of(row.model) == allocator) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<Conclusion> cost_of_one_lock(const Results& results, const Analysis& analysis) {
  const auto nature = natures(results, analysis);
  std::map<std::string, Ratios> locked;
  Ratios free;
  std::vector<std::string> gains;  // settings where some model under a lock gains from threads
  std::optional<ThreadStep> common;
  for (const Setting& setting : analysis.settings) {
    const ThreadStep step = thread_step(setting);
    const auto all = thread_scaling(setting, step);
    if (all.empty()) continue;
    if (!common) common = step;
    if (common->from != step.from || common->to != step.to) continue;
    bool gained = false;
    for (const ThreadScaling& item : all) {
      if (nature.at(item.model).parallel) {
        if (analysis.reclaims(item.model)) free.add(item.factor, item.differs);
        continue;
      }
      locked[item.model].add(item.factor, item.differs);
      gained = gained || (item.differs && item.factor > 1);
    }
    if (gained) gains.push_back(setting.title);
  }
  if (locked.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::lock;
  result.anchor = "time-of-all";
  result.text = fmt::format(
      "From {} to {} threads, with one lock over all of them, work per second becomes: "
      "{}",
      common->from, common->to, list_of(locked, Order::greatest_first));
  if (!free.empty()) result.text += fmt::format("; without such a lock {}", free.mean());
  result.text += gains.empty() ? ". Under it no workload gains from a second thread."
                               : fmt::format(". Under it only {} {}.", list_of(gains),
                                             gains.size() == 1 ? "gains" : "gain");
  result.certainty = told_apart_of(locked);
  return result;
}

std::optional<Conclusion> cost_of_counting(const Results& results, const Analysis& analysis) {
  const auto nature = natures(results, analysis);
  std::map<std::string, Ratios> time;
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.scenarios.front();
    // Where threads contend, it is the contention that costs.
    if (scenario.threads != analysis.threads.front() || !scenario.same_work) continue;
    for (const Row& row : scenario.rows) {
      if (!nature.at(row.model).counting || !row.wall.known()) continue;
      const Row* partner = by_hand(scenario, nature, allocator_of(row.model));
      if (partner == nullptr) continue;
      const auto test = measure::difference(row.wall.samples, partner->wall.samples);
      if (!test) continue;
      time[row.model].add(test->ratio, test->differs);
    }
  }
  if (time.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::counting;
  result.anchor = "time-of-all";
  result.text = fmt::format(
      "On {}, counting references takes, beside freeing by hand on the same allocator: {} the "
      "time.",
      threads_words(analysis.threads.front()), list_of(time, Order::least_first));
  result.certainty = time.size() == 1 ? time.begin()->second.certainty() : told_apart_of(time);
  return result;
}

std::optional<Conclusion> choice_of_allocator(const Analysis& analysis) {
  std::map<std::string, std::vector<std::string>> spellings;  // of an id: those with an allocator
  for (const std::string& model : analysis.models) {
    if (!allocator_of(model).empty()) spellings[std::string(id_of(model))].push_back(model);
  }
  const auto most = std::max_element(
      spellings.begin(), spellings.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most == spellings.end() || most->second.size() < 2) return std::nullopt;
  std::map<std::string, Ratios> time, memory;
  const auto add = [](const Scenario& scenario, const std::vector<std::string>& models,
                      Estimate Row::*quantity, std::map<std::string, Ratios>& ratios) {
    std::vector<std::pair<std::string, std::vector<double>>> named;
    for (const std::string& model : models) {
      const Row* row = scenario.find(model);
      if (row == nullptr || (row->*quantity).samples.size() < measure::least_runs) return;
      named.emplace_back(allocator_of(model).substr(1), (row->*quantity).samples);
    }
    add_over_best(named, ratios);
  };
  for (const Setting& setting : analysis.settings) {
    const Scenario& scenario = setting.main_scenario();
    if (!scenario.same_work) continue;
    add(scenario, most->second, &Row::wall, time);
    add(scenario, most->second, &Row::peak_rss, memory);
  }
  if (time.empty() || memory.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::allocators;
  result.anchor = analysis.pages.at(most->first);
  result.text = fmt::format(
      "Behind {}, of each workload's best allocator: {} the time; {} the memory.", most->first,
      list_of(time, Order::least_first), list_of(memory, Order::least_first));
  result.certainty = told_apart_of(time);
  return result;
}

std::optional<Conclusion> cost_of_meters(const Results& results) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, int, int>;
  struct Sides {
    std::vector<double> with, without;
  };
  std::map<Key, Sides> groups;
  const auto collect = [&](const std::vector<Cell>& cells, std::vector<double> Sides::*side) {
    for (const Cell& cell : cells) {
      if (!cell.ok() || !cell.wall_s) continue;
      const Key key{cell.model, cell.workload, cell.parameters,
                    cell.heap,  cell.warmup,   cell.threads};
      (groups[key].*side).push_back(*cell.wall_s);
    }
  };
  collect(results.cells, &Sides::with);
  collect(results.unmetered, &Sides::without);
  Ratios cost;
  double most = 0;
  std::string where;
  for (const auto& [key, sides] : groups) {
    const auto test = measure::difference(sides.with, sides.without);
    if (!test) continue;
    cost.add(test->ratio, test->differs);
    if (!test->differs || test->ratio <= most) continue;
    most = test->ratio;
    where = fmt::format("{} in {}", std::get<0>(key), std::get<1>(key));
  }
  if (cost.empty()) return std::nullopt;
  Conclusion result;
  result.topic = Topic::meters;
  result.text =
      fmt::format("With the meters on a run takes {} the time of one with them off.", cost.mean());
  if (most > 1) result.text += fmt::format(" Most: {}, {}.", where, ratio(most));
  result.certainty = fmt::format("geometric mean; told apart in {} of {}", cost.told_apart,
                                 counted(cost.values.size(), "comparison"));
  return result;
}

}  // namespace reclaim::report
