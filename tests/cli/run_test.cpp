// `reclaim run`: exit codes, and what goes where.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "command.h"

namespace reclaim {
namespace {

using Json = nlohmann::json;

std::vector<Json> records(const std::string& text) {
  std::vector<Json> result;
  for (const std::string& line : lines_of(text)) result.push_back(Json::parse(line));
  return result;
}

TEST(Run, ThatWentWellPrintsATableOnStdoutAndProgressOnStderr) {
  const Ended ended = run_command("$RECLAIM run -m plain,other -w fine --size tiny --rounds 2");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("plain"), std::string::npos);
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos) << "colours in a file";
  EXPECT_NE(ended.err.find("[4/4]"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.err.find('\r'), std::string::npos) << "a bar in a file";
}

TEST(Run, QuietlySaysNothingOnStderr) {
  EXPECT_EQ(run_command("$RECLAIM run -q -m plain,limited -w fine --size tiny").err, "");
}

TEST(Run, WithJsonOnStdoutPrintsNothingElseThere) {
  const Ended ended =
      run_command("$RECLAIM run -m plain,mallocs -w fine -t 1,2 --rounds 2 --size tiny --json -");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::vector<Json> all = records(ended.out);
  ASSERT_EQ(all.size(), 1u + 2 * 2 * 2);
  const Json& head = all[0];
  EXPECT_EQ(head.at("kind"), "environment");
  EXPECT_EQ(head.at("planned_cells"), 8);
  EXPECT_EQ(head.at("seed"), 1);
  EXPECT_TRUE(head.at("allocators").contains("glibc"));
  EXPECT_NE(head.at("command").get<std::string>().find("run -m plain,mallocs"), std::string::npos);
  for (const char* name : {"cpu", "cores", "memory_bytes", "kernel", "thp", "os"}) {
    EXPECT_TRUE(head.at("machine").contains(name)) << name;
  }
  for (const char* name : {"compiler", "flags", "type", "checked"}) {
    EXPECT_TRUE(head.at("build").contains(name)) << name;
  }
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i].at("kind"), "cell");
}

TEST(Run, WithAFailedCellGoesOnAndEndsWithOne) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  const Ended ended = run_command(
      "$RECLAIM run -m plain -w crash,fine,leak,broken,silent,exhaust --size tiny --json " + file);
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(records(read_file(file)).size(), 7u);
  EXPECT_NE(ended.err.find("signal 11"), std::string::npos) << ended.err;
}

TEST(Run, WithOnlySkippedCellsIsNoFailure) {
  const Ended ended = run_command("$RECLAIM run -m plain -w fine,threadless --size tiny");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("skipped"), std::string::npos);
}

TEST(Run, RefutedAfterwardsIsCorrectedInTheFile) {
  // Seeds in whose order the wrong one comes first: it is written as ok and corrected at the end.
  bool corrected = false;
  for (int seed = 1; seed <= 8; ++seed) {
    const TemporaryFolder folder;
    const std::string file = folder.file("r.jsonl");
    const Ended ended =
        run_command("$RECLAIM run -m plain,other,never -w wrong --size tiny --seed " +
                    std::to_string(seed) + " --json " + file);
    EXPECT_EQ(ended.code, 1);
    corrected = corrected || ended.err.find("failed afterwards") != std::string::npos;
    for (const Json& record : records(read_file(file))) {
      if (record.at("kind") != "cell") continue;
      EXPECT_EQ(record.at("status"), record.at("model") == "other" ? "failed" : "ok");
    }
  }
  EXPECT_TRUE(corrected);
}

TEST(Run, DryPrintsTheCellsAndATimeAndRunsNothing) {
  const TemporaryFolder folder;
  const Ended ended =
      run_command("$RECLAIM run -m plain,other -w fine,hang --rounds 3 --dry-run --json " +
                  folder.file("r.jsonl"));
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(lines_of(ended.out).size(), 13u) << ended.out;
  EXPECT_NE(ended.out.find("12 cells, about "), std::string::npos) << ended.out;
  EXPECT_FALSE(std::filesystem::exists(folder.file("r.jsonl")));
}

TEST(Run, CannotWriteIsExitCodeFourBeforeAnyCell) {
  for (const char* place : {"/dev/full", "/no/such/folder/r.jsonl", "/"}) {
    const Ended ended =
        run_command(std::string("$RECLAIM run -m plain -w fine --size tiny --json ") + place);
    EXPECT_EQ(ended.code, 4) << place;
    EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended.err;
  }
}

TEST(Run, HeadsItsExplanationsWithTheCellAndCannotPutThemJustAnywhere) {
  const TemporaryFolder folder;
  const std::string run = "$RECLAIM run -m limited -w fine --size tiny --rounds 2 -q --explain ";
  EXPECT_EQ(run_command(run + folder.file("why.txt")).code, 0);
  std::ifstream file(folder.file("why.txt"));
  int heads = 0;
  for (std::string line; std::getline(file, line); ++heads) {
    EXPECT_TRUE(line.starts_with("# fine on limited, 1 thread, heap ")) << line;
  }
  EXPECT_EQ(heads, 2);
  const Ended ended = run_command(run + "/no/such/folder/why.txt");
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended.err;
}

TEST(Run, ShowsWhatKeepsObjectsAliveAndNamesWhoCannotTell) {
  const Ended ended = run_command("$RECLAIM run -m plain,other -w fine --size tiny --why");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("--why: plain cannot tell what keeps objects alive; other can\n"),
            std::string::npos)
      << ended.err;
  EXPECT_NE(ended.out.find("What keeps objects alive: fine"), std::string::npos) << ended.out;
  for (const char* words : {"Global → Array[7] → Fake", "ring of 2: Twin.0 → Twin.0 → Twin"}) {
    EXPECT_NE(ended.out.find(words), std::string::npos) << words << '\n' << ended.out;
  }
  const Ended unasked = run_command("$RECLAIM run -m plain,other -w fine --size tiny -q");
  EXPECT_EQ(unasked.out.find("alive"), std::string::npos) << unasked.out;
}

TEST(Run, ShowsWhereObjectsAreMade) {
  const Ended ended = run_command("$RECLAIM run -m plain,other -w fine --size tiny --sites");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("--sites: fine on other is not compiled with them: it runs without\n"),
            std::string::npos)
      << ended.err;
  EXPECT_NE(ended.out.find("Where objects are made: fine"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("cells/fakes.cpp:7"), std::string::npos) << ended.out;
}

TEST(Run, ThatFillsTheDiskMidwayEndsWithFourAndKeepsWhatIsDone) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  const Ended ended =
      run_command("ulimit -f 64; $RECLAIM run -m plain -w fine --size tiny --rounds 50 --json " +
                  file + " 2>/dev/null");
  EXPECT_EQ(ended.code, 4);
  EXPECT_GT(lines_of(read_file(file)).size(), 2u);
}

TEST(Run, WhoseReaderLeavesEndsWithFour) {
  const Ended ended = run_command(
      "{ $RECLAIM run -m plain -w fine --size tiny --rounds 50 --json - 2>/dev/null; echo $? >&2; "
      "} | head -n 1");
  EXPECT_EQ(ended.err, "4\n");
}

TEST(Run, FollowsStrictOnlyOnAFitMachine) {
  const Ended ended = run_command("$RECLAIM run --strict -q -m plain -w fine --size tiny");
  EXPECT_TRUE(ended.code == 0 || ended.code == 3) << ended.code;
  EXPECT_EQ(ended.code == 3, ended.err.find("not fit") != std::string::npos) << ended.err;
}

}  // namespace
}  // namespace reclaim
