// Killed outright at random moments, over and over: the results file can be read, at most the cell
// in flight is lost at each, and in the end every cell is there. RECLAIM_KILLS=1000 kills a
// thousand times.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/rng.h"
#include "command.h"
#include "measure/clock.h"
#include "report/results.h"

namespace reclaim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t planned = 3 * 4;

std::size_t kills_wanted() {
  const char* text = std::getenv("RECLAIM_KILLS");
  return text == nullptr ? 60 : static_cast<std::size_t>(std::strtoul(text, nullptr, 10));
}

/// The cells of a file that a killed run left, as the reporter reads it. Before its first line is
/// written there is nothing to read.
std::multiset<std::string> cells_of(const std::string& file) {
  if (read_file(file).find('\n') == std::string::npos) return {};
  const std::vector<fs::path> files = {file};
  std::multiset<std::string> cells;
  for (const report::Cell& cell : report::load(files).cells) {
    EXPECT_EQ(cell.status, "ok") << cell.message;
    cells.insert(cell.model + " " + std::to_string(cell.round));
  }
  return cells;
}

/// Its lines that were written whole. A kill may tear the last one where it crosses a page; that
/// was the cell in flight.
std::string whole_lines_of(const std::string& file) {
  const std::string text = read_file(file);
  return text.substr(0, text.rfind('\n') + 1);
}

TEST(Kills, AtRandomMomentsLoseAtMostTheCellInFlightEach) {
  constexpr std::uint64_t seed = 4711;
  SCOPED_TRACE("seed " + std::to_string(seed));
  Rng rng(seed);
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl"), marks = folder.file("marks");
  const std::string words = "exec env RECLAIM_MARKS=" + marks +
                            " $RECLAIM run -q --resume -m plain,other,limited -w marked "
                            "--size tiny --rounds 4 --json " +
                            file;
  const std::int64_t begin_ns = now_ns();
  ASSERT_EQ(run_command(words).code, 0);
  const auto whole_ns = static_cast<std::uint64_t>(now_ns() - begin_ns);
  const std::multiset<std::string> all = cells_of(file);
  ASSERT_EQ(all.size(), planned);

  const std::size_t wanted = kills_wanted();
  std::size_t kills = 0, since_new = 0, completed = 0;
  while (kills < wanted) {
    if (cells_of(file).size() == planned) {  // a new file, for the kills to come
      EXPECT_EQ(cells_of(file), all);
      fs::remove(file);
      fs::remove(marks);
      since_new = 0;
      ++completed;
    }
    const std::string before = whole_lines_of(file);
    Command command(words);
    const std::int64_t moment_ns = now_ns() + static_cast<std::int64_t>(rng.below(whole_ns));
    while (now_ns() < moment_ns && !command.ended()) ::sched_yield();
    if (!command.ended()) {
      ++kills;
      ++since_new;
    }
    ::kill(command.pid(), SIGKILL);
    command.wait();
    const std::string after = read_file(file);
    EXPECT_TRUE(after.starts_with(before)) << "a record that was there is gone: before\n"
                                           << before << "after\n"
                                           << after;
    const std::size_t finished = read_file(marks).size();
    EXPECT_LE(finished, cells_of(file).size() + since_new)
        << "more is lost than the cell in flight of each of " << since_new << " kills";
  }
  ASSERT_EQ(run_command(words).code, 0);
  EXPECT_EQ(cells_of(file), all);
  EXPECT_GE(completed, 1u);
  RecordProperty("kills", static_cast<int>(kills));
}

}  // namespace
}  // namespace reclaim
