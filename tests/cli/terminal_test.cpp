// Progress: a bar on a terminal, a line a cell elsewhere, nothing when quiet.
#include "cli/terminal.h"

#include <gtest/gtest.h>

#include "command.h"

namespace reclaim::cli {
namespace {

constexpr const char* three_cells = "run -m plain,other,never -w fine --size tiny";

/// What the program shows on a terminal, both outputs.
std::string on_terminal(const std::string& words, const std::string& settings = "") {
  return run_command("TERM=xterm " + settings + " script -qec \"$RECLAIM " + words +
                     "\" /dev/null < /dev/null")
      .out;
}

TEST(TimeLeft, IsTheGuessAtFirst) { EXPECT_DOUBLE_EQ(TimeLeft(100).seconds(), 100); }

TEST(TimeLeft, LearnsFromWhatCellsTook) {
  TimeLeft left(100);
  for (int i = 0; i < 50; ++i) left.done(1, 3);
  EXPECT_NEAR(left.seconds(), 50 * 3, 5);
  TimeLeft faster(100);
  for (int i = 0; i < 50; ++i) faster.done(1, 0.1);
  EXPECT_NEAR(faster.seconds(), 50 * 0.1, 2);
}

TEST(TimeLeft, IsNotThrownByOneOddCell) {
  TimeLeft left(100);
  left.done(0.25, 1);
  EXPECT_LT(left.seconds(), 150);
}

TEST(TimeLeft, IsNeverLessThanNothing) {
  TimeLeft left(1);
  left.done(2, 2);
  EXPECT_EQ(left.seconds(), 0);
}

TEST(Progress, OnATerminalIsABarThatSaysWhatRunsHowFarAndTheTimeLeft) {
  const std::string shown = on_terminal(three_cells);
  EXPECT_NE(shown.find("\r\x1b[K1/3 ╌"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\r\x1b[K3/3 ━"), std::string::npos) << shown;
  EXPECT_NE(shown.find(" left  "), std::string::npos) << shown;
  EXPECT_NE(shown.find("plain · fine · 1 thread"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("[1/3]"), std::string::npos) << "a line a cell beside the bar";
}

TEST(Progress, HasNoColourUnderNoColorAndNoCodesOnADumbTerminal) {
  EXPECT_NE(on_terminal(three_cells).find("\x1b[1"), std::string::npos) << "colours on a terminal";
  const std::string plain = on_terminal(three_cells, "NO_COLOR=1");
  EXPECT_EQ(plain.find("\x1b[1"), std::string::npos) << plain;
  EXPECT_EQ(plain.find("\x1b[3"), std::string::npos) << plain;
  const std::string dumb = run_command("TERM=dumb script -qec \"$RECLAIM " +
                                       std::string(three_cells) + "\" /dev/null < /dev/null")
                               .out;
  EXPECT_EQ(dumb.find('\x1b'), std::string::npos) << dumb;
  EXPECT_NE(dumb.find("[1/3]"), std::string::npos) << dumb;
}

TEST(Progress, OfAQuietRunIsNothingOnATerminalToo) {
  const std::string shown = on_terminal(std::string(three_cells) + " -q");
  EXPECT_EQ(shown.find("\x1b[K"), std::string::npos) << shown;
  EXPECT_EQ(shown.find(" left"), std::string::npos) << shown;
}

TEST(Progress, ElsewhereIsALineACellWithTheTimeLeft) {
  const std::string said = run_command("$RECLAIM " + std::string(three_cells)).err;
  EXPECT_NE(said.find("[1/3] "), std::string::npos) << said;
  EXPECT_NE(said.find(" left)\n"), std::string::npos) << said;
  EXPECT_NE(said.find("[3/3] "), std::string::npos) << said;
}

TEST(Progress, OfAResumedRunGuessesOnlyAtWhatIsLeft) {
  const TemporaryFolder folder;
  const std::string words = "run -m plain,other,never -w fine,cycle --size tiny --resume --json " +
                            folder.file("r.jsonl");
  ASSERT_EQ(run_command("$RECLAIM " + words).code, 0);
  const Ended again = run_command("$RECLAIM " + words);
  EXPECT_NE(again.err.find("6 cells are there already"), std::string::npos) << again.err;
  EXPECT_EQ(again.err.find(" left"), std::string::npos) << again.err;
}

}  // namespace
}  // namespace reclaim::cli
