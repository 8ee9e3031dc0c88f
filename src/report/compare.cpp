// See compare.h.
#include "report/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

using RowKey =
    std::tuple<std::string, std::string, std::string, std::string, int, int, std::string>;

struct Place {
  const Setting* setting;
  const Row* row;
};

std::map<RowKey, Place> rows_of(const Analysis& analysis) {
  std::map<RowKey, Place> result;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        result[{setting.workload, setting.size, setting.parameters, setting.heap, setting.warmup,
                scenario.threads, row.model}] = {&setting, &row};
      }
    }
  }
  return result;
}

constexpr std::size_t key_threads = 5;

std::optional<Change> change_of(const Estimate& before, const Estimate& after) {
  if (!before.known() || !after.known() || !(before.median > 0)) return std::nullopt;
  return Change{before.median, after.median, after.median / before.median,
                measure::difference(after.samples, before.samples)};
}

bool worse(const std::optional<Change>& change, double threshold) {
  return change && change->differs() && change->ratio > 1 + threshold;
}

/// How far the quantities moved that differ for sure; 0 where none does.
double weight(const ComparedRow& row) {
  double result = 0;
  for (const auto& change : {row.wall, row.peak_rss}) {
    if (change && change->differs()) result = std::max(result, std::abs(std::log(change->ratio)));
  }
  return result;
}

std::string files_of(const Results& results) {
  std::vector<std::string> names;
  for (const Environment& environment : results.environments) {
    const std::string build = environment.git.empty() ? "" : " (" + environment.git + ")";
    names.push_back(environment.source + build);
  }
  return list_of(names);
}

int failed_rounds(const Row& row) {
  int result = 0;
  for (const Failure& failure : row.failures) result += failure.count;
  return result;
}

/// What medians do not show. Sets `regressed` where it is a change for the worse.
std::string remark_on(const Row& before, const Row& after, bool& regressed) {
  std::vector<std::string> remarks;
  if (before.ok > 0 && failed_rounds(before) == 0 && failed_rounds(after) > 0) {
    regressed = true;
    const Failure& first = after.failures.front();
    remarks.push_back(fmt::format("{} of {} now {}", failed_rounds(after),
                                  counted(after.cells.size(), "round"), first.status));
  }
  if (after.leak.unexpected() && after.leak.left.objects > before.leak.left.objects) {
    regressed = true;
    remarks.push_back(fmt::format("leaks {} objects, before {}",
                                  count(static_cast<double>(after.leak.left.objects)),
                                  count(static_cast<double>(before.leak.left.objects))));
  }
  if (!before.checksum.empty() && !after.checksum.empty() && before.checksum != after.checksum) {
    remarks.emplace_back("another checksum: not the same work");
  }
  return list_of(remarks);
}

}  // namespace

bool ComparedRow::changed() const {
  return regressed || !remark.empty() || (wall && wall->differs()) ||
         (peak_rss && peak_rss->differs());
}

bool ResultsComparison::regressed() const {
  return std::any_of(rows.begin(), rows.end(),
                     [](const ComparedRow& row) { return row.regressed; });
}

ResultsComparison compare(const Results& before, const Results& after, CompareOptions options) {
  const Analysis old_analysis = analyse(before);
  const Analysis new_analysis = analyse(after);
  const auto old_rows = rows_of(old_analysis);
  const auto new_rows = rows_of(new_analysis);
  ResultsComparison result;
  result.threshold = options.threshold;
  result.before = files_of(before);
  result.after = files_of(after);
  result.notes = before.notes;
  result.notes.insert(result.notes.end(), after.notes.begin(), after.notes.end());
  if (!before.environments.empty() && !after.environments.empty()) {
    const std::string machines =
        machine_difference(before.environments.front(), after.environments.front());
    if (!machines.empty()) {
      result.notes.push_back("measured on different machines: " + machines +
                             "; a difference may be the machine's");
    }
  }
  for (const auto& [key, place] : new_rows) {
    const auto old = old_rows.find(key);
    if (old == old_rows.end()) {
      ++result.only_after;
      continue;
    }
    ComparedRow row;
    row.setting = place.setting->title;
    row.model = place.row->model;
    row.threads = std::get<key_threads>(key);
    row.wall = change_of(old->second.row->wall, place.row->wall);
    row.peak_rss = change_of(old->second.row->peak_rss, place.row->peak_rss);
    row.regressed = worse(row.wall, options.threshold) || worse(row.peak_rss, options.threshold);
    row.remark = remark_on(*old->second.row, *place.row, row.regressed);
    result.rows.push_back(std::move(row));
  }
  std::stable_sort(result.rows.begin(), result.rows.end(),
                   [](const ComparedRow& a, const ComparedRow& b) {
                     if (a.regressed != b.regressed) return a.regressed;
                     return weight(a) > weight(b);
                   });
  result.only_before = static_cast<std::size_t>(
      std::count_if(old_rows.begin(), old_rows.end(),
                    [&](const auto& item) { return !new_rows.contains(item.first); }));
  return result;
}

}  // namespace reclaim::report
