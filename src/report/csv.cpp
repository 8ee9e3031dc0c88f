// The report as CSV (RFC 4180): one row for each model in each scenario, SI units, nothing rounded,
// for a spreadsheet or a data frame. Columns of causes and extras follow from what the results
// have.
#include <fmt/core.h>

#include <map>
#include <set>

#include "report/escape.h"
#include "report/report.h"

namespace reclaim::report {
namespace {

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.9g}", *value) : std::string();
}

std::string whole(std::uint64_t value) { return std::to_string(value); }

/// Median of a quantity of the cells that ended well.
std::optional<double> median_of(const Row& row, std::optional<double> Cell::*quantity) {
  std::vector<double> values;
  for (const Cell* cell : row.cells) {
    if (cell->ok() && cell->*quantity) values.push_back(*(cell->*quantity));
  }
  if (values.empty()) return std::nullopt;
  return measure::median(values);
}

/// Collects one line field by field; on the first line the names become the header.
class CsvLine {
 public:
  void add(const std::string& name, const std::string& value) {
    names_ += (names_.empty() ? "" : ",") + csv(name);
    values_ += (first_ ? "" : ",") + value;
    first_ = false;
  }
  void add(const std::string& name, const Estimate& estimate) {
    const bool known = estimate.known();
    add(name + "_median", known ? number(estimate.median) : "");
    add(name + "_low", estimate.interval ? number(estimate.interval->low) : "");
    add(name + "_high", estimate.interval ? number(estimate.interval->high) : "");
    add(name + "_least", known ? number(estimate.least) : "");
    add(name + "_most", known ? number(estimate.most) : "");
  }
  void add(const std::string& name, const std::optional<double>& ratio,
           const std::optional<measure::Difference>& test) {
    add(name + "_ratio", number(ratio));
    add(name + "_ratio_low", test ? number(test->interval.low) : "");
    add(name + "_ratio_high", test ? number(test->interval.high) : "");
    add(name + "_p", test ? number(test->test.p) : "");
    add(name + "_cliffs_delta", test ? number(test->test.cliffs_delta) : "");
    add(name + "_differs", test ? (test->differs ? "yes" : "no") : "");
  }
  const std::string& names() const { return names_; }
  const std::string& values() const { return values_; }

 private:
  std::string names_, values_;
  bool first_ = true;
};

struct Names {
  std::set<std::string> causes, extras;
};

Names names_in(const Results& results) {
  Names names;
  for (const Cell& cell : results.cells) {
    for (const auto& [cause, stop] : cell.stops) names.causes.insert(cause);
    for (const auto& [name, value] : cell.extra) names.extras.insert(name);
  }
  return names;
}

void add_identity(CsvLine& line, const Setting& setting, const Scenario& scenario, const Row& row) {
  line.add("workload", csv(setting.workload));
  line.add("size", csv(setting.size));
  line.add("params", csv(setting.parameters));
  line.add("heap", csv(setting.heap));
  line.add("warmup", std::to_string(setting.warmup));
  line.add("threads", std::to_string(scenario.threads));
  line.add("oversubscribed", scenario.oversubscribed ? "yes" : "no");
  line.add("model", csv(row.model));
  line.add("rounds_ok", std::to_string(row.ok));
  line.add("rounds", whole(row.cells.size()));
  std::string failures;
  for (const Failure& failure : row.failures) {
    failures += fmt::format("{}{} {}", failures.empty() ? "" : "; ", failure.count, failure.status);
  }
  line.add("failures", csv(failures));
  line.add("checksum", csv(row.checksum));
}

void add_counts(CsvLine& line, const Row& row) {
  line.add("heap_limit_bytes", number(median_of(row, &Cell::heap_limit_bytes)));
  line.add("ops", number(median_of(row, &Cell::operations)));
  line.add("baseline_rss_bytes", number(median_of(row, &Cell::baseline_rss_bytes)));
  line.add("minor_faults", number(median_of(row, &Cell::minor_faults)));
  line.add("major_faults", number(median_of(row, &Cell::major_faults)));
  line.add("voluntary_switches", number(median_of(row, &Cell::voluntary_switches)));
  line.add("involuntary_switches", number(median_of(row, &Cell::involuntary_switches)));
  const Leak& leak = row.leak;
  const bool leaked = leak.counted && leak.reclaims;
  const bool unreclaimed = leak.counted && !leak.reclaims;
  line.add("leaked_objects", leaked ? whole(leak.left.objects) : "");
  line.add("leaked_bytes", leaked ? whole(leak.left.bytes) : "");
  line.add("unreclaimed_objects", unreclaimed ? whole(leak.left.objects) : "");
  line.add("unreclaimed_bytes", unreclaimed ? whole(leak.left.bytes) : "");
  line.add("expected_leaks", leak.expected ? whole(*leak.expected) : "");
}

void add_stops(CsvLine& line, const Row& row, const Names& names) {
  for (const std::string& cause : names.causes) {
    const StopSummary* found = nullptr;
    for (const StopSummary& stop : row.stops) {
      if (stop.cause == cause) found = &stop;
    }
    const StopSummary stop = found != nullptr ? *found : StopSummary{};
    const bool seen = row.stops_visible;
    line.add(cause + "_count", seen ? number(stop.count) : "");
    line.add(cause + "_total_s", seen ? number(stop.total_s) : "");
    line.add(cause + "_p50_s", number(stop.p50_s));
    line.add(cause + "_p90_s", number(stop.p90_s));
    line.add(cause + "_p99_s", number(stop.p99_s));
    line.add(cause + "_max_s", number(stop.max_s));
  }
}

void add_extras(CsvLine& line, const Row& row, const Names& names) {
  for (const std::string& name : names.extras) {
    std::vector<double> values;
    for (const Cell* cell : row.cells) {
      const auto found = cell->extra.find(name);
      if (cell->ok() && found != cell->extra.end()) values.push_back(found->second);
    }
    line.add("extra_" + name, values.empty() ? "" : number(measure::median(values)));
  }
}

}  // namespace

std::string csv_table(const Results& results, const Analysis& analysis) {
  const Names names = names_in(results);
  std::string header, body;
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        CsvLine line;
        add_identity(line, setting, scenario, row);
        line.add("wall_s", row.wall);
        line.add("wall_to_fastest", row.wall_ratio, row.wall_test);
        line.add("cpu_s", row.cpu);
        line.add("peak_rss_bytes", row.peak_rss);
        line.add("peak_rss_to_leanest", row.rss_ratio, row.rss_test);
        add_counts(line, row);
        add_stops(line, row, names);
        add_extras(line, row, names);
        header = line.names();
        body += line.values() + "\r\n";
      }
    }
  }
  return header.empty() ? std::string("workload\r\n") : header + "\r\n" + body;
}

}  // namespace reclaim::report
