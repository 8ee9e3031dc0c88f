// `reclaim report` and `compare` from end to end, on fakes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"

namespace reclaim {
namespace {

constexpr const char* words = " -m plain,other -w fine,cycle --size tiny --rounds 6 -q ";

TEST(Report, LeavesResultsAndPagesInOneFolder) {
  const TemporaryFolder folder;
  const std::string out = folder.file("new/deep");
  const Ended ended = run_command(std::string("$RECLAIM report") + words + "--out " + out);
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const char* page : {"results.jsonl", "index.html", "report.md", "report.csv"}) {
    EXPECT_GT(std::filesystem::file_size(out + "/" + page), 100u) << page;
  }
  EXPECT_EQ(lines_of(read_file(out + "/results.jsonl")).size(), 1u + 2 * 2 * 2 * 6);
  EXPECT_NE(ended.out.find("plain"), std::string::npos);
  EXPECT_NE(ended.err.find(out), std::string::npos) << "says where the pages are";
}

TEST(Report, OfOldResultsMeasuresNothing) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  ASSERT_EQ(run_command(std::string("$RECLAIM run") + words + "--json " + file).code, 0);
  const Ended ended = run_command("$RECLAIM report " + file + " --out " + folder.file("pages"));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_GT(std::filesystem::file_size(folder.file("pages/index.html")), 100u);
  EXPECT_FALSE(std::filesystem::exists(folder.file("pages/results.jsonl")));
}

TEST(Report, OfADamagedFileWritesNoPages) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  write_file(file, "not\nresults\n");
  const Ended ended = run_command("$RECLAIM report " + file + " --out " + folder.file("pages"));
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.err.find(file + ":1"), std::string::npos) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("pages")));
}

TEST(Report, DoesNotMeasureOverWhatWasMeasured) {
  const TemporaryFolder folder;
  const std::string results = folder.file("results.jsonl");
  write_file(results, "hours of work\n");
  const Ended ended =
      run_command(std::string("$RECLAIM report") + words + "--out " + folder.path().string());
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.err.find("--resume"), std::string::npos) << ended.err;
  EXPECT_EQ(read_file(results), "hours of work\n");
}

TEST(Report, ToAPlaceThatCannotBeIsExitCodeFour) {
  EXPECT_EQ(run_command(std::string("$RECLAIM report") + words + "--out /dev/null/x").code, 4);
}

TEST(Report, QuickIsTwoThreadsAndThreeRounds) {
  const Ended ended = run_command("$RECLAIM report --quick --dry-run -m plain -w fine");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(lines_of(ended.out).size(), 3u + 1) << ended.out;
  EXPECT_NE(ended.out.find("2 threads"), std::string::npos);
}

TEST(Report, OfAnUnknownFamilyNamesTheNearest) {
  const Ended ended = run_command("$RECLAIM report --family countin --dry-run -m plain -w fine");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.err.find("did you mean 'counting'?"), std::string::npos) << ended.err;
}

TEST(Compare, EndsWithOneExactlyWhenSomethingGotWorse) {
  const TemporaryFolder folder;
  const std::string before = folder.file("a.jsonl"), after = folder.file("b.jsonl");
  ASSERT_EQ(run_command(std::string("$RECLAIM run") + words + "--json " + before).code, 0);
  EXPECT_EQ(run_command("$RECLAIM compare " + before + " " + before).code, 0);
  std::string slower;
  for (const std::string& line : lines_of(read_file(before))) {
    auto record = nlohmann::json::parse(line);
    if (record.contains("wall_s")) record["wall_s"] = 2 * record["wall_s"].get<double>();
    slower += record.dump() + "\n";
  }
  write_file(after, slower);
  const Ended worse = run_command("$RECLAIM compare " + before + " " + after);
  EXPECT_EQ(worse.code, 1) << worse.out << worse.err;
  EXPECT_EQ(run_command("$RECLAIM compare " + after + " " + before).code, 0);
}

TEST(Compare, ComparesEachFileWithTheFirstAndWritesPages) {
  const TemporaryFolder folder;
  const std::string before = folder.file("a.jsonl"), page = folder.file("page.html");
  ASSERT_EQ(run_command(std::string("$RECLAIM run") + words + "--json " + before).code, 0);
  const Ended ended = run_command("$RECLAIM compare " + before + " " + before + " " + before +
                                  " --html " + page + " --markdown " + folder.file("page.md"));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(read_file(page).find("comparison-2"), std::string::npos);
  EXPECT_NE(read_file(folder.file("page.md")).find("# What changed"), std::string::npos);
  EXPECT_EQ(run_command("$RECLAIM compare " + before).code, 2);
  EXPECT_EQ(run_command("$RECLAIM compare " + before + " " + before + " --html /dev/null/x").code,
            4);
}

}  // namespace
}  // namespace reclaim
