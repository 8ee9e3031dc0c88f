// The tools that open exports, each as a question: what does it say of this text?
#pragma once

#include <string>
#include <string_view>

namespace reclaim::exports {

struct ToolEnd {
  int code;         ///< exit code
  std::string out;  ///< standard output and error
};

/// Google Benchmark's compare.py on two files of its JSON.
ToolEnd compare_benchmarks(const std::string& before, const std::string& after);

/// HdrHistogram's HistogramLogProcessor: the tags of a log; the percentiles of one tag as CSV, in
/// ns.
ToolEnd histogram_tags(const std::string& log);
ToolEnd histogram_percentiles(const std::string& log, const std::string& tag);

/// Prometheus' OpenMetrics parser: "name{labels} value", a sample a line, labels sorted.
ToolEnd parse_open_metrics(const std::string& text);

/// Python's csv module, strict: the number of fields of each row, and the first of them.
ToolEnd parse_csv(const std::string& text);

/// JSON Schema: every element of an array against reports/schema.json.
ToolEnd validate_records(const std::string& json);

}  // namespace reclaim::exports
