// Mistakes made on purpose: a table of what became of them, and no word of them anywhere else.
#include "report/mistakes.h"

#include <gtest/gtest.h>

#include "report/report.h"
#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

CellLine erring(const char* model, const char* mistake) {
  CellLine cell;
  cell.model = model;
  cell.workload = "larson";
  cell.mistake = mistake;
  cell.expected_leaks = 0;
  return cell;
}

/// One round of each end that a mistake can have.
std::string all_ends() {
  std::string text = EnvironmentLine{}.text();
  text += erring("gen", "double-free=0.5").text();
  CellLine leak = erring("manual", "forget-free=0.5");
  leak.leaked = 17;
  CellLine named = erring("manual", "double-free=0.5");
  named.status = "failed";
  named.message = "double free: Node<T> of 16 bytes, made at workloads/larson.h:7";
  CellLine wrong = erring("rc-atomic", "missing-lock=1");
  wrong.status = "failed";
  wrong.message = "checksum differs from 3 other cells";
  CellLine crash = erring("manual", "use-after-free=0.5");
  crash.status = "crashed";
  CellLine hang = erring("gen", "use-after-free=0.5");
  hang.status = "timeout";
  for (const CellLine& cell : {leak, named, wrong, crash, hang}) text += cell.text();
  return text;
}

std::string cell_at(const MistakesOfProgram& program, const std::string& model,
                    const std::string& mistake) {
  std::size_t column = 0;
  while (column < program.table.columns.size() &&
         program.table.columns[column].heading != mistake) {
    ++column;
  }
  for (const auto& row : program.table.rows) {
    if (row[0].text == model && column < row.size()) return row[column].text;
  }
  return "no such cell";
}

TEST(Mistakes, HaveATableWithWhatBecameOfEach) {
  const auto programs = mistakes_of(load_text(all_ends(), "r.jsonl"));
  ASSERT_EQ(programs.size(), 1u);
  const MistakesOfProgram& larson = programs[0];
  EXPECT_EQ(larson.title, "larson, 1 thread");
  EXPECT_EQ(cell_at(larson, "gen", "double-free=0.5"), "none");
  EXPECT_EQ(cell_at(larson, "manual", "forget-free=0.5"), "leak 17");
  EXPECT_EQ(cell_at(larson, "manual", "double-free=0.5"), "named");
  EXPECT_EQ(cell_at(larson, "manual", "use-after-free=0.5"), "crash");
  EXPECT_EQ(cell_at(larson, "rc-atomic", "missing-lock=1"), "wrong");
  EXPECT_EQ(cell_at(larson, "gen", "use-after-free=0.5"), "hang");
  EXPECT_EQ(cell_at(larson, "rc-atomic", "double-free=0.5"), "") << "was not run";
  ASSERT_EQ(larson.remarks.size(), 1u);
  EXPECT_EQ(larson.remarks[0],
            "manual, double-free=0.5: double free: Node<T> of 16 bytes, made at "
            "workloads/larson.h:7");
}

TEST(Mistakes, OfRoundsThatEndDifferentlyAreCounted) {
  std::string text = EnvironmentLine{}.text();
  for (int round = 0; round < 5; ++round) {
    CellLine cell = erring("manual", "use-after-free=0.5");
    cell.round = round;
    cell.status = round < 2 ? "crashed" : "ok";
    text += cell.text();
  }
  const auto programs = mistakes_of(load_text(text, "r.jsonl"));
  EXPECT_EQ(cell_at(programs.at(0), "manual", "use-after-free=0.5"), "2 × crash, 3 × none");
}

TEST(Mistakes, AreNoRowsOfTheComparison) {
  const Results results = load_text(
      fixture::standard_run() + all_ends().substr(EnvironmentLine{}.text().size()), "r.jsonl");
  const Results without = load_text(fixture::standard_run(), "r.jsonl");
  EXPECT_EQ(analyse(results).cells, analyse(without).cells);
  EXPECT_EQ(results.erring.size(), 6u);
}

TEST(Mistakes, AreOnEveryPage) {
  for (const std::string& text : {all_ends(), fixture::standard_run() + all_ends()}) {
    const Results results = load_text(text, "r.jsonl");
    const Analysis analysis = analyse(results);
    EXPECT_NE(terminal_table(results).find("Mistakes"), std::string::npos);
    EXPECT_NE(markdown_report(results, analysis).find("## Mistakes"), std::string::npos);
    const std::string page = html_page(results, analysis);
    EXPECT_NE(page.find("id=\"mistakes-of-all\""), std::string::npos);
    EXPECT_EQ(markup_error(page), "") << "what a model says is escaped";
    EXPECT_NE(page.find("Node&lt;T&gt;"), std::string::npos);
  }
  const Results right = load_text(fixture::standard_run(), "r.jsonl");
  EXPECT_EQ(html_page(right, analyse(right)).find("mistakes-of-all"), std::string::npos);
}

}  // namespace
}  // namespace reclaim::report
