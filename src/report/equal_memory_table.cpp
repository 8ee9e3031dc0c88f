// Time against memory over heap limits, read off at the memory of models that have no limit (Hertz
// and Berger 2005).
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "report/format.h"
#include "report/further_tables.h"
#include "report/words.h"

namespace reclaim::report {

namespace {

struct Point {
  double rss = 0, wall = 0;
};

/// One workload and thread count, over its heap limits.
struct Family {
  std::map<std::string, std::vector<Point>> limited;  ///< by model, a point a limit
  std::map<std::string, Point> free;                  ///< models without a limit
};

using Key = std::tuple<std::string, std::string, std::string, int, int>;

std::map<Key, Family> families_of(const Analysis& analysis) {
  std::map<Key, Family> families;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      Family& family = families[{setting.workload, setting.size, setting.parameters, setting.warmup,
                                 scenario.threads}];
      for (const Row& row : scenario.rows) {
        if (!row.wall.known() || !row.peak_rss.known() || !row.leak.reclaims) continue;
        const Point point{row.peak_rss.median, row.wall.median};
        if (row.cells.front()->heap.empty()) {
          family.free[row.model] = point;
        } else {
          family.limited[row.model].push_back(point);
        }
      }
    }
  }
  return families;
}

/// Wall time where the curve comes to so much memory; empty where it does not.
std::optional<double> wall_at(std::vector<Point> curve, double rss) {
  std::sort(curve.begin(), curve.end(),
            [](const Point& a, const Point& b) { return a.rss < b.rss; });
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    const Point &low = curve[i], &high = curve[i + 1];
    if (rss < low.rss || rss > high.rss) continue;
    const double part = high.rss > low.rss ? (rss - low.rss) / (high.rss - low.rss) : 0;
    return low.wall + part * (high.wall - low.wall);
  }
  return std::nullopt;
}

}  // namespace

Table equal_memory_table(const Analysis& analysis) {
  Table table;
  table.columns = {{"workload", "what was run", false},
                   {"threads", "mutators"},
                   {"model", "has no heap limit", false},
                   {"peak RSS", "of it"},
                   {"wall", "of it"},
                   {"beside", "has a limit", false},
                   {"wall ", "of that, where its peak RSS is the same"},
                   {"ratio", "the latter over the former"}};
  for (const auto& [key, family] : families_of(analysis)) {
    for (const auto& [collector, curve] : family.limited) {
      if (curve.size() < 2) continue;
      const auto [least, most] = std::minmax_element(
          curve.begin(), curve.end(), [](const Point& a, const Point& b) { return a.rss < b.rss; });
      for (const auto& [model, point] : family.free) {
        std::vector<TableCell> row = {{std::get<0>(key)},
                                      {fmt::format("{}", std::get<4>(key))},
                                      {model},
                                      {bytes(point.rss)},
                                      {duration(point.wall)},
                                      {collector}};
        if (const auto wall = wall_at(curve, point.rss)) {
          row.push_back({duration(*wall)});
          row.push_back({ratio(*wall / point.wall)});
        } else {
          row.push_back({point.rss < least->rss
                             ? fmt::format("not reached: {} at least", bytes(least->rss))
                             : fmt::format("not reached: {} at most", bytes(most->rss))});
          row.push_back({"—"});
        }
        table.rows.push_back(std::move(row));
      }
    }
  }
  return table;
}

}  // namespace reclaim::report
