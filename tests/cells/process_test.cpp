// One child at a time: how it ends, that it is gone.
#include "cells/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "cells/allocators.h"
#include "measure/rss.h"

namespace reclaim::cells {
namespace {

ProcessEnd shell(const std::string& script, double timeout_s = 30) {
  const InterruptGuard guard;
  return run_process({"/bin/sh", {"-c", script}, worker_environment(""), timeout_s}, guard);
}

/// No child of this process is left, not even a dead one.
bool childless() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

TEST(Process, GivesExitCodeResultAndLastWords) {
  const ProcessEnd end = shell("echo data >&3; echo first >&2; echo last; exit 7");
  EXPECT_EQ(end.kind, ProcessEnd::Kind::exited);
  EXPECT_EQ(end.code, 7);
  EXPECT_EQ(end.result, "data\n");
  EXPECT_EQ(last_line(end.errors), "last");
  EXPECT_GT(end.peak_rss_bytes, 0u);
  EXPECT_TRUE(childless());
}

TEST(Process, NamesTheSignal) {
  const ProcessEnd end = shell("kill -9 $$");
  EXPECT_EQ(end.kind, ProcessEnd::Kind::signalled);
  EXPECT_EQ(end.code, SIGKILL);
  EXPECT_TRUE(childless());
}

TEST(Process, KillsAtTheTimeOutWhateverTheChildIgnores) {
  const ProcessEnd end = shell("trap '' TERM INT; while :; do sleep 60; done", 0.2);
  EXPECT_EQ(end.kind, ProcessEnd::Kind::timed_out);
  EXPECT_TRUE(childless());
}

TEST(Process, SurvivesMoreOutputThanPipesHold) {
  const ProcessEnd end =
      shell("head -c 1000000 /dev/zero >&3; head -c 9000000 /dev/zero; echo; echo end");
  EXPECT_EQ(end.kind, ProcessEnd::Kind::exited);
  EXPECT_EQ(end.result.size(), 1'000'000u);
  EXPECT_LE(end.errors.size(), 65536u);
  EXPECT_EQ(last_line(end.errors), "end");
}

TEST(Process, DoesNotWaitForWhoeverInheritedThePipes) {
  const ProcessEnd end = shell("sleep 1000 & echo $! >&3");
  EXPECT_EQ(end.kind, ProcessEnd::Kind::exited);
  EXPECT_LT(end.elapsed_s, 30);
}

TEST(Process, SaysWhyItCouldNotStart) {
  const InterruptGuard guard;
  const ProcessEnd end = run_process({"/no/such/program", {}, {}, 1}, guard);
  EXPECT_EQ(end.kind, ProcessEnd::Kind::not_started);
  EXPECT_EQ(end.code, ENOENT);
  EXPECT_TRUE(childless());
}

TEST(Process, LeavesTheChildNoDescriptorsButItsOwn) {
  const int inherited = ::dup(0);  // open over exec, as a careless parent's would be
  const InterruptGuard guard;
  const ProcessEnd end =
      run_process({"/bin/ls", {"-1", "/proc/self/fd"}, worker_environment(""), 30}, guard);
  ::close(inherited);
  EXPECT_EQ(end.errors, "0\n1\n2\n3\n4\n");  // 4 is the folder that is listed
}

TEST(Process, EndsAtOnceWhenTheUserInterrupts) {
  const InterruptGuard guard;
  const pid_t self = ::getpid();
  std::thread user([&] { ::kill(self, SIGINT); });
  const ProcessEnd end = run_process(
      {"/bin/sh", {"-c", "while :; do sleep 60; done"}, worker_environment(""), 60}, guard);
  user.join();
  EXPECT_EQ(end.kind, ProcessEnd::Kind::interrupted);
  EXPECT_TRUE(guard.interrupted());
  EXPECT_TRUE(childless());
}

TEST(Process, StartsWithTheStandardSignalHandlers) {
  const InterruptGuard guard;  // ignores SIGPIPE in this process
  const ProcessEnd end = run_process(
      {"/bin/sh", {"-c", "kill -PIPE $$; echo alive >&3"}, worker_environment(""), 30}, guard);
  EXPECT_EQ(end.kind, ProcessEnd::Kind::signalled);
  EXPECT_EQ(end.code, SIGPIPE);
}

TEST(Watcher, SeesTheMemoryOfAProcessAndHowLateItItselfWakes) {
  Watcher watcher{::getpid()};
  const Observation seen = watcher.end();
  ASSERT_FALSE(seen.rss_series.empty());
  const auto resident = static_cast<double>(measure::resident_bytes());
  const auto watched = static_cast<double>(seen.rss_series.front().second);
  EXPECT_GT(watched, resident / 4);
  EXPECT_LT(watched, resident * 4);
  EXPECT_GE(seen.hiccups.count(), 1u);
}

TEST(Watcher, OfAProcessThatIsGoneSeesNothingOfIt) {
  Watcher watcher{-1};
  EXPECT_TRUE(watcher.end().rss_series.empty());
}

TEST(LastLine, IsTheLastThatIsNotEmpty) {
  EXPECT_EQ(last_line("a\nb\n\n \n"), "b");
  EXPECT_EQ(last_line("a"), "a");
  EXPECT_EQ(last_line("\n"), "");
}

}  // namespace
}  // namespace reclaim::cells
