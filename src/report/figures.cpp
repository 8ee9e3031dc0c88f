// See figures.h.
#include "report/figures.h"

#include <fmt/core.h>

#include <algorithm>

#include "report/curves.h"
#include "report/escape.h"
#include "report/page_parts.h"
#include "report/surface.h"
#include "report/timeline_data.h"
#include "report/viewer.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

std::string figure(const std::string& content, const std::string& heading,
                   const std::string& caption) {
  return fmt::format("<figure><h3>{}</h3><figcaption>{}</figcaption>{}</figure>\n", markup(heading),
                     markup(caption), content);
}

std::string folded(const std::string& table) {
  if (table.empty()) return {};
  return "<details class=\"numbers\"><summary>As a table</summary>" + table + "</details>\n";
}

std::string section(const char* anchor, const char* heading, const std::string& content) {
  return fmt::format("<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n{2}</section>\n",
                     anchor, heading, content);
}

/// A panel of a figure: what it is of, and the picture.
std::string panel(int threads, bool oversubscribed, const std::string& content) {
  return fmt::format("<div data-threads=\"{}\"><p class=\"meta\">{}{}</p>{}</div>\n", threads,
                     threads_words(threads),
                     oversubscribed ? ", more than the machine has cores" : "", content);
}

std::string panels(const std::string& content) {
  return "<div class=\"panels\">" + content + "</div>";
}

bool is_oversubscribed(const Analysis& analysis, int threads) {
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      if (scenario.threads == threads && scenario.oversubscribed) return true;
    }
  }
  return false;
}

std::string stops_tables(const Setting& setting) {
  std::string result;
  for (const Scenario& scenario : setting.scenarios) {
    const Table table = stops_table(scenario);
    if (table.rows.empty()) continue;
    result += table_html(table, "Stops by cause, " + threads_words(scenario.threads));
  }
  return result;
}

}  // namespace

std::string Figures::place(const std::string& id, const std::string& still, nlohmann::json data) {
  data_.add(id, std::move(data));
  return fmt::format("<div class=\"chart\" data-chart=\"{}\">{}</div>", id, still);
}

std::string Figures::of_scenarios(
    const Setting& setting, const char* kind, const char* heading, const char* caption,
    std::string (*draw)(const Scenario&, const Palette&, const std::string&),
    nlohmann::json (*data)(const Scenario&, const Palette&), const std::string& table) {
  std::string content;
  for (const Scenario& scenario : setting.scenarios) {
    const std::string id = fmt::format("{}-{}-{}", setting.anchor, kind, scenario.threads);
    const std::string still = draw(scenario, palette_, id);
    if (still.empty()) continue;
    content += panel(scenario.threads, scenario.oversubscribed,
                     place(id, still, data(scenario, palette_)));
  }
  if (content.empty()) return {};
  return figure(panels(content) + folded(table), heading, caption);
}

std::string Figures::curves(const std::vector<std::pair<int, LineChart>>& charts,
                            const std::string& id, const char* heading, const char* caption) {
  std::string content, tables;
  for (const auto& [threads, chart] : charts) {
    if (!chart.worth_drawing()) continue;
    const std::string own = fmt::format("{}-{}", id, threads);
    nlohmann::json data = line_chart_data(chart, palette_);
    if (threads != 0) data["threads"] = threads;
    const std::string drawn = place(own, line_chart_svg(chart, palette_, own), std::move(data));
    content += threads == 0 ? "<div>" + drawn + "</div>"
                            : panel(threads, is_oversubscribed(analysis_, threads), drawn);
    tables += table_html(line_chart_table(chart), chart.title);
  }
  if (content.empty()) return {};
  return figure(panels(content) + folded(tables), heading, caption);
}

std::string Figures::curves_of_scenarios(const Setting& setting, const char* kind,
                                         const char* heading, const char* caption,
                                         LineChart (*build)(const Scenario&)) {
  std::vector<std::pair<int, LineChart>> charts;
  for (const Scenario& scenario : setting.scenarios) {
    charts.emplace_back(scenario.threads, build(scenario));
  }
  return curves(charts, setting.anchor + "-" + kind, heading, caption);
}

std::string Figures::overview() {
  nlohmann::json data = overview_data(analysis_, palette_);
  if (data["rows"].size() < 2) return {};
  return "<div class=\"live-only\">" +
         figure(
             place("overview", "", std::move(data)), "All workloads at once",
             "A mark for each model on each workload: right is slower than the fastest there, up "
             "is larger than the leanest; lower left is better in both. A surprise: a model "
             "that is far out on one workload only.") +
         "</div>\n";
}

std::string Figures::of_setting(const Setting& setting) {
  std::string result = of_scenarios(
      setting, "wall", "Wall time",
      "Bar: median. Line across its end: 95 % interval. Dots: rounds. Shorter is better. A "
      "surprise: dots far apart, or a bar longer with more threads where the work is shared out.",
      wall_chart, wall_data, "");
  result += of_scenarios(
      setting, "tradeoff", "Memory against time",
      "Lower left is better in both; who lies to the left of and above another buys time with "
      "memory. Both axes are logarithmic. A surprise: a collector that is both slower and larger "
      "than malloc.",
      tradeoff_chart, tradeoff_data, "");
  result +=
      curves({{0, scaling_curves(setting)}}, setting.anchor + "-scaling", "Scaling by threads",
             "Work a second, as a multiple of that with the fewest threads. Grey line: as "
             "many times the work as there are threads with a core each. Shaded: more "
             "threads than cores, where the scheduler is measured too. A surprise: a line "
             "that falls, or one above the grey.");
  result += of_scenarios(
      setting, "stops", "Stops",
      "How long a mutator was kept from running: ring median, dot 99th percentile, diamond the "
      "longest; a missing mark had too few stops. The hill above a line, where there is one, is "
      "how often stops of that length came. Logarithmic, so each grid step is a multiple; left is "
      "better. A surprise: a longest stop far beyond its 99th percentile.",
      stops_chart, stops_data, stops_tables(setting));
  result += curves_of_scenarios(
      setting, "utilisation", "Utilisation",
      "The least share of any window of that length in which mutators could run: where a line "
      "leaves the floor is the longest stop, where it ends is the share over the whole run. Higher "
      "is better. A surprise: a line that stays low in long windows, so that short stops crowd.",
      utilisation_curves);
  result += curves_of_scenarios(
      setting, "memory", "Memory over the run",
      "Resident memory of the round with the median time. A saw-tooth is a collector at work, a "
      "ramp is memory that does not come back. A surprise: a ramp in a model that frees.",
      memory_curves);
  result += curves_of_scenarios(
      setting, "latency", "Latency of operations",
      "How long an operation took, from the median to the longest. Metered: as if operations had "
      "been due evenly; since due: from the moment the clock called for it. Lower is better. A "
      "surprise: lines of one model far apart, so that a stop made others wait behind it.",
      latency_curves);
  return result;
}

std::string Figures::leaks() {
  const std::string still = leaks_chart(analysis_, palette_, "leaks-of-all-chart");
  if (still.empty()) return {};
  return figure(place("leaks", still, leaks_data(analysis_, palette_)), "Leaked objects",
                "Dot: objects left. Ring: objects that the workload planted and this model, by its "
                "design, cannot free. A surprise: a dot without its ring, or away from it.");
}

std::string Figures::heap_section() {
  std::string content;
  std::size_t number = 0;
  for (const HeapSweep& sweep : heap_sweeps(analysis_)) {
    const std::string id = fmt::format("heap-{}", number++);
    content += curves({{sweep.threads, sweep.time}}, id + "-time",
                      (sweep.title + ": time by heap limit").c_str(),
                      "A collector buys time with memory: left is a tight heap. Level lines have "
                      "no limit. A surprise: a line that does not fall to the right.");
    content += curves({{sweep.threads, sweep.memory}}, id + "-memory",
                      (sweep.title + ": memory by heap limit").c_str(),
                      "What the process took under each limit. A surprise: memory that does not "
                      "grow with the limit, or that is above it by far.");
  }
  if (content.empty()) return {};
  return section("heaps-of-all", "Tight and roomy heaps", content);
}

std::string Figures::surface_section(const std::vector<Surface>& surfaces,
                                     const std::string& point_by_point) {
  std::string content;
  std::size_t number = 0;
  for (const Surface& surface : surfaces) {
    const std::string id = fmt::format("surface-{}", number++);
    content += figure(
        fmt::format("<div data-threads=\"{}\">{}</div>", surface.threads,
                    place(id, surface_html(surface), surface_data(surface, palette_))),
        surface.title + ", " + threads_words(surface.threads),
        "The longest stop by how fast the program allocates and how much it keeps alive; stronger "
        "shading is longer, by the logarithm. A surprise: a model whose stops grow with the rate, "
        "not with what is alive.");
  }
  if (content.empty()) return {};
  return section(
      "pauses-of-all", "Pauses under pressure",
      content + "<details><summary>Point by point</summary>" + point_by_point + "</details>\n");
}

std::string Figures::timeline_section(const std::vector<TimelineRun>& runs) {
  if (runs.empty()) return {};
  std::string content;
  std::size_t number = 0;
  for (const TimelineRun& run : runs) {
    std::string caption =
        "A row for each thread, time to the right. Drag or scroll to look closer. A surprise: a "
        "thread that waits while nobody runs.";
    if (run.dropped != 0) {
      caption += fmt::format(" {} earlier events were not kept.", run.dropped);
    }
    content += figure(
        place(fmt::format("timeline-{}", number++), timeline_svg({run}, 0, 0), timeline_data(run)) +
            folded(table_html(timeline_table(run), run.title)),
        run.title, caption);
  }
  return section("timeline-of-all", "Who ran, waited and collected", content);
}

std::string Figures::script() const {
  if (data_.empty()) return {};
  return viewer_html(data_.text(palette_, analysis_.threads));
}

}  // namespace reclaim::report
