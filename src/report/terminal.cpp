// The report on a terminal: tables and conclusions by workload, the legend at the end.
#include <fmt/core.h>

#include "report/conclusions.h"
#include "report/experiments.h"
#include "report/further_tables.h"
#include "report/mistakes.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/terminal_text.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr std::size_t topic_width = 17;

std::string sentence(const Conclusion& conclusion, TerminalStyle style) {
  const std::string line =
      fmt::format("{}{} ({})", padded(topic_name(conclusion.topic), topic_width, false),
                  conclusion.text, conclusion.certainty);
  const std::string text = "  " + wrapped(line, style.width - 2, topic_width + 2);
  return conclusion.alarming ? coloured(text, Emphasis::alarm, style.colour) : text;
}

std::string scenario_text(const Scenario& scenario, TerminalStyle style) {
  std::string heading = threads_words(scenario.threads);
  if (scenario.oversubscribed) heading += " (oversubscribed: more threads than cores)";
  return heading + '\n' +
         aligned(comparison_table(scenario, Detail::brief), style.width, style.colour);
}

std::string legend(const Analysis& analysis, TerminalStyle style) {
  std::string result = bold("Columns and signs", style.colour) + '\n';
  const Table table = comparison_table(analysis.settings.front().scenarios.front(), Detail::brief);
  for (const Column& column : table.columns) {
    const std::string name = column.heading.substr(0, column.heading.find(','));
    result +=
        "  " + wrapped(padded(name, topic_width + 1, false) + ' ' + std::string(column.explanation),
                       style.width - 2, topic_width + 4);
  }
  for (const Sign& sign : signs()) {
    result +=
        "  " + wrapped(padded(sign.sign, topic_width + 1, false) + ' ' + std::string(sign.meaning),
                       style.width - 2, topic_width + 4);
  }
  return result;
}

std::string mistakes_text(const std::vector<MistakesOfProgram>& programs, TerminalStyle style) {
  if (programs.empty()) return {};
  std::string result = '\n' + bold("Mistakes", style.colour) + '\n';
  for (const MistakesOfProgram& program : programs) {
    result += program.title + '\n' + aligned(program.table, style.width, style.colour);
    for (const std::string& remark : program.remarks) {
      result += "  " + wrapped(remark, style.width - 2, 4);
    }
  }
  return result + coloured(wrapped(std::string(about_mistakes), style.width, 0), Emphasis::quiet,
                           style.colour);
}

std::string further_text(const Results& results, const Analysis& analysis, TerminalStyle style) {
  std::string result, about;
  for (const FurtherTable& further : further_tables(results, analysis)) {
    result += '\n' + bold(further.title, style.colour) + '\n' +
              aligned(further.table, style.width, style.colour);
    if (further.about == about) continue;  // said of the table before
    about = further.about;
    result += coloured(wrapped(about, style.width, 0), Emphasis::quiet, style.colour);
  }
  return result;
}

}  // namespace

std::string terminal_table(const Results& results, TerminalStyle style) {
  const Analysis analysis = analyse(results);
  std::string result;
  for (const std::string& note : results.notes) {
    result += coloured(wrapped("note: " + note, style.width, 6), Emphasis::alarm, style.colour);
  }
  const std::string mistakes =
      mistakes_text(mistakes_of(results), style) + experiments_text(results, style);
  if (analysis.settings.empty()) {
    return result + (mistakes.empty() ? "No cell has finished.\n" : mistakes);
  }
  result += wrapped(what_was_compared(analysis), style.width, 0);
  for (const Setting& setting : analysis.settings) {
    result += '\n' + bold(setting.title, style.colour) + '\n';
    if (const std::string words = about(setting); !words.empty()) {
      result += coloured(wrapped(words, style.width, 0), Emphasis::quiet, style.colour);
    }
    for (const Scenario& scenario : setting.scenarios) {
      result += scenario_text(scenario, style);
    }
    for (const Conclusion& conclusion : conclude(setting)) result += sentence(conclusion, style);
  }
  result += '\n' + bold("Over all of them", style.colour) + '\n';
  for (const Conclusion& conclusion : overview(results, analysis))
    result += sentence(conclusion, style);
  return result + further_text(results, analysis, style) + mistakes + '\n' +
         legend(analysis, style);
}

}  // namespace reclaim::report
