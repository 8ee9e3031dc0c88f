// The parts of a plan, run at once by GNU parallel, merge into what one run measures.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "command.h"

namespace reclaim {
namespace {

using Json = nlohmann::json;

constexpr const char* plan =
    " -m plain,other,limited -w fine,cycle,gil,owner --size tiny --rounds 3 ";

/// What was done in each cell, without what is measured: one line each.
std::multiset<std::string> work_of(const std::vector<std::string>& files) {
  std::multiset<std::string> cells;
  for (const std::string& file : files) {
    for (const std::string& line : lines_of(read_file(file))) {
      const Json record = Json::parse(line);
      if (record.at("kind") != "cell") continue;
      Json work;
      for (const char* name :
           {"model", "workload", "threads", "heap", "round", "seed", "status", "checksum", "ops"}) {
        work[name] = record.at(name);
      }
      cells.insert(work.dump());
    }
  }
  return cells;
}

TEST(Shards, UnderGnuParallelMergeToTheUnshardedPlan) {
  const TemporaryFolder folder;
  const std::string whole = folder.file("whole.jsonl");
  ASSERT_EQ(run_command(std::string("$RECLAIM run -q") + plan + "--json " + whole).code, 0);
  const Ended parts =
      run_command("parallel --will-cite -j 2 $RECLAIM run -q" + std::string(plan) +
                  "--shard {}/3 --json " + folder.file("part{}.jsonl") + " ::: 1 2 3");
  ASSERT_EQ(parts.code, 0) << parts.err;
  const std::vector<std::string> files = {folder.file("part1.jsonl"), folder.file("part2.jsonl"),
                                          folder.file("part3.jsonl")};
  EXPECT_EQ(work_of(files), work_of({whole}));

  const std::string all = files[0] + " " + files[1] + " " + files[2];
  const Ended merged =
      run_command("$RECLAIM report " + all + " --export json --out " + folder.file("merged"));
  EXPECT_EQ(merged.code, 0) << merged.err;
  const Json records = Json::parse(read_file(folder.file("merged/results.json")));
  EXPECT_EQ(records.size(), 3 + work_of({whole}).size());
  EXPECT_EQ(merged.out.find("planned cells are here"), std::string::npos) << merged.out;
}

TEST(Shards, OfMachinesThatDifferAreNotMergedSilently) {
  const TemporaryFolder folder;
  const std::string one = folder.file("1.jsonl"), two = folder.file("2.jsonl");
  for (const char* part : {"1", "2"}) {
    ASSERT_EQ(run_command("$RECLAIM run -q" + std::string(plan) + "--shard " + part + "/2 --json " +
                          folder.file(std::string(part) + ".jsonl"))
                  .code,
              0);
  }
  auto lines = lines_of(read_file(two));
  Json head = Json::parse(lines[0]);
  head["machine"]["cpu"] = "another";
  std::string text = head.dump() + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) text += lines[i] + "\n";
  write_file(two, text);

  const std::string words = "$RECLAIM report " + one + " " + two + " --out " + folder.file("out");
  const Ended refused = run_command(words);
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("another machine"), std::string::npos) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("out")));
  const Ended told = run_command(words + " --mix-machines");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_NE(told.out.find("another"), std::string::npos) << "says so in the report";
}

TEST(Shards, OfHostsThatLookAlikeAreMergedWithANote) {
  const TemporaryFolder folder;
  const std::string one = folder.file("1.jsonl"), two = folder.file("2.jsonl");
  ASSERT_EQ(run_command("$RECLAIM run -q" + std::string(plan) + "--shard 1/2 --json " + one).code,
            0);
  auto lines = lines_of(read_file(one));
  Json head = Json::parse(lines[0]);
  head["host"] = "node-17";
  write_file(two, head.dump() + "\n" + lines[1] + "\n");
  const Ended told =
      run_command("$RECLAIM report " + one + " " + two + " --out " + folder.file("out"));
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_NE(told.out.find("node-17"), std::string::npos) << told.out;
}

}  // namespace
}  // namespace reclaim
