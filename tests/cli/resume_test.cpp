// A run that is killed at any moment loses at most the cell in flight, and --resume does the rest.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/rng.h"
#include "command.h"

namespace reclaim {
namespace {

using Json = nlohmann::json;

constexpr const char* plan = " -m plain,other,limited -w fine,cycle --size tiny --rounds 5 ";
constexpr std::size_t planned = 30;

/// How often each cell stands in the file. Every line must be whole.
std::map<std::string, int> cells_of(const std::string& file) {
  std::map<std::string, int> cells;
  std::size_t heads = 0;
  for (const std::string& line : lines_of(read_file(file))) {
    const Json record = Json::parse(line);
    if (record.at("kind") == "environment") {
      ++heads;
    } else {
      EXPECT_EQ(record.at("status"), "ok") << line;
      ++cells[record.at("model").dump() + record.at("workload").dump() + record.at("round").dump()];
    }
  }
  EXPECT_EQ(heads, 1u);
  return cells;
}

void expect_each_once(const std::string& file) {
  const auto cells = cells_of(file);
  EXPECT_EQ(cells.size(), planned);
  for (const auto& [cell, times] : cells) EXPECT_EQ(times, 1) << cell;
}

TEST(Resume, AfterKillsAtRandomPointsTheFileHasEachCellOnce) {
  constexpr std::uint64_t seed = 2024;
  Rng rng(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  std::size_t kills = 0;
  for (std::size_t goal = 1 + rng.below(4); goal < planned; goal += 1 + rng.below(6)) {
    Command command(std::string("$RECLAIM run --resume") + plan + "--json " + file);
    std::string seen;
    EXPECT_TRUE(eventually([&] {
      seen = read_file(file);
      return lines_of(seen).size() > goal || command.ended();
    }));
    // And not at a line's end only: a moment later, in whatever the program does then.
    for (std::uint64_t spin = rng.below(300'000); spin > 0; --spin) asm volatile("");
    if (!command.ended()) ++kills;
    ::kill(command.pid(), SIGKILL);
    command.wait();
    EXPECT_TRUE(read_file(file).starts_with(seen)) << "a record that was there is gone";
    // What a crash of the machine can leave: the last line in part.
    const std::string text = read_file(file);
    if (rng.below(2) == 0 && lines_of(text).size() > goal) {
      write_file(file, text.substr(0, text.size() - 1 - rng.below(lines_of(text).back().size())));
    }
  }
  EXPECT_GE(kills, 3u);
  const Ended last = run_command(std::string("$RECLAIM run --resume") + plan + "--json " + file);
  EXPECT_EQ(last.code, 0) << last.err;
  expect_each_once(file);
}

TEST(Resume, OfAFinishedRunMeasuresNothingAndPrintsTheTable) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  EXPECT_EQ(run_command(std::string("$RECLAIM run") + plan + "--json " + file).code, 0);
  const std::string before = read_file(file);
  const Ended again = run_command(std::string("$RECLAIM run --resume") + plan + "--json " + file);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read_file(file), before);
  EXPECT_NE(again.out.find("plain"), std::string::npos);
}

TEST(Resume, SaysThatFinishedCellsAreNotAskedWhy) {
  const TemporaryFolder folder;
  const std::string words =
      "$RECLAIM run --resume -m other -w fine --size tiny --why --json " + folder.file("r.jsonl");
  const Ended first = run_command(words);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.err.find("not asked"), std::string::npos) << first.err;
  const Ended again = run_command(words);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(again.err.find("--why: cells that are finished are not asked again"), std::string::npos)
      << again.err;
}

TEST(Resume, KeepsTheLeastHeapThatWasFound) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  const std::string words =
      "$RECLAIM run --resume -m limited -w needs-heap --heap min --size tiny --json " + file;
  EXPECT_EQ(run_command(words + " --rounds 1").code, 0);
  EXPECT_EQ(run_command(words + " --rounds 3").code, 0);
  std::set<std::string> limits;
  const auto lines = lines_of(read_file(file));
  ASSERT_EQ(lines.size(), 4u);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    limits.insert(Json::parse(lines[i]).at("heap_limit_bytes").dump());
  }
  EXPECT_EQ(limits.size(), 1u);
}

TEST(Resume, RefusesAFileOfOtherMakeAndLeavesItAlone) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  const std::string words = std::string("$RECLAIM run --resume") + plan + "--json " + file;
  EXPECT_EQ(run_command(std::string("$RECLAIM run") + plan + "--json " + file).code, 0);
  const std::string mine = read_file(file);

  Json head = Json::parse(lines_of(mine)[0]);
  head["machine"]["cpu"] = "another";
  const std::string other_machine = head.dump() + "\n" + mine.substr(mine.find('\n') + 1);
  const std::string damaged = mine.substr(0, 2000) + "\n" + mine.substr(2010);
  for (const std::string& text : {other_machine, damaged, std::string("thesis\nof mine\n")}) {
    write_file(file, text);
    const Ended ended = run_command(words);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended.err;
    EXPECT_NE(ended.err.find(file), std::string::npos);
    EXPECT_EQ(read_file(file), text);
  }
  write_file(file, mine);
  EXPECT_EQ(run_command(words + " --seed 2").code, 2);
}

}  // namespace
}  // namespace reclaim
