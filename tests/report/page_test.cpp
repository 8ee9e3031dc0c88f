// The HTML page and the summary picture: well formed, self-contained, complete, not to be injected.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/viewer.h"
#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

Results standard() { return load_text(fixture::standard_run(), "r.jsonl"); }

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The page without the viewer's own script, which is the same in every page.
std::string without_viewer(std::string page) {
  const std::string script(viewer_script());
  const std::size_t at = page.find(script);
  EXPECT_NE(at, std::string::npos);
  return page.erase(at, script.size());
}

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

TEST(Page, HasNoScriptButTheViewerAndReachesForNothingOutside) {
  const std::string page = without_viewer(html_page(standard(), analyse(standard())));
  EXPECT_EQ(times_in(page, "<script"), 2u);  // the data and the viewer
  for (const char* forbidden : {"<link", "<img", "<iframe", "src=", "http://", "https://", "url(",
                                "@import", "javascript:", "onload"}) {
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

/// The same with descriptions, as a run of today writes them.
Results described() {
  EnvironmentLine line;
  line.models = R"({"gen": {"like": "Java", "summary": "the world stops to collect",
      "traits": {"moves": true, "stops": "minor_gc major_gc time_to_safepoint"}},
    "rc-gil": {"traits": {"counts": "plain", "parallel": false, "collects_cycles": true}},
    "rc-atomic": {"traits": {"counts": "atomic", "uses_malloc": true}},
    "null": {"traits": {"reclaims": false}},
    "manual": {"traits": {"wants_discard": true, "uses_malloc": true}}})";
  line.workloads = R"({"gcbench": {"shows": "trees beside trees", "origin": "Ellis and others",
                                   "parameters": {"depth": "of the trees"}}})";
  const std::string run = fixture::standard_run();
  return load_text(line.text() + run.substr(run.find('\n') + 1), "r.jsonl");
}

TEST(Page, HasAPageWithAPictureForEachModelWhetherDescribedOrNot) {
  for (const Results& results : {standard(), described()}) {
    const std::string page = html_page(results, analyse(results));
    EXPECT_EQ(markup_error(page), "");
    for (const char* model : {"gen", "manual", "manual-handles", "null", "rc-atomic", "rc-gil"}) {
      const std::string anchor = std::string("model-") + model;
      EXPECT_NE(page.find("<h3 id=\"" + anchor + "\""), std::string::npos) << anchor;
      EXPECT_NE(page.find("href=\"#" + anchor + "\""), std::string::npos) << anchor;
    }
    for (const char* drawn :
         {"gen: freed by a collector", "manual: freed by the program",
          "rc-atomic: freed by whoever drops the last reference, at once; unreachable rings are",
          "rc-gil: freed by whoever drops the last reference, at once; unreachable rings: a cycle",
          "null: freed by nobody"}) {
      EXPECT_NE(page.find(std::string("aria-label=\"") + drawn), std::string::npos) << drawn;
    }
    EXPECT_NE(page.find("one lock: only its holder runs"), std::string::npos);
  }
}

TEST(Page, AWorkloadIsIntroducedByWhatItSaysOfItself) {
  const Results results = described();
  const std::string page = html_page(results, analyse(results));
  for (const char* words :
       {"Shows trees beside trees.", "From Ellis and others.", "of the trees", "Java"}) {
    EXPECT_NE(page.find(words), std::string::npos) << words;
  }
}

TEST(Page, AModelsNameLeadsToItsPageFromSentencesTablesAndHeadings) {
  const std::string page = html_page(standard(), analyse(standard()));
  const std::string link = "<a href=\"#model-manual\">manual:mimalloc</a>";
  EXPECT_NE(page.find("<span>Fastest on"), std::string::npos);
  EXPECT_NE(page.find(link), std::string::npos);
  EXPECT_NE(page.find("<th scope=\"row\" class=\"t\">" + link), std::string::npos);
  EXPECT_NE(page.find("<th scope=\"col\"><a href=\"#model-gen\">"), std::string::npos);
}

TEST(Page, NamesThatMeetInOneAnchorGetTwo) {
  CellLine a, b, c;
  a.model = "a+b";
  b.model = "a b";
  c.workload = "model a-b";
  const Results results =
      load_text(EnvironmentLine{}.text() + a.text() + b.text() + c.text(), "r.jsonl");
  EXPECT_EQ(markup_error(html_page(results, analyse(results))), "");
}

TEST(Page, HasDataForEachPlaceThatTheViewerDrawsIn) {
  const std::string page = html_page(standard(), analyse(standard()));
  const std::string open = "id=\"chart-data\">";
  const std::size_t begin = page.find(open) + open.size();
  const auto data =
      nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  std::size_t places = 0;
  const std::string mark = "data-chart=\"";
  for (auto at = page.find(mark); at < begin; at = page.find(mark, at + 1)) {
    const std::size_t id = at + mark.size();
    EXPECT_TRUE(data["charts"].contains(page.substr(id, page.find('"', id) - id)));
    ++places;
  }
  EXPECT_EQ(places, data["charts"].size());
  EXPECT_GT(places, 60u);
  EXPECT_EQ(data["models"].size(), 8u);
}

TEST(Viewer, DataCannotEndTheElementThatItStandsIn) {
  EXPECT_EQ(script_safe("</script><!--&"), "\\u003c/script\\u003e\\u003c!--\\u0026");
  const nlohmann::json name = "</script><script>alert(1)</script>";
  const std::string safe = script_safe(name.dump());
  EXPECT_EQ(safe.find('<'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(safe), name);
}

TEST(Viewer, ItsScriptCannotEndTheElementThatItStandsIn) {
  EXPECT_GT(viewer_script().size(), 100'000u);
  for (const char* forbidden : {"</script", "<!--", "<script"}) {
    EXPECT_EQ(viewer_script().find(forbidden), std::string_view::npos) << forbidden;
  }
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
  machine.models = R"({"</title></svg><script>&": {"like": "<script>", "summary": "<script>",
                       "traits": {"counts": "<script>", "stops": "<script> minor_gc"}}})";
  machine.workloads = R"({"<script>alert(1)</script>\" onload=\"x": {"shows": "<script>",
                          "origin": "<script>", "parameters": {"depth": "<script>"}}})";
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
  EXPECT_EQ(times_in(without_viewer(page), "<script"), 2u);
  EXPECT_EQ(page.find("alert(1)</script"), std::string::npos);
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
