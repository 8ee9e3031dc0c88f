// Chrome's trace event format as one closed JSON object (what `run --events` writes grows a line at
// a time and stays open): a process for each run, a named row for each thread, and beside them how
// many threads waited.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/export.h"

namespace reclaim::report {
namespace {

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(-1, ' ', true); }

bool is_waiting(const Interval& interval) {
  return interval.name == "gil_wait" || interval.name == "monitor_wait";
}

/// How many threads wait, at each moment at which that changes.
std::vector<std::pair<double, int>> waiting_threads(const TimelineRun& run) {
  std::vector<std::pair<double, int>> changes;
  for (const auto& [thread, intervals] : run.threads) {
    for (const Interval& interval : intervals) {
      if (!is_waiting(interval)) continue;
      changes.emplace_back(interval.begin_us, 1);
      changes.emplace_back(interval.begin_us + interval.length_us, -1);
    }
  }
  std::sort(changes.begin(), changes.end());
  int waiting = 0;
  for (auto& [at_us, change] : changes) change = waiting += change;
  return changes;
}

class Events {
 public:
  void add(const std::string& event) { text_ += (text_.empty() ? "\n{" : ",\n{") + event + "}"; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_names(Events& events, const TimelineRun& run, std::size_t process) {
  events.add(fmt::format(
      R"("name":"process_name","ph":"M","pid":{},"tid":0,"args":{{"name":{},"dropped_events":{}}})",
      process, quoted(run.title), run.dropped));
  for (const auto& [thread, intervals] : run.threads) {
    const std::string name = thread == 0 ? "all threads" : fmt::format("thread {}", thread);
    events.add(
        fmt::format(R"("name":"thread_name","ph":"M","pid":{},"tid":{},"args":{{"name":"{}"}})",
                    process, thread, name));
  }
}

void add_intervals(Events& events, const TimelineRun& run, std::size_t process) {
  for (const auto& [thread, intervals] : run.threads) {
    for (const Interval& interval : intervals) {
      const std::string why = interval.let_go.empty() ? ""
                                                      : fmt::format(R"(,"args":{{"let_go":{}}})",
                                                                    quoted(interval.let_go));
      events.add(fmt::format(R"("name":{},"ph":"X","pid":{},"tid":{},"ts":{:.3f},"dur":{:.3f}{})",
                             quoted(interval.name), process, thread, interval.begin_us,
                             interval.length_us, why));
    }
  }
  for (const auto& [at_us, waiting] : waiting_threads(run)) {
    events.add(fmt::format(
        R"("name":"waiting threads","ph":"C","pid":{},"ts":{:.3f},"args":{{"waiting":{}}})",
        process, at_us, waiting));
  }
}

}  // namespace

std::string trace_json(const ExportInput& input) {
  Events events;
  for (std::size_t i = 0; i < input.runs.size(); ++i) {
    add_names(events, input.runs[i], i + 1);
    add_intervals(events, input.runs[i], i + 1);
  }
  return R"({"displayTimeUnit":"ms","traceEvents":[)" + events.text() + "\n]}\n";
}

}  // namespace reclaim::report
