// Terminal, Markdown and CSV.
#include <gtest/gtest.h>

#include <sstream>

#include "report/escape.h"
#include "report/format.h"
#include "report/report.h"
#include "report/terminal_text.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

Results standard() { return load_text(fixture::standard_run(), "r.jsonl"); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

/// Fields of one line of RFC 4180 CSV without line breaks in fields.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> result(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      result.back() += '"';
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      result.emplace_back();
    } else if (line[i] != '\r') {
      result.back() += line[i];
    }
  }
  return result;
}

TEST(Terminal, EachLineFitsTheWidth) {
  for (const std::string& line : lines_of(terminal_table(standard(), {.colour = false}))) {
    EXPECT_LE(shown_width(line), 100u) << line;
  }
}

TEST(Terminal, ColoursComeOnlyWhenAskedFor) {
  EXPECT_EQ(terminal_table(standard(), {.colour = false}).find('\x1b'), std::string::npos);
  EXPECT_NE(terminal_table(standard(), {.colour = true}).find("\x1b[1;32m"), std::string::npos);
}

TEST(Terminal, AFailedModelShowsItsStatusInPlaceOfItsTimeAndAPartlyFailedOneAMark) {
  CellLine failed;
  failed.status = "out_of_memory";
  CellLine partly;
  partly.model = "flaky";
  CellLine crashed = partly;
  crashed.status = "crashed";
  crashed.round = 1;
  const Results results = load_text(
      EnvironmentLine{}.text() + failed.text() + partly.text() + crashed.text(), "r.jsonl");
  const std::string text = terminal_table(results);
  EXPECT_NE(text.find("  no memory "), std::string::npos) << text;
  EXPECT_NE(text.find("flaky !"), std::string::npos) << text;
}

TEST(Terminal, EveryColumnIsExplained) {
  const std::string text = terminal_table(standard());
  const std::string legend = text.substr(text.find("Columns and signs"));
  for (const char* column :
       {"model", "wall", "spread", "× best", "CPU", "RSS", "stop p99", "stop max", "leaked"}) {
    EXPECT_NE(legend.find(std::string("\n  ") + column), std::string::npos) << column;
  }
}

TEST(Terminal, NoCellsIsSaidAndNotACrash) {
  const Results results = load_text(EnvironmentLine{}.text(), "r.jsonl");
  EXPECT_NE(terminal_table(results).find("No cell has finished."), std::string::npos);
  EXPECT_FALSE(markdown_report(results, analyse(results)).empty());
  EXPECT_FALSE(csv_table(results, analyse(results)).empty());
}

TEST(Markdown, TablesHaveAsManyCellsInEachRowAsHeadings) {
  const std::string text = markdown_report(standard(), analyse(standard()));
  std::size_t bars_of_table = 0;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with("|")) {
      bars_of_table = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++bars;
    }
    if (bars_of_table == 0) bars_of_table = bars;
    EXPECT_EQ(bars, bars_of_table) << line;
  }
}

TEST(Markdown, NamesCannotInjectMarkup) {
  CellLine line;
  line.workload = "<img src=x>|**bold** [link](http://x) `code`";
  const Results results = load_text(EnvironmentLine{}.text() + line.text(), "r.jsonl");
  const std::string text = markdown_report(results, analyse(results));
  EXPECT_EQ(text.find("<img"), std::string::npos);
  EXPECT_EQ(text.find("|**bold**"), std::string::npos);
  EXPECT_EQ(text.find(" [link]("), std::string::npos);
}

TEST(Csv, EachRowHasAsManyFieldsAsTheHeaderAndNamesSurviveQuoting) {
  CellLine line;
  line.workload = "a \"quoted\", name";
  const Results results = load_text(EnvironmentLine{}.text() + line.text(), "r.jsonl");
  const auto lines = lines_of(csv_table(results, analyse(results)));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(fields_of(lines[0]).size(), fields_of(lines[1]).size());
  EXPECT_EQ(fields_of(lines[1])[0], "a \"quoted\", name");
  EXPECT_EQ(fields_of(lines[0])[0], "workload");
}

TEST(Csv, HasOneRowForEachModelAndScenario) {
  const auto lines = lines_of(csv_table(standard(), analyse(standard())));
  EXPECT_EQ(lines.size(), 1u + 8 * 9 * 2);
  const std::size_t fields = fields_of(lines[0]).size();
  for (const std::string& line : lines) {
    EXPECT_EQ(fields_of(line).size(), fields);
    EXPECT_EQ(line.back(), '\r');
  }
}

TEST(Csv, FormulasAreDisarmed) {
  EXPECT_EQ(csv("=cmd()"), "'=cmd()");
  EXPECT_EQ(csv("-m,x"), "\"'-m,x\"");
  EXPECT_EQ(csv("plain"), "plain");
}

TEST(Format, NumbersHaveThreeSignificantDigitsAndAUnit) {
  EXPECT_EQ(duration(0.0612), "61.2 ms");
  EXPECT_EQ(duration(9.996e-4), "1.00 ms");
  EXPECT_EQ(duration(2.5e-8), "25.0 ns");
  EXPECT_EQ(duration(0), "0");
  EXPECT_EQ(bytes(34.1e6), "34.1 MB");
  EXPECT_EQ(bytes(512), "512 B");
  EXPECT_EQ(count(20000), "20,000");
  EXPECT_EQ(count(12.3e6), "12.3 M");
  EXPECT_EQ(count(7), "7");
  EXPECT_EQ(ratio(1.312), "1.31×");
  EXPECT_EQ(ratio(131.2), "131×");
  EXPECT_EQ(p_value(0.0001), "p < 0.001");
}

TEST(Format, OneUnitServesAColumn) {
  const Scale scale = time_scale(0.0612, 1.234);
  EXPECT_EQ(scale.unit, "ms");
  EXPECT_EQ(scale.number(0.0612), "61.2");
  EXPECT_EQ(scale.number(1.234), "1234.0");
  EXPECT_EQ(time_scale(1e-7, 10).unit, "ms");
}

TEST(TerminalText, CutsAndPadsByCharactersNotBytes) {
  EXPECT_EQ(cut("µµµµ", 3), "µµ…");
  EXPECT_EQ(padded("µ", 3, true), "  µ");
  EXPECT_EQ(shown_width("1.31×"), 5u);
}

}  // namespace
}  // namespace reclaim::report
