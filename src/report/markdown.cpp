// The report as Markdown: the same tables and sentences, readable as plain text too.
#include <fmt/core.h>

#include "report/conclusions.h"
#include "report/escape.h"
#include "report/experiments.h"
#include "report/further_tables.h"
#include "report/markdown_table.h"
#include "report/mistakes.h"
#include "report/model_picture.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/table.h"
#include "report/words.h"
#include "report/workload_page.h"

namespace reclaim::report {
namespace {

std::string sentences(const std::vector<Conclusion>& conclusions) {
  std::string result;
  for (const Conclusion& conclusion : conclusions) {
    result += fmt::format("- {}**{}** {} *({})*\n", conclusion.alarming ? "⚠ " : "",
                          topic_name(conclusion.topic), markdown(conclusion.text),
                          markdown(conclusion.certainty));
  }
  return result + '\n';
}

std::string setting_text(const Results& results, const Setting& setting) {
  std::string result = fmt::format("## {}\n\n", markdown(setting.title));
  if (const std::string words = shows(results, setting); !words.empty()) {
    result += "Shows " + markdown(words) + ".\n\n";
  }
  if (const std::string words = about(setting); !words.empty()) {
    result += markdown(words) + "\n\n";
  }
  result += sentences(conclude(setting));
  for (const Scenario& scenario : setting.scenarios) {
    result += fmt::format("**{}**{}\n\n", threads_words(scenario.threads),
                          scenario.oversubscribed ? " (more than the machine has cores)" : "");
    result += markdown_table(comparison_table(scenario, Detail::full));
    const Table stops = stops_table(scenario);
    if (!stops.rows.empty()) result += "Stops by cause:\n\n" + markdown_table(stops);
  }
  return result;
}

std::string legend(const Analysis& analysis) {
  std::string result = "## How to read the columns\n\n";
  const Table table = comparison_table(analysis.settings.front().scenarios.front(), Detail::full);
  for (const Column& column : table.columns) {
    result +=
        fmt::format("- **{}**: {}\n", markdown(column.heading.substr(0, column.heading.find(','))),
                    markdown(column.explanation));
  }
  result += "\n| sign | meaning |\n|---|---|\n";
  for (const Sign& sign : signs()) {
    result += fmt::format("| {} | {} |\n", markdown(sign.sign), markdown(sign.meaning));
  }
  return result + '\n';
}

std::string models_text(const Results& results, const Analysis& analysis) {
  std::string result = "## The models, one by one\n\n";
  for (const auto& [id, anchor] : analysis.pages) {
    const Nature nature = nature_of(results, id);
    result += "### " + markdown(id) + "\n\n";
    if (!nature.summary.empty()) {
      if (!nature.like.empty()) result += "Like " + markdown(nature.like) + ". ";
      result += markdown(sentence(nature.summary)) + ". ";
    }
    result += "Who frees: " + markdown(who_frees(nature)) + ".\n\n";
    for (const std::string& model : analysis.models) {
      if (id_of(model) != id) continue;
      if (model != id) result += "**" + markdown(model) + "**\n\n";
      result += sentences(conclude(analysis, model));
    }
  }
  return result;
}

std::string mistakes_text(const std::vector<MistakesOfProgram>& programs) {
  if (programs.empty()) return {};
  std::string result = "## Mistakes\n\n" + markdown(about_mistakes) + "\n\n";
  for (const MistakesOfProgram& program : programs) {
    result += "**" + markdown(program.title) + "**\n\n" + markdown_table(program.table);
    for (const std::string& remark : program.remarks) result += "- " + markdown(remark) + '\n';
    if (!program.remarks.empty()) result += '\n';
  }
  return result;
}

std::string further_text(const Results& results, const Analysis& analysis) {
  std::string result;
  std::string_view about;
  for (const FurtherTable& further : further_tables(results, analysis)) {
    result += "## " + markdown(further.title) + "\n\n";
    if (further.about != about) result += markdown(std::string(further.about)) + "\n\n";
    about = further.about;
    result += markdown_table(further.table);
  }
  return result;
}

}  // namespace

std::string markdown_table(const Table& table) {
  std::string result = "|";
  for (const Column& column : table.columns) result += ' ' + markdown(column.heading) + " |";
  result += "\n|";
  for (const Column& column : table.columns) result += column.numeric ? "---:|" : "---|";
  result += '\n';
  for (const auto& row : table.rows) {
    result += '|';
    for (const TableCell& cell : row) {
      const std::string text = markdown(cell.text);
      const bool strong = cell.emphasis == Emphasis::best || cell.emphasis == Emphasis::alarm;
      result += strong ? " **" + text + "** |" : ' ' + text + " |";
    }
    result += '\n';
  }
  return result + '\n';
}

std::string markdown_report(const Results& results, const Analysis& analysis) {
  std::string result = "# What memory management costs\n\n";
  if (analysis.settings.empty()) {
    result += results.experiments.empty() ? "No cell has finished" : experiments_summary(results);
    result += ".\n\n";
  } else {
    result += what_was_compared(analysis) + "\n\n";
  }
  for (const std::string& note : results.notes) result += "> **Note** " + markdown(note) + "\n\n";
  for (const auto& [name, value] : facts(results, analysis)) {
    result += fmt::format("- {}: {}\n", name, markdown(value));
  }
  result += '\n';
  const std::string mistakes = mistakes_text(mistakes_of(results)) + experiments_markdown(results);
  if (analysis.settings.empty()) return result + mistakes;
  result += "## What came out\n\n" + sentences(overview(results, analysis));
  for (const Setting& setting : analysis.settings) result += setting_text(results, setting);
  result += further_text(results, analysis) + mistakes + models_text(results, analysis) +
            legend(analysis) + "## Rules of the conclusions\n\n";
  for (const std::string_view rule : rules()) result += fmt::format("- {}\n", markdown(rule));
  return result;
}

}  // namespace reclaim::report
