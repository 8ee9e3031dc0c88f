// See timeline_data.h.
#include "report/timeline_data.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "report/format.h"
#include "report/timeline_bars.h"

namespace reclaim::report {
namespace {

using Json = nlohmann::json;

/// Words that occur often, by number.
class Words {
 public:
  std::size_t number(const std::string& word) {
    const auto [found, fresh] = numbers_.emplace(word, all_.size());
    if (fresh) all_.push_back(word);
    return found->second;
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> all_;
};

struct RowBars {
  std::size_t row;
  std::vector<Bar> bars;
};

std::vector<RowBars> bars_at(const TimelineRun& run, double resolution_us) {
  std::vector<RowBars> result;
  std::size_t row = 0;
  for (const auto& [thread, intervals] : run.threads) {
    std::map<std::string, std::vector<const Interval*>> by_name;
    for (const Interval& interval : intervals) by_name[interval.name].push_back(&interval);
    for (const auto& [name, all] : by_name) {
      result.push_back({row, bars_of(all, resolution_us, resolution_us)});
    }
    ++row;
  }
  return result;
}

std::size_t size_of(const std::vector<RowBars>& rows) {
  std::size_t size = 0;
  for (const RowBars& row : rows) size += row.bars.size();
  return size;
}

/// Microseconds to the nanosecond: what events are recorded to.
double to_nanoseconds(double us) { return std::round(us * 1e3) / 1e3; }

}  // namespace

Json timeline_data(const TimelineRun& run) {
  double end_us = 0;
  Json threads = Json::array();
  for (const auto& [thread, intervals] : run.threads) {
    threads.push_back(thread_name(thread));
    for (const Interval& i : intervals) end_us = std::max(end_us, i.begin_us + i.length_us);
  }
  double resolution_us = std::max(end_us, 1.0) / 1e6;
  std::vector<RowBars> rows = bars_at(run, resolution_us);
  while (size_of(rows) > most_bars && resolution_us < end_us) {
    resolution_us *= 2;
    rows = bars_at(run, resolution_us);
  }
  Words words;
  Json bars = Json::array();
  for (const RowBars& row : rows) {
    for (const Bar& bar : row.bars) {
      Json item = {row.row, words.number(bar.first->name), to_nanoseconds(bar.begin_us),
                   to_nanoseconds(bar.end_us - bar.begin_us)};
      if (bar.count > 1) {
        item.insert(item.end(),
                    {bar.count, to_nanoseconds(bar.total_us), to_nanoseconds(bar.longest_us)});
      } else if (!bar.first->let_go.empty()) {
        item.push_back(bar.first->let_go);
      }
      bars.push_back(std::move(item));
    }
  }
  return {{"kind", "timeline"},
          {"name", "Who ran, waited and collected: " + run.title},
          {"rows", std::move(threads)},
          {"words", words.all()},
          {"end", to_nanoseconds(end_us)},
          {"resolution", to_nanoseconds(resolution_us)},
          {"bars", std::move(bars)}};
}

Table timeline_table(const TimelineRun& run) {
  struct Sum {
    double count = 0, total_us = 0, longest_us = 0;
  };
  Table table;
  table.columns = {{"thread", "", false},
                   {"what", "", false},
                   {"times", "how often"},
                   {"in all", "the sum of their lengths"},
                   {"longest", "the longest of them"}};
  for (const auto& [thread, intervals] : run.threads) {
    std::map<std::string, Sum> sums;
    for (const Interval& interval : intervals) {
      Sum& sum = sums[interval.name];
      ++sum.count;
      sum.total_us += interval.length_us;
      sum.longest_us = std::max(sum.longest_us, interval.length_us);
    }
    for (const auto& [name, sum] : sums) {
      table.rows.push_back({{thread_name(thread)},
                            {name},
                            {count(sum.count)},
                            {duration(sum.total_us * 1e-6)},
                            {duration(sum.longest_us * 1e-6)}});
    }
  }
  return table;
}

}  // namespace reclaim::report
