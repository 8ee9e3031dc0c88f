// Outcomes of experiments: read, in order, on every page, with their tables.
#include "report/experiments.h"

#include <gtest/gtest.h>

#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

using fixture::EnvironmentLine;

std::string outcome(int number, const std::string& id, const std::string& verdict,
                    const std::string& details = "[]") {
  return R"({"kind":"experiment","schema":1,"number":)" + std::to_string(number) + R"(,"id":")" +
         id + R"(","claim":"Counts <count>.","expected":"3","measured":"3, then 2","verdict":")" +
         verdict + R"(","details":)" + details + "}\n";
}

const std::string steps =
    R"([{"title":"a & b","columns":["step","count"],"rows":[["b = a",2],["del b","1"]]}])";

Results results_of(const std::string& lines) {
  return load_text(EnvironmentLine{}.text() + lines, "r.jsonl");
}

TEST(ExperimentOutcomes, StandInTheOrderOfTheirClaimsAndOnceEach) {
  const Results results =
      results_of(outcome(17, "tax", "refuted") + outcome(2, "counts", "refuted") +
                 outcome(17, "tax", "confirmed"));
  ASSERT_EQ(results.experiments.size(), 2u);
  EXPECT_EQ(results.experiments[0].id, "counts");
  EXPECT_EQ(results.experiments[1].verdict, "confirmed") << "the later run counts";
}

TEST(ExperimentOutcomes, AreOnEveryPageWithTheirTables) {
  for (const std::string& cells : {std::string{}, fixture::standard_run()}) {
    const std::string head = cells.empty() ? EnvironmentLine{}.text() : cells;
    const Results results = load_text(head + outcome(2, "counts", "confirmed", steps), "r.jsonl");
    const Analysis analysis = analyse(results);
    const std::string text = terminal_table(results);
    EXPECT_NE(text.find("2. counts"), std::string::npos) << text;
    EXPECT_NE(text.find("del b      1"), std::string::npos) << text;
    const std::string plain = markdown_report(results, analysis);
    EXPECT_NE(plain.find("## Experiments"), std::string::npos);
    EXPECT_NE(plain.find("| del b | 1 |"), std::string::npos) << plain;
    const std::string page = html_page(results, analysis);
    EXPECT_EQ(markup_error(page), "");
    EXPECT_NE(page.find("id=\"experiments-of-all\""), std::string::npos);
    EXPECT_NE(page.find("Counts &lt;count&gt;."), std::string::npos);
    EXPECT_EQ(page.find("href=\"#experiments-of-all\"") != std::string::npos, !cells.empty())
        << "where there is a way to workloads, there is one to the experiments";
  }
  const Results none = load_text(fixture::standard_run(), "r.jsonl");
  EXPECT_EQ(html_page(none, analyse(none)).find("experiments-of-all"), std::string::npos);
}

TEST(ExperimentOutcomes, AreSummedUpByVerdict) {
  EXPECT_EQ(
      experiments_summary(results_of(outcome(1, "a", "confirmed") + outcome(2, "b", "undecidable") +
                                     outcome(3, "c", "refuted"))),
      "3 claims put to the test: 1 confirmed, 1 refuted, 1 not decidable");
}

TEST(ExperimentOutcomes, DamagedAreRefusedByFileAndLine) {
  const auto complaint = [](const std::string& line) -> std::string {
    try {
      results_of(line);
    } catch (const BadResults& bad) {
      return bad.what();
    }
    return "";
  };
  EXPECT_EQ(complaint(outcome(2, "", "confirmed")), "r.jsonl:2: \"id\" is missing");
  EXPECT_EQ(complaint(outcome(2, "counts", "confirmed", R"([{"columns":["a"],"rows":[[1,2]]}])")),
            "r.jsonl:2: a row in \"details\" has 2 cells under 1 columns");
}

}  // namespace
}  // namespace reclaim::report
