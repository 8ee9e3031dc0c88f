// The HTML page and the summary picture: well formed, self-contained, complete, not to be injected.
#include <gtest/gtest.h>

#include "report/report.h"
#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

Results standard() { return load_text(fixture::standard_run(), "r.jsonl"); }

TEST(MarkupChecker, FindsWhatIsBroken) {
  EXPECT_EQ(markup_error("<!DOCTYPE html><p class=\"a\">1 &lt; 2<br/></p>"), "");
  for (const char* broken :
       {"<p>", "<p></q>", "<p a=b></p>", "<p>&</p>", "<p a=\"<\"></p>", "</p>",
        "<i id=\"a\"/><i id=\"a\"/>", "<p a=\"1\" a=\"2\"></p>", "<p>\x01</p>"}) {
    EXPECT_NE(markup_error(broken), "") << broken;
  }
}

TEST(Page, IsWellFormed) {
  EXPECT_EQ(markup_error(html_page(standard(), analyse(standard()))), "");
}

TEST(Page, HasNoScriptAndReachesForNothingOutside) {
  const std::string page = html_page(standard(), analyse(standard()));
  for (const char* forbidden : {"<script", "<link", "<img", "<iframe", "src=", "http://",
                                "https://", "url(", "@import", "javascript:", "onload"}) {
    EXPECT_EQ(page.find(forbidden), std::string::npos) << forbidden;
  }
}

TEST(Page, HasChartsTablesAndAnAnchorForEachWorkload) {
  const std::string page = html_page(standard(), analyse(standard()));
  for (const char* workload : {"binary-trees", "counter", "cycles", "gcbench", "larson",
                               "lru-cache", "replay-git-log", "shared-graph", "xmalloc"}) {
    const std::string name = workload;
    EXPECT_NE(page.find("<h2 id=\"" + name + "\""), std::string::npos) << name;
    EXPECT_NE(page.find("<a href=\"#" + name + "\""), std::string::npos) << name;
    for (const char* chart : {"wall", "tradeoff", "stops"}) {
      for (const char* threads : {"1", "2"}) {
        const std::string id = name + "-" + chart + "-" + threads + "-t";
        EXPECT_NE(page.find("id=\"" + id + "\""), std::string::npos) << id;
      }
    }
  }
  EXPECT_LT(page.size(), 2'000'000u);
}

TEST(Page, SaysWhichTypesLeakedAndWhatAReplayCannotShow) {
  const std::string page = html_page(standard(), analyse(standard()));
  EXPECT_NE(page.find("Leaked objects by type"), std::string::npos);
  EXPECT_NE(page.find("who pointed to whom is not known"), std::string::npos);
  EXPECT_NE(page.find("heap_metadata_bytes"), std::string::npos);
}

TEST(Page, EveryLinkWithinItHasItsTarget) {
  const std::string page = html_page(standard(), analyse(standard()));
  int links = 0;
  for (std::size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const std::size_t begin = at + 7;
    const std::string target = page.substr(begin, page.find('"', begin) - begin);
    EXPECT_NE(page.find("id=\"" + target + "\""), std::string::npos) << target;
    ++links;
  }
  EXPECT_GT(links, 20);
}

TEST(Page, NamesCannotInjectMarkup) {
  EnvironmentLine machine;
  machine.cpu = "</style><script>alert(1)</script>";
  CellLine line;
  line.workload = "<script>alert(1)</script>\" onload=\"x";
  line.model = "</title></svg><script>&";
  line.message = "<b>";
  line.heap = "'><script>";
  line.stops.push_back({"<script>gc", 900, 0.1, 0.001, 0.002, 0.003});
  line.leaked = 4;
  CellLine failed = line;
  failed.model = "other<script>";
  failed.status = "<script>crashed";
  failed.round = 1;
  const Results results = load_text(
      machine.text() + fixture::rounds(line, {1, 2, 3, 4, 5, 6}) + failed.text(), "<script>.jsonl");
  const std::string page = html_page(results, analyse(results));
  EXPECT_EQ(markup_error(page), "");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  const std::string picture = summary_svg(results, analyse(results));
  EXPECT_EQ(markup_error(picture), "");
  EXPECT_EQ(picture.find("<script"), std::string::npos);
}

TEST(Page, FailedCellsOneRoundAndNoCellsAreWellFormedToo) {
  CellLine failed;
  failed.status = "timeout";
  const std::string head = EnvironmentLine{}.text();
  for (const std::string& text : {head, head + CellLine{}.text(), head + failed.text()}) {
    const Results results = load_text(text, "r.jsonl");
    EXPECT_EQ(markup_error(html_page(results, analyse(results))), "");
    EXPECT_EQ(markup_error(summary_svg(results, analyse(results))), "");
  }
}

TEST(Page, AStopOfZeroLengthDoesNotBreakALogarithmicAxis) {
  CellLine line;
  line.stops.push_back({"minor_gc", 3, 0, 0.0, 0.0, 0.0});
  line.wall_s = 0;
  const Results results = load_text(EnvironmentLine{}.text() + line.text(), "r.jsonl");
  const std::string page = html_page(results, analyse(results));
  EXPECT_EQ(markup_error(page), "");
  EXPECT_EQ(page.find("nan%"), std::string::npos);
  EXPECT_EQ(page.find("inf%"), std::string::npos);
}

TEST(Page, TheSameResultsGiveTheSameBytes) {
  EXPECT_EQ(html_page(standard(), analyse(standard())), html_page(standard(), analyse(standard())));
  EXPECT_EQ(summary_svg(standard(), analyse(standard())),
            summary_svg(standard(), analyse(standard())));
}

TEST(Summary, IsWellFormedAndNamesEveryWorkload) {
  const std::string picture = summary_svg(standard(), analyse(standard()));
  EXPECT_EQ(markup_error(picture), "");
  EXPECT_NE(picture.find("replay:git-log"), std::string::npos);
  EXPECT_NE(picture.find("no memory"), std::string::npos);
}

}  // namespace
}  // namespace reclaim::report
