// The picture of who held the lock and who waited.
#include "report/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "report/results.h"
#include "report/timeline_data.h"
#include "report/timeline_page.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

std::string event(int process, int thread, const std::string& name, double begin_us,
                  double length_us, const std::string& let_go = "") {
  const std::string why = let_go.empty() ? "" : R"(,"args":{"let_go":")" + let_go + R"("})";
  return R"({"name":")" + name + R"(","ph":"X","pid":)" + std::to_string(process) + R"(,"tid":)" +
         std::to_string(thread) + R"(,"ts":)" + std::to_string(begin_us) + R"(,"dur":)" +
         std::to_string(length_us) + why + "},\n";
}

std::string head(int process, const std::string& title) {
  return R"({"name":"process_name","ph":"M","pid":)" + std::to_string(process) +
         R"(,"args":{"name":")" + title + R"(","dropped_events":3}},)" + "\n";
}

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Timeline, IsReadByRunAndThreadThoughItsBracketIsNotClosed) {
  const std::string text = "[\n" + head(1, "a") + event(1, 2, "gil_wait", 7, 3) +
                           event(1, 1, "holds the lock", 0, 10, "asked") + head(2, "b") +
                           event(2, 1, "minor_gc", 0, 1);
  const auto runs = load_timeline(text, "e.json");
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].title, "a");
  EXPECT_EQ(runs[0].dropped, 3u);
  ASSERT_EQ(runs[0].threads.size(), 2u);
  const Interval& hold = runs[0].threads.at(1).at(0);
  EXPECT_EQ(hold.name, "holds the lock");
  EXPECT_EQ(hold.let_go, "asked");
  EXPECT_EQ(hold.length_us, 10);
  EXPECT_EQ(load_timeline(text + "]\n", "e.json").size(), 2u);
}

TEST(Timeline, NamesTheLineThatIsNoEvent) {
  const std::string good = "[\n" + event(1, 1, "gil_wait", 0, 1);
  for (const std::string& bad : {std::string{"{\"name\":"}, std::string{"[1]"}, std::string{"x"}}) {
    try {
      load_timeline(good + bad, "e.json");
      FAIL() << bad;
    } catch (const BadResults& error) {
      EXPECT_STREQ(error.what(), "e.json:3: no event of a trace");
    }
  }
  EXPECT_THROW(load_timeline("", "e.json"), BadResults);
  EXPECT_THROW(load_timeline("[\n", "e.json"), BadResults);
}

TEST(Timeline, ShowsEachIntervalThatCanBeToldApart) {
  const auto runs = load_timeline(
      head(1, "<two> & more") + event(1, 1, "holds the lock", 0, 5000, "asked") +
          event(1, 2, "gil_wait", 0, 5000) + event(1, 2, "holds the lock", 5000, 5000, "blocking"),
      "e.json");
  const std::string picture = timeline_svg(runs, 0, 0);
  EXPECT_EQ(markup_error(picture), "");
  EXPECT_NE(picture.find("&lt;two&gt; &amp; more"), std::string::npos);
  EXPECT_EQ(times_in(picture, "<title>"), 3u);
  EXPECT_NE(picture.find("thread 1: holds the lock, 5.00 ms from 0, lets go: asked"),
            std::string::npos)
      << picture;
}

TEST(Timeline, DrawsWhatIsTooNarrowTogetherAndSaysHowMuchItIs) {
  std::string text = head(1, "many") + event(1, 2, "minor_gc", 0, 1e6);
  for (int i = 0; i < 100'000; ++i) text += event(1, 1, "gil_wait", i * 10.0, 5);
  const std::string picture = timeline_svg(load_timeline(text, "e.json"), 0, 0);
  EXPECT_EQ(markup_error(picture), "");
  EXPECT_LT(picture.size(), 20'000u);
  EXPECT_NE(picture.find("100,000 times"), std::string::npos) << picture;
}

/// What the viewer is told of an interval: {row, word, begin, length, ...}.
bool has_bar(const nlohmann::json& bars, double begin_us, double length_us) {
  return std::any_of(bars.begin(), bars.end(), [&](const nlohmann::json& bar) {
    return bar[2] == begin_us && bar[3] == length_us;
  });
}

TEST(Timeline, TheViewerGetsFewBarsAndEachLongInterval) {
  std::string text = head(1, "many");
  for (int i = 0; i < 100'000; ++i) {
    const bool outlier = i % 10'000 == 77;
    text += event(1, 1, "gil_wait", i * 10.0, outlier ? 5000 : 5);
  }
  const auto runs = load_timeline(text, "e.json");
  const nlohmann::json data = timeline_data(runs[0]);
  EXPECT_LE(data["bars"].size(), most_bars);
  std::uint64_t told = 0;
  for (const auto& bar : data["bars"]) told += bar.size() > 5 ? bar[4].get<std::uint64_t>() : 1;
  EXPECT_EQ(told, 100'000u);
  for (int i = 77; i < 100'000; i += 10'000) EXPECT_TRUE(has_bar(data["bars"], i * 10.0, 5000));
}

TEST(Timeline, TheViewerGetsAFewIntervalsAsTheyAre) {
  const auto runs = load_timeline(
      head(1, "few") + event(1, 1, "holds the lock", 0, 3, "asked") + event(1, 2, "gil_wait", 1, 2),
      "e.json");
  EXPECT_EQ(timeline_data(runs[0])["bars"],
            nlohmann::json::parse(R"([[0,0,0.0,3.0,"asked"],[1,1,1.0,2.0]])"));
}

TEST(Timeline, APageOfItsOwnIsWellFormed) {
  const auto runs = load_timeline(head(1, "<one>") + event(1, 1, "</script>", 0, 3) +
                                      head(2, "two") + event(2, 1, "minor_gc", 0, 3),
                                  "e.json");
  const std::string page = timeline_page(runs);
  EXPECT_EQ(markup_error(page), "");
  EXPECT_EQ(times_in(page, "data-chart="), 2u);
}

TEST(Timeline, ShowsAPart) {
  std::string text = head(1, "part");
  for (int i = 0; i < 10; ++i) text += event(1, 1, "holds the lock", i * 1000.0, 1000, "asked");
  const auto runs = load_timeline(text, "e.json");
  EXPECT_EQ(times_in(timeline_svg(runs, 2500, 4500), "<title>"), 3u);
  EXPECT_EQ(times_in(timeline_svg(runs, 8500, 0), "<title>"), 2u);
}

}  // namespace
}  // namespace reclaim::report
