// The HTML page: one file, no network, whole without script; well-formed as XML too but for its
// scripts, which a test checks.
#include <fmt/core.h>

#include <set>

#include "report/conclusions.h"
#include "report/escape.h"
#include "report/experiments.h"
#include "report/figures.h"
#include "report/further_tables.h"
#include "report/links.h"
#include "report/mistakes.h"
#include "report/model_pages.h"
#include "report/page_frame.h"
#include "report/page_parts.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/surface.h"
#include "report/words.h"
#include "report/workload_page.h"

namespace reclaim::report {
namespace {

constexpr std::string_view title = "What memory management costs";

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

std::string lead(const Results& results, const Analysis& analysis) {
  if (!analysis.settings.empty()) return what_was_compared(analysis);
  return results.experiments.empty() ? "No cell has finished." : experiments_summary(results) + '.';
}

std::string header(const Results& results, const Analysis& analysis) {
  std::string result = fmt::format("<header><h1>{}</h1>\n", title);
  result += fmt::format("<p class=\"lead\">{}</p>\n", markup(lead(results, analysis)));
  for (const std::string& note : results.notes) {
    result += fmt::format("<p class=\"note\"><b>Note.</b> {}</p>\n", markup(note));
  }
  return result + facts_html(results, analysis) + "</header>\n";
}

/// The settings that are points of a pause surface: so many that each has no section of its own.
std::set<const Setting*> points_of(const std::vector<Surface>& surfaces) {
  std::set<const Setting*> result;
  for (const Surface& surface : surfaces) {
    result.insert(surface.points.begin(), surface.points.end());
  }
  return result;
}

std::string navigation(const Results& results, const Analysis& analysis,
                       const std::set<const Setting*>& points) {
  const auto item = [](const std::string& anchor, const std::string& name) {
    return "<li>" + link_to(anchor, name) + "</li>\n";
  };
  std::string result = "<nav aria-label=\"Workloads and models\"><ul>\n<li>Workloads</li>\n";
  for (const Setting& setting : analysis.settings) {
    if (!points.contains(&setting)) result += item(setting.anchor, setting.title);
  }
  result += "</ul>\n<ul><li>Models</li>\n";
  for (const auto& [id, anchor] : analysis.pages) result += item(anchor, id);
  result += "</ul>\n<ul><li>All</li>\n" + item("all-of-them", "time and memory");
  if (!points.empty()) result += item("pauses-of-all", "pauses under pressure");
  if (!results.experiments.empty()) result += item(std::string(experiments_anchor), "experiments");
  return result + item("leaks-of-all", "leaks") + item("rules-of-all", "rules") + "</ul></nav>\n";
}

std::string scenario_tables(const Setting& setting) {
  std::string result;
  for (const Scenario& scenario : setting.scenarios) {
    std::string caption = setting.title + ", " + threads_words(scenario.threads);
    if (scenario.oversubscribed) caption += " (more than the machine has cores)";
    result += table_html(comparison_table(scenario, Detail::full), caption);
  }
  return result;
}

/// What a setting of a pause surface has: its conclusions and its numbers.
std::string point_html(const Setting& setting, const Links& links) {
  return fmt::format("<h3 id=\"{}\">{}</h3>\n", setting.anchor, markup(setting.title)) +
         sentences_html(conclude(setting), links) + scenario_tables(setting);
}

std::string setting_html(const Results& results, const Setting& setting, Figures& figures,
                         const Links& links) {
  std::string result = fmt::format("<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n",
                                   setting.anchor, markup(setting.title));
  result += workload_opening(results, setting) + sentences_html(conclude(setting), links);
  result += scenario_tables(setting);
  result += legend_html(comparison_table(setting.scenarios.front(), Detail::full));
  result += figures.of_setting(setting);
  return result + extras_html(setting) + "</section>\n";
}

std::string overview_html(const Results& results, const Analysis& analysis, const Links& links) {
  return "<section class=\"first\" aria-labelledby=\"what-came-out\"><h2 id=\"what-came-out\">"
         "What came out</h2>\n<p class=\"caption\">One sentence a tradeoff, how sure it is beside "
         "it, by stated <a href=\"#rules-of-all\">rules</a>; no score over all.</p>\n" +
         sentences_html(overview(results, analysis), links) + "</section>\n";
}

std::string matrices_html(const Analysis& analysis, Figures& figures) {
  return "<section aria-labelledby=\"all-of-them\"><h2 id=\"all-of-them\">Time and memory, "
         "all of them</h2>\n<p class=\"caption\">1.00× is the best model of the row that frees "
         "memory; 2.00× "
         "takes twice as much. Stronger shading is more. ~ is not told apart from the best, ? has "
         "too few rounds to say, brackets never free and do not compete. Read both: what is faint "
         "on "
         "one side may be strong on the other. A surprise: a column that is faint in "
         "both.</p>\n<div class=\"panels\">" +
         matrix_html(analysis, Quantity::time) + matrix_html(analysis, Quantity::memory) +
         "</div>" + figures.overview() + "</section>\n";
}

std::string leaks_html(const Analysis& analysis, Figures& figures) {
  std::string figure = figures.leaks();
  if (figure.empty()) figure = "<p>No model that frees left an object behind.</p>\n";
  return "<section aria-labelledby=\"leaks-of-all\"><h2 id=\"leaks-of-all\">What leaked</h2>\n" +
         figure + leaks_table_html(analysis) + leaked_types_html(analysis) + "</section>\n";
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

/// Tables that answer one question stand together, behind what they are about.
std::string further_html(const Results& results, const Analysis& analysis) {
  std::string groups;
  std::string_view about;
  for (const FurtherTable& further : further_tables(results, analysis)) {
    if (further.about != about) {
      if (!about.empty()) groups += "</details>\n";
      about = further.about;
      groups += "<p class=\"caption\">" + markup(std::string(about)) +
                "</p>\n<details><summary>In numbers</summary>\n";
    }
    groups += table_html(further.table, further.title);
  }
  if (groups.empty()) return {};
  return "<section aria-labelledby=\"further-of-all\"><h2 id=\"further-of-all\">Answers in time, "
         "what keeps objects, lower bounds, equal memory</h2>\n" +
         groups + "</details>\n</section>\n";
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
  std::string result = page_begin(title, "what-came-out") + header(results, analysis);
  const std::string mistakes = mistakes_html(mistakes_of(results)) + experiments_html(results);
  Figures figures(analysis);
  if (!analysis.settings.empty()) {
    const Links links(analysis);
    const std::vector<Surface> under_pressure = surfaces(analysis);
    const std::set<const Setting*> points = points_of(under_pressure);
    result += "<main>" + overview_html(results, analysis, links) +
              navigation(results, analysis, points) + matrices_html(analysis, figures);
    std::string point_by_point;
    for (const Setting& setting : analysis.settings) {
      if (points.contains(&setting)) {
        if (point_by_point.empty()) point_by_point = workload_opening(results, setting);
        point_by_point += point_html(setting, links);
      } else {
        result += setting_html(results, setting, figures, links);
      }
    }
    result += figures.heap_section() + figures.surface_section(under_pressure, point_by_point);
    result += figures.timeline_section(results.timeline);
    result += further_html(results, analysis) + leaks_html(analysis, figures) + mistakes +
              model_pages(results, analysis, links) + rules_html() + "</main>\n";
  } else if (!mistakes.empty()) {
    result += "<main>" + mistakes + "</main>\n";
  }
  return result + page_end(figures.script());
}

}  // namespace reclaim::report
