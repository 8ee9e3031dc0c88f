// From a trace in Chrome's format to an SVG picture; neighbours too narrow to tell apart are
// merged.
#include "report/timeline.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/axis.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/results.h"
#include "report/timeline_bars.h"

namespace reclaim::report {
namespace {

using Json = nlohmann::json;

constexpr double width = 1000, left = 90, right = 30, row_height = 26, bar_height = 16;
constexpr double head = 44, foot = 40;
constexpr double least_width = 0.6;  // of what is drawn, in pixels

// Every rule names the picture: within a page it must style nothing else.
constexpr const char* style =
    ".timeline text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',"
    "sans-serif;font-variant-numeric:tabular-nums;fill:#1b1d21}.timeline .s{fill:#5d636d;font-size:"
    "11px}.timeline .h{font-weight:600;font-size:14px}.timeline .paper{fill:#fff}.timeline .grid{"
    "stroke:#d9dce1;stroke-width:1}.timeline .hold{fill:#0072b2}.timeline .wait{fill:#e69f00;"
    "fill-opacity:.55}.timeline .gc{fill:#b3261e}.timeline .lock{fill:#8a5fbf}"
    "@media (prefers-color-scheme:dark){.timeline text{fill:#e6e8eb}.timeline .s{fill:#9aa2ad}"
    ".timeline .paper{fill:#15181c}.timeline .grid{stroke:#343a42}.timeline .hold{fill:#4fb0e8}"
    ".timeline .gc{fill:#ff8a80}.timeline .lock{fill:#b79be0}}";

/// Each kind of interval has a colour and a height of its own: colour never stands alone.
struct Look {
  const char* kind;
  double height;
};

Look look_of(const std::string& name) {
  if (name == "holds the lock") return {"hold", bar_height};
  if (name == "gil_wait") return {"wait", bar_height / 3};
  if (name == "monitor_wait") return {"lock", bar_height / 3};
  return {"gc", bar_height};
}

std::string words(double x, double y, const char* kind, const std::string& text,
                  const char* anchor = "start") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n",
                     x, y, kind, anchor, markup(text));
}

std::string told(const Bar& bar, const std::string& thread) {
  const std::string what = fmt::format("{}: {}", thread, bar.first->name);
  if (bar.count > 1) {
    return fmt::format("{}, {} times, {} in all, from {}", what,
                       count(static_cast<double>(bar.count)), duration(bar.total_us * 1e-6),
                       duration(bar.begin_us * 1e-6));
  }
  const std::string why = bar.first->let_go.empty() ? "" : ", lets go: " + bar.first->let_go;
  return fmt::format("{}, {} from {}{}", what, duration(bar.total_us * 1e-6),
                     duration(bar.begin_us * 1e-6), why);
}

class Panel {
 public:
  Panel(const TimelineRun& run, double from_us, double to_us, double top)
      : run_(run), from_us_(from_us), to_us_(to_us), top_(top) {
    if (to_us_ == 0) {
      for (const auto& [thread, intervals] : run.threads) {
        for (const Interval& i : intervals) to_us_ = std::max(to_us_, i.begin_us + i.length_us);
      }
    }
    to_us_ = std::max(to_us_, from_us_ + 1e-3);
  }

  double height() const {
    return head + row_height * static_cast<double>(run_.threads.size()) + foot;
  }

  std::string draw() const {
    std::string result = words(left, top_ + 20, "h", run_.title);
    if (run_.dropped != 0) {
      result += words(
          width - right, top_ + 20, "s",
          fmt::format("{} earlier events were not kept", count(static_cast<double>(run_.dropped))),
          "end");
    }
    result += axis();
    double y = top_ + head;
    for (const auto& [thread, intervals] : run_.threads) {
      result += row(thread_name(thread), intervals, y);
      y += row_height;
    }
    return result;
  }

 private:
  double us_a_pixel() const { return (to_us_ - from_us_) / (width - left - right); }
  double place(double us) const {
    return left + std::clamp((us - from_us_) / us_a_pixel(), 0.0, width - left - right);
  }

  std::string axis() const {
    std::string result;
    const double bottom = top_ + height() - foot + 4;
    for (const double tick : Axis::linear((to_us_ - from_us_) * 1e-6).ticks(8)) {
      const double us = from_us_ + tick * 1e6;
      if (us > to_us_) continue;
      result += fmt::format(
          "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" class=\"grid\"/>\n",
          place(us), top_ + head - 8, bottom);
      result += words(place(us), bottom + 14, "s", duration(us * 1e-6), "middle");
    }
    return result;
  }

  std::string row(const std::string& thread, const std::vector<Interval>& intervals,
                  double y) const {
    std::string result = words(left - 10, y + bar_height - 3, "s", thread, "end");
    std::map<std::string, std::vector<const Interval*>> by_name;
    for (const Interval& interval : intervals) {
      if (interval.begin_us > to_us_ || interval.begin_us + interval.length_us < from_us_) continue;
      by_name[interval.name].push_back(&interval);
    }
    for (const auto& [name, all] : by_name) {
      const Look look = look_of(name);
      for (const Bar& bar : bars_of(all, us_a_pixel(), to_us_ - from_us_)) {
        const double begin = place(bar.begin_us), end = place(bar.end_us);
        result += fmt::format(
            "<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" "
            "class=\"{}\"><title>{}"
            "</title></rect>\n",
            begin, y + bar_height - look.height, std::max(end - begin, least_width), look.height,
            look.kind, markup(told(bar, thread)));
      }
    }
    return result;
  }

  const TimelineRun& run_;
  double from_us_, to_us_, top_;
};

double number_of(const Json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_number() ? found->get<double>() : 0;
}

std::string text_of(const Json& event, const char* name) {
  const auto found = event.find(name);
  return found != event.end() && found->is_string() ? printable(found->get<std::string>()) : "";
}

}  // namespace

std::string thread_name(std::uint64_t thread) {
  return thread == 0 ? "all" : fmt::format("thread {}", thread);
}

std::vector<TimelineRun> load_timeline(std::string_view text, const std::string& name) {
  std::map<std::uint64_t, TimelineRun> runs;
  std::vector<std::uint64_t> order;
  int line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == ',' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty() || line == "[" || line == "]") continue;
    const Json event = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!event.is_object() || !event.contains("pid")) {
      throw BadResults(fmt::format("{}:{}: no event of a trace", name, line_number));
    }
    const auto process = static_cast<std::uint64_t>(number_of(event, "pid"));
    if (!runs.contains(process)) order.push_back(process);
    TimelineRun& run = runs[process];
    const Json arguments = event.value("args", Json::object());
    if (text_of(event, "ph") == "M") {
      run.title = text_of(arguments, "name");
      run.dropped = static_cast<std::uint64_t>(number_of(arguments, "dropped_events"));
    } else {
      run.threads[static_cast<std::uint64_t>(number_of(event, "tid"))].push_back(
          {text_of(event, "name"), text_of(arguments, "let_go"), number_of(event, "ts"),
           number_of(event, "dur")});
    }
  }
  if (runs.empty()) throw BadResults(name + ":1: no events");
  std::vector<TimelineRun> all;
  for (const std::uint64_t process : order) {
    for (auto& [thread, intervals] : runs[process].threads) {
      std::sort(intervals.begin(), intervals.end(),
                [](const Interval& a, const Interval& b) { return a.begin_us < b.begin_us; });
    }
    all.push_back(std::move(runs[process]));
  }
  return all;
}

std::vector<TimelineRun> read_timeline(const std::filesystem::path& file) {
  const std::string name = printable(file.string());
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    throw BadResults(name + ":1: cannot be read, or is empty");
  }
  return load_timeline(text.str(), name);
}

std::string timeline_svg(const std::vector<TimelineRun>& runs, double from_us, double to_us) {
  constexpr double legend = 30;
  std::string panels;
  double y = legend;
  for (const TimelineRun& run : runs) {
    const Panel panel(run, from_us, to_us, y);
    panels += panel.draw();
    y += panel.height();
  }
  std::string result = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" viewBox=\"0 0 {0:.0f} "
      "{1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\" aria-label=\"Who held the lock, waited and collected\">\n"
      "<style>{2}</style>\n<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n",
      width, y, style);
  double x = left;
  for (const auto& [kind, meaning] :
       {std::pair{"hold", "holds the lock"}, std::pair{"wait", "waits for it (low)"},
        std::pair{"lock", "waits for a monitor (low)"}, std::pair{"gc", "collects, or frees"}}) {
    result += fmt::format("<rect x=\"{:.1f}\" y=\"10\" width=\"14\" height=\"10\" class=\"{}\"/>\n",
                          x, kind);
    result += words(x + 20, 19, "s", meaning);
    x += 190;
  }
  return result + panels + "</svg>\n";
}

}  // namespace reclaim::report
