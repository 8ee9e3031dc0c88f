// See experiments.h.
#include "report/experiments.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "report/escape.h"
#include "report/markdown_table.h"
#include "report/page_parts.h"
#include "report/table.h"
#include "report/terminal_text.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

std::string verdict_text(const Experiment& experiment) {
  return experiment.verdict == "undecidable" ? "not decidable here" : experiment.verdict;
}

Emphasis emphasis_of(const Experiment& experiment) {
  if (experiment.verdict == "confirmed") return Emphasis::best;
  return experiment.verdict == "refuted" ? Emphasis::alarm : Emphasis::quiet;
}

/// A column of numbers stands to the right.
bool is_numeric(const Experiment::Table& details, std::size_t column) {
  return std::all_of(details.rows.begin(), details.rows.end(), [&](const auto& row) {
    const std::string& cell = row[column];
    return cell.empty() || cell == "—" || std::isdigit(static_cast<unsigned char>(cell[0])) != 0;
  });
}

Table table_of(const Experiment::Table& details) {
  Table table;
  for (std::size_t c = 0; c < details.columns.size(); ++c) {
    table.columns.push_back({details.columns[c], "", is_numeric(details, c)});
  }
  for (const auto& row : details.rows) {
    auto& cells = table.rows.emplace_back();
    for (const std::string& cell : row) cells.push_back({cell, Emphasis::plain});
  }
  return table;
}

std::string heading(const Experiment& experiment) {
  return fmt::format("{}. {}", experiment.number, experiment.id);
}

}  // namespace

std::string experiment_text(const Experiment& experiment, TerminalStyle style) {
  constexpr std::size_t indent = 12;
  const auto line = [&](const char* name, const std::string& words) {
    return "  " + wrapped(padded(name, indent - 3, false) + ' ' + words, style.width - 2, indent);
  };
  std::string result = bold(heading(experiment), style.colour) + '\n';
  result += line("claim", experiment.claim) + line("expected", experiment.expected) +
            line("measured", experiment.measured);
  result += fmt::format("  {:<{}}{}\n", "verdict", indent - 2,
                        coloured(verdict_text(experiment), emphasis_of(experiment), style.colour));
  for (const Experiment::Table& details : experiment.details) {
    result += '\n' + wrapped(details.title, style.width, 0) +
              aligned(table_of(details), style.width, style.colour);
  }
  return result;
}

std::string experiments_text(const Results& results, TerminalStyle style) {
  if (results.experiments.empty()) return {};
  std::string result = bold("Experiments", style.colour) + '\n';
  for (const Experiment& experiment : results.experiments) {
    result += experiment_text(experiment, style) + '\n';
  }
  return result;
}

std::string experiments_markdown(const Results& results) {
  if (results.experiments.empty()) return {};
  std::string result = "## Experiments\n\n" + experiments_summary(results) + ".\n\n";
  for (const Experiment& experiment : results.experiments) {
    result += fmt::format("### {}\n\n{}\n\n- expected: {}\n- measured: {}\n- verdict: **{}**\n\n",
                          markdown(heading(experiment)), markdown(experiment.claim),
                          markdown(experiment.expected), markdown(experiment.measured),
                          markdown(verdict_text(experiment)));
    for (const Experiment::Table& details : experiment.details) {
      result += markdown(details.title) + "\n\n" + markdown_table(table_of(details));
    }
  }
  return result;
}

std::string experiments_html(const Results& results) {
  if (results.experiments.empty()) return {};
  std::string result = fmt::format(
      "<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">Experiments</h2>\n"
      "<p class=\"caption\">{1}. Each is a rule that was written down before: what the claim lets "
      "expect, what was measured here, and whether the one bears out the other.</p>\n",
      experiments_anchor, markup(experiments_summary(results)));
  for (const Experiment& experiment : results.experiments) {
    const Emphasis emphasis = emphasis_of(experiment);
    const char* look = emphasis == Emphasis::best    ? "best"
                       : emphasis == Emphasis::alarm ? "alarm-text"
                                                     : "quiet-text";
    result += fmt::format(
        "<h3>{}</h3>\n<p>{}</p>\n<dl class=\"wide\"><dt>expected</dt><dd>{}</dd>"
        "<dt>measured</dt><dd>{}</dd><dt>verdict</dt><dd class=\"{}\">{}</dd></dl>\n",
        markup(heading(experiment)), markup(experiment.claim), markup(experiment.expected),
        markup(experiment.measured), look, markup(verdict_text(experiment)));
    std::string tables;
    for (const Experiment::Table& details : experiment.details) {
      tables += table_html(table_of(details), details.title);
    }
    if (!tables.empty()) {
      result += "<details><summary>Step by step</summary>" + tables + "</details>\n";
    }
  }
  return result + "</section>\n";
}

std::string experiments_summary(const Results& results) {
  const auto number = [&](std::string_view verdict) {
    return std::count_if(results.experiments.begin(), results.experiments.end(),
                         [&](const auto& experiment) { return experiment.verdict == verdict; });
  };
  std::string result = counted(results.experiments.size(), "claim") +
                       " put to the test: " + fmt::format("{} confirmed", number("confirmed"));
  if (const auto refuted = number("refuted")) result += fmt::format(", {} refuted", refuted);
  if (const auto open = number("undecidable")) result += fmt::format(", {} not decidable", open);
  return result;
}

}  // namespace reclaim::report
