// A disk that fills up, at any write: exit code 4, one line, and what was there before is whole.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "command.h"

namespace reclaim {
namespace {

namespace fs = std::filesystem;

constexpr int most_writes = 300;  // more than any of these programs does

/// Runs the program on a disk that is full from the n-th write on.
Ended on_disk_full_at(int n, const std::string& words) {
  return run_command("RECLAIM_FULL_AT=" + std::to_string(n) +
                     " ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=" RECLAIM_FAILING_DISK
                     " $RECLAIM " +
                     words);
}

/// At most so many lines: a run tells of cells that failed too.
void expect_four_and_why(const Ended& ended, std::size_t most_lines) {
  EXPECT_EQ(ended.code, 4) << ended.err;
  const auto lines = lines_of(ended.err);
  ASSERT_FALSE(lines.empty());
  EXPECT_LE(lines.size(), most_lines) << ended.err;
  EXPECT_NE(lines.back().find("No space left on device"), std::string::npos) << ended.err;
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename().string()] = read_file(entry.path());
  }
  return files;
}

TEST(FullDisk, AtAnyWriteOfAReportLeavesThePreviousOneWholeInAllItsFiles) {
  const TemporaryFolder folder;
  const std::string before = folder.file("before.jsonl"), after = folder.file("after.jsonl");
  const std::string events = folder.file("events.json"), out = folder.file("pages");
  ASSERT_EQ(run_command("$RECLAIM run -q -m plain -w fine --size tiny --json " + before +
                        " --events " + events)
                .code,
            0);
  ASSERT_EQ(run_command("$RECLAIM run -q -m plain,other -w fine --size tiny --json " + after).code,
            0);
  const std::string words =
      " --export gbench,openmetrics,benchstat,trace,json --events " + events + " --out " + out;
  ASSERT_EQ(run_command("$RECLAIM report " + before + words).code, 0);
  const auto previous = contents(out);
  EXPECT_EQ(previous.size(), 4u + 5);

  int n = 1;
  for (; n < most_writes; ++n) {
    const Ended ended = on_disk_full_at(n, "report " + after + words);
    if (ended.code == 0) break;
    expect_four_and_why(ended, 1);
    ASSERT_EQ(contents(out), previous) << "full at write " << n;
  }
  EXPECT_GE(n, 9 * 3) << "a temporary file, a write and a sync for each file";
  EXPECT_LT(n, most_writes);
  EXPECT_NE(contents(out), previous);
}

TEST(FullDisk, AtAnyWriteOfARunLeavesAFileThatResumeCompletes) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  // In this order the wrong one comes first and is corrected at the end: the file is replaced.
  const std::string words = "run -q -m plain,other,never -w wrong --size tiny --json " + file;
  std::string seed;
  for (int s = 1; seed.empty() && s <= 8; ++s) {
    const std::string option = " --seed " + std::to_string(s);
    const Ended ended = run_command("$RECLAIM " + words + option);
    if (ended.err.find("failed afterwards") != std::string::npos) seed = option;
  }
  ASSERT_FALSE(seed.empty());

  int n = 1;
  for (; n < most_writes; ++n) {
    fs::remove(file);
    const Ended ended = on_disk_full_at(n, words + seed);
    if (ended.code != 4) break;
    expect_four_and_why(ended, 3);
    const Ended resumed = run_command("$RECLAIM " + words + seed + " --resume");
    EXPECT_EQ(resumed.code, 1) << "the wrong one has failed\n" << resumed.err;
    const auto lines = lines_of(read_file(file));
    ASSERT_EQ(lines.size(), 4u) << "full at write " << n;
    std::set<std::string> models;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      models.insert(nlohmann::json::parse(lines[i])["model"]);
    }
    EXPECT_EQ(models, (std::set<std::string>{"never", "other", "plain"})) << "full at write " << n;
    EXPECT_FALSE(fs::exists(file + ".new"));
  }
  EXPECT_GE(n, 4 * 2 + 2) << "a write and a sync for each record, and for the replaced file";
  EXPECT_LT(n, most_writes);
}

}  // namespace
}  // namespace reclaim
