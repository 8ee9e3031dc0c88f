// Told to end, the program ends: at once, with its child, keeping what is done.
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "command.h"

namespace reclaim {
namespace {

/// The worker of a run that has come to its hanging cell.
pid_t hanging_worker(const Command& command, const std::string& file, std::size_t lines_before) {
  pid_t worker = 0;
  EXPECT_TRUE(eventually([&] {
    const auto children = children_of(command.pid());
    if (lines_of(read_file(file)).size() < lines_before || children.size() != 1) return false;
    // The program has become the worker: until then it goes by its parent's words.
    const auto words_of = [](pid_t pid) {
      return read_file("/proc/" + std::to_string(pid) + "/cmdline");
    };
    const std::string words = words_of(children[0]);
    if (words.find("hang") == std::string::npos || words == words_of(command.pid())) return false;
    worker = children[0];
    return true;
  })) << command.err();
  return worker;
}

class Interrupted : public testing::TestWithParam<int> {};

TEST_P(Interrupted, EndsWithinASecondKillsItsChildAndKeepsWhatIsDone) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  // `fine` is done in all three rounds or fewer before `hang` comes: the order is the seed's.
  Command command("$RECLAIM run -m plain -w fine,hang --size tiny --rounds 3 --json " + file);
  const pid_t worker = hanging_worker(command, file, 1);
  const std::size_t kept = lines_of(read_file(file)).size();
  const std::int64_t begin_ns = now_ns();
  ::kill(command.pid(), GetParam());
  EXPECT_EQ(command.wait(), 130);
  EXPECT_LT(now_ns() - begin_ns, 1'000'000'000);
  EXPECT_FALSE(alive(worker));
  const auto lines = lines_of(read_file(file));
  EXPECT_EQ(lines.size(), kept);
  for (const std::string& line : lines) EXPECT_FALSE(nlohmann::json::parse(line).empty());
  EXPECT_NE(command.err().find("interrupted"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(BySignal, Interrupted, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(Killed, OutrightTakesItsWorkerAlong) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl");
  Command command("$RECLAIM run -m plain -w hang --json " + file);
  const pid_t worker = hanging_worker(command, file, 1);
  // Its request to die with its parent is made first of all; wait until it sleeps in its work.
  EXPECT_TRUE(eventually([&] {
    return read_file("/proc/" + std::to_string(worker) + "/wchan").find("pause") !=
               std::string::npos ||
           read_file("/proc/" + std::to_string(worker) + "/stat").find(") S ") != std::string::npos;
  }));
  ::kill(command.pid(), SIGKILL);
  EXPECT_EQ(command.wait(), 128 + SIGKILL);
  EXPECT_TRUE(eventually([&] { return !alive(worker); }));
}

}  // namespace
}  // namespace reclaim
