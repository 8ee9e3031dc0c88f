// The HTML page: one file, no network, no script; well-formed as XML too, which a test checks.
#include <fmt/core.h>

#include "report/charts.h"
#include "report/conclusions.h"
#include "report/escape.h"
#include "report/mistakes.h"
#include "report/page_parts.h"
#include "report/page_style.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr std::string_view title = "What memory management costs";

std::string head() {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      // Nothing may be fetched or run, whatever a name in a results file holds.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"/>\n<title>{}</title>\n<style>{}</style></head>\n"
      "<body><a class=\"skip\" href=\"#what-came-out\">Skip to the results</a>\n"
      "<div class=\"page\">\n",
      title, page_style);
}

std::string facts_list(const std::vector<std::pair<std::string, std::string>>& all) {
  std::string result = "<dl class=\"wide\">\n";
  for (const auto& [name, value] : all) {
    result += fmt::format("<dt>{}</dt><dd>{}</dd>\n", markup(name), markup(value));
  }
  return result + "</dl>\n";
}

/// Machine, system and date in one line; the rest is opened on demand.
std::string facts_html(const Results& results, const Analysis& analysis) {
  const auto all = facts(results, analysis);
  std::string line;
  for (const auto& [name, value] : all) {
    if (name != "Machine" && name != "System" && name != "Started" && name != "Cells") continue;
    if (!line.empty()) line += " · ";
    line += name == "Cells" ? "cells: " + value : value;
  }
  return fmt::format(
      "<p class=\"meta\">{}</p>\n<details><summary>Build, allocators, seed, command"
      "</summary>{}</details>\n",
      markup(line), facts_list(all));
}

std::string header(const Results& results, const Analysis& analysis) {
  std::string result = fmt::format("<header><h1>{}</h1>\n", title);
  result += fmt::format("<p class=\"lead\">{}</p>\n", analysis.settings.empty()
                                                          ? "No cell has finished."
                                                          : markup(what_was_compared(analysis)));
  for (const std::string& note : results.notes) {
    result += fmt::format("<p class=\"note\"><b>Note.</b> {}</p>\n", markup(note));
  }
  return result + facts_html(results, analysis) + "</header>\n";
}

std::string navigation(const Analysis& analysis) {
  std::string result = "<nav aria-label=\"Workloads\"><ul>\n";
  for (const Setting& setting : analysis.settings) {
    result +=
        fmt::format("<li><a href=\"#{}\">{}</a></li>\n", setting.anchor, markup(setting.title));
  }
  return result +
         "<li><a href=\"#leaks-of-all\">leaks</a></li>\n"
         "<li><a href=\"#rules-of-all\">rules</a></li></ul></nav>\n";
}

std::string figure(const std::string& chart, const std::string& heading, const char* caption) {
  if (chart.empty()) return {};
  return fmt::format("<figure><h3>{}</h3><figcaption>{}</figcaption>{}</figure>\n", heading,
                     caption, chart);
}

/// One kind of chart for all thread counts, side by side.
std::string panels(const Setting& setting, const Palette& palette, const char* kind,
                   const char* heading, const char* caption,
                   std::string (*draw)(const Scenario&, const Palette&, const std::string&)) {
  std::string charts;
  for (const Scenario& scenario : setting.scenarios) {
    const std::string id = fmt::format("{}-{}-{}", setting.anchor, kind, scenario.threads);
    const std::string chart = draw(scenario, palette, id);
    if (chart.empty()) continue;
    charts +=
        fmt::format("<div><p class=\"meta\">{}{}</p>{}</div>\n",
                    counted(static_cast<std::size_t>(scenario.threads), "thread"),
                    scenario.oversubscribed ? ", more than the machine has cores" : "", chart);
  }
  if (charts.empty()) return {};
  return figure("<div class=\"panels\">" + charts + "</div>", heading, caption);
}

std::string setting_html(const Setting& setting, const Palette& palette) {
  std::string result = fmt::format("<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n",
                                   setting.anchor, markup(setting.title));
  if (const std::string words = about(setting); !words.empty()) {
    result += fmt::format("<p class=\"size\">{}</p>\n", markup(words));
  }
  result += sentences_html(conclude(setting));
  for (const Scenario& scenario : setting.scenarios) {
    std::string caption =
        setting.title + ", " + counted(static_cast<std::size_t>(scenario.threads), "thread");
    if (scenario.oversubscribed) caption += " (more than the machine has cores)";
    result += table_html(comparison_table(scenario, Detail::full), caption);
  }
  result += legend_html(comparison_table(setting.scenarios.front(), Detail::full));
  result +=
      panels(setting, palette, "wall", "Wall time",
             "Bar: median. Line across its end: 95 % interval. Dots: rounds. Shorter is better. "
             "A surprise: dots far apart, or a bar longer with more threads where the work is "
             "shared out.",
             wall_chart);
  result +=
      panels(setting, palette, "tradeoff", "Memory against time",
             "Lower left is better in both; who lies to the left of and above another buys time "
             "with memory. Both axes are logarithmic. A surprise: a collector that is both "
             "slower and larger than malloc.",
             tradeoff_chart);
  result +=
      panels(setting, palette, "stops", "Stops",
             "How long a mutator was kept from running: ring median, dot 99th percentile, "
             "diamond the longest; a missing mark had too few stops. Logarithmic, so each grid "
             "step is a multiple; left is better. A surprise: a longest stop far beyond its "
             "99th percentile.",
             stops_chart);
  std::string stops;
  for (const Scenario& scenario : setting.scenarios) {
    const Table table = stops_table(scenario);
    if (table.rows.empty()) continue;
    stops += table_html(
        table, "Stops by cause, " + counted(static_cast<std::size_t>(scenario.threads), "thread"));
  }
  if (!stops.empty()) {
    result += "<details><summary>Stops by cause, in numbers</summary>" + stops + "</details>\n";
  }
  return result + extras_html(setting) + "</section>\n";
}

std::string overview_html(const Analysis& analysis) {
  return "<main><section aria-labelledby=\"what-came-out\"><h2 id=\"what-came-out\">What came out"
         "</h2>\n<p class=\"caption\">One sentence a tradeoff, with how sure it is beside it; "
         "there is no score over all. The <a href=\"#rules-of-all\">rules</a> by which they are "
         "drawn "
         "are below.</p>\n" +
         sentences_html(overview(analysis)) + "</section>\n";
}

std::string matrices_html(const Analysis& analysis) {
  return "<section aria-labelledby=\"all-of-them\"><h2 id=\"all-of-them\">Time and memory, "
         "all of them</h2>\n<p class=\"caption\">1.00× is the best model of the row that frees "
         "memory; 2.00× "
         "takes twice as much. Stronger shading is more. ~ is not told apart from the best, ? has "
         "too few rounds to say, brackets never free and do not compete. Read both: what is faint "
         "on "
         "one side may be strong on the other. A surprise: a column that is faint in "
         "both.</p>\n<div class=\"panels\">" +
         matrix_html(analysis, Quantity::time) + matrix_html(analysis, Quantity::memory) +
         "</div></section>\n";
}

std::string leaks_html(const Analysis& analysis, const Palette& palette) {
  std::string chart = leaks_chart(analysis, palette, "leaks-of-all-chart");
  if (chart.empty()) chart = "<p>No model that frees left an object behind.</p>\n";
  return "<section aria-labelledby=\"leaks-of-all\"><h2 id=\"leaks-of-all\">What leaked</h2>\n" +
         figure(chart, "Leaked objects",
                "Dot: objects left. Ring: objects that the workload planted and this model, by its "
                "design, cannot free. A surprise: a dot without its ring, or away from it.") +
         leaks_table_html(analysis) + leaked_types_html(analysis) + "</section>\n";
}

std::string mistakes_html(const std::vector<MistakesOfProgram>& programs) {
  if (programs.empty()) return {};
  std::string result =
      "<section aria-labelledby=\"mistakes-of-all\"><h2 id=\"mistakes-of-all\">Mistakes</h2>\n"
      "<p class=\"caption\">" +
      markup(about_mistakes) + "</p>\n";
  for (const MistakesOfProgram& program : programs) {
    result += table_html(program.table, program.title);
    if (program.remarks.empty()) continue;
    result += "<ul>\n";
    for (const std::string& remark : program.remarks) {
      result += "<li><p>" + markup(remark) + "</p></li>\n";
    }
    result += "</ul>\n";
  }
  return result + "</section>\n";
}

std::string rules_html() {
  std::string result =
      "<section aria-labelledby=\"rules-of-all\"><h2 id=\"rules-of-all\">Rules of the "
      "conclusions</h2>"
      "\n<ul>\n";
  for (const std::string_view rule : rules()) result += "<li><p>" + markup(rule) + "</p></li>\n";
  return result + "</ul></section>\n";
}

}  // namespace

std::string html_page(const Results& results, const Analysis& analysis) {
  std::string result = head() + header(results, analysis);
  const std::string mistakes = mistakes_html(mistakes_of(results));
  if (!analysis.settings.empty()) {
    const Palette palette(analysis);
    result += overview_html(analysis) + navigation(analysis) + matrices_html(analysis);
    for (const Setting& setting : analysis.settings) result += setting_html(setting, palette);
    result += leaks_html(analysis, palette) + mistakes + rules_html() + "</main>\n";
  } else if (!mistakes.empty()) {
    result += "<main>" + mistakes + "</main>\n";
  }
  return result + "</div></body></html>\n";
}

}  // namespace reclaim::report
