// Recording real processes: every function, every thread, every way to end.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "temporary_folder.h"
#include "trace/reader.h"
#include "trace/record.h"

namespace reclaim::trace {
namespace {

std::string program(const std::string& name) { return RECLAIM_PROGRAMS + name; }

struct Recorded {
  int code;
  std::string said;
};

Recorded record_command(const std::string& output, const std::vector<std::string>& command) {
  RecordOptions options;
  options.output = output;
  options.command = command;
  options.library = RECLAIM_RECORDER;
  testing::internal::CaptureStderr();
  const int code = record(options);
  return {code, testing::internal::GetCapturedStderr()};
}

std::vector<Event> events_of(const std::string& path) {
  Reader reader(path);
  std::vector<Event> events;
  Event event;
  while (reader.next(event)) events.push_back(event);
  return events;
}

int objects_of_size(const std::string& path, std::uint64_t size) {
  const auto events = events_of(path);
  return static_cast<int>(std::count_if(events.begin(), events.end(), [&](const Event& event) {
    return event.kind == EventKind::make && event.size == size;
  }));
}

int frees_of_size(const std::string& path, std::uint64_t size) {
  const auto events = events_of(path);
  return static_cast<int>(std::count_if(events.begin(), events.end(), [&](const Event& event) {
    return event.kind == EventKind::free && event.size == size;
  }));
}

/// The one trace in the folder that is not the command's own.
std::string other_trace(const TestFolder& folder) {
  std::string found;
  for (const std::string& name : folder.names()) {
    if (name == "t") continue;
    EXPECT_TRUE(found.empty()) << name << " and " << found;
    found = name;
  }
  return found.empty() ? found : folder / found;
}

TEST(Record, EveryFunctionIsRecordedOnceWithItsSizeAndAlignment) {
  const TestFolder folder;
  const Recorded recorded = record_command(folder / "t", {program("every_function")});
  ASSERT_EQ(recorded.code, 0) << recorded.said;
  // Between the two marks.
  std::vector<Event> events = events_of(folder / "t");
  const auto is_mark = [](const Event& event) { return event.size == 1234567; };
  auto begin = std::find_if(events.begin(), events.end(), is_mark) + 2;
  const auto end = std::find_if(begin, events.end(), is_mark);
  struct Expected {
    Way way;
    std::uint64_t size;
    std::uint32_t alignment;
  };
  const std::vector<Expected> made = {
      {Way::malloc, 100, 0},        {Way::calloc, 123, 0},      {Way::realloc, 200, 0},
      {Way::malloc, 192, 64},       {Way::malloc, 1000, 256},   {Way::malloc, 33, 32},
      {Way::malloc, 10, 4096},      {Way::malloc, 11, 4096},    {Way::new_operator, 50, 0},
      {Way::new_operator, 51, 0},   {Way::new_operator, 52, 0}, {Way::new_operator, 53, 0},
      {Way::new_operator, 54, 0},   {Way::new_operator, 55, 0}, {Way::new_operator, 56, 128},
      {Way::new_operator, 57, 128}, {Way::malloc, 13, 0},       {Way::malloc, 0, 0}};
  std::size_t next = 0;
  std::vector<std::uint64_t> resized;
  std::set<std::uint64_t> live;
  for (auto event = begin; event != end; ++event) {
    if (event->kind == EventKind::make) {
      // The exception of the failing operator new, made by the C++ library, comes last.
      if (next < made.size()) {
        EXPECT_EQ(event->way, made[next].way) << next;
        EXPECT_EQ(event->size, made[next].size) << next;
        EXPECT_EQ(event->alignment, made[next].alignment) << next;
        ++next;
      }
      live.insert(event->object);
    } else if (event->kind == EventKind::resize) {
      resized.push_back(event->size);
    } else if (event->kind == EventKind::free) {
      EXPECT_EQ(live.erase(event->object), 1u);
    }
  }
  EXPECT_EQ(next, made.size());
  EXPECT_EQ(resized, (std::vector<std::uint64_t>{300000, 700}));
  EXPECT_LE(live.size(), 1u) << "what was made between the marks was freed there";
  const Summary summary = summarize(folder / "t");
  EXPECT_FALSE(summary.ends_early());
  EXPECT_EQ(summary.totals.foreign_frees, 0u);
  EXPECT_EQ(summary.totals.inferred_frees, 0u);
  EXPECT_EQ(objects_of_size(folder / "t", 77), 1);
  EXPECT_EQ(frees_of_size(folder / "t", 77), 0);
}

TEST(Record, ObjectsFreedByAnotherThreadKeepTheirOrder) {
  const TestFolder folder;
  const Recorded recorded = record_command(folder / "t", {program("hand_over")});
  ASSERT_EQ(recorded.code, 0) << recorded.said;
  std::uint64_t next_made = 20001, next_freed = 20001;
  std::set<std::uint32_t> makers, freers;
  std::set<std::uint32_t> started = {0};
  for (const Event& event : events_of(folder / "t")) {
    EXPECT_EQ(started.count(event.thread), 1u) << "an event before its thread started";
    if (event.kind == EventKind::start_thread) started.insert(event.other);
    if (event.size <= 20000 || event.size > 25000) continue;
    if (event.kind == EventKind::make) {
      EXPECT_EQ(event.size, next_made++);
      makers.insert(event.thread);
    } else if (event.kind == EventKind::free) {
      EXPECT_EQ(event.size, next_freed++);
      EXPECT_LT(next_freed, next_made + 1) << "freed before it was made";
      freers.insert(event.thread);
    }
  }
  EXPECT_EQ(next_made, 25001u);
  EXPECT_EQ(next_freed, 25001u);
  EXPECT_EQ(makers.size(), 1u);
  EXPECT_EQ(freers.size(), 1u);
  EXPECT_NE(makers, freers);
  EXPECT_EQ(summarize(folder / "t").totals.threads, 3u);
}

TEST(Record, AnAddressThatWandersBetweenThreadsIsNeverTakenForALiveObjects) {
  const TestFolder folder;
  setenv("LD_PRELOAD", RECLAIM_LENDING_ALLOCATOR, 1);  // behind the recorder
  const Recorded recorded = record_command(folder / "t", {program("endings"), "reuse"});
  unsetenv("LD_PRELOAD");
  ASSERT_EQ(recorded.code, 0) << recorded.said;
  const Totals totals = summarize(folder / "t").totals;
  EXPECT_EQ(totals.inferred_frees, 0u);
  EXPECT_EQ(totals.foreign_frees, 0u);
  EXPECT_GE(totals.resizes, 8000u);
}

TEST(Record, WhatThreadsFreeInTheirDestructorsIsRecorded) {
  const TestFolder folder;
  ASSERT_EQ(record_command(folder / "t", {program("endings"), "thread-exits"}).code, 0);
  for (const std::uint64_t size : {555u, 556u}) {
    EXPECT_EQ(objects_of_size(folder / "t", size), 40);
    EXPECT_EQ(frees_of_size(folder / "t", size), 40);
  }
  EXPECT_EQ(summarize(folder / "t").totals.threads, 41u);
}

class RecordEnding : public testing::TestWithParam<std::tuple<const char*, Ending, unsigned>> {};

TEST_P(RecordEnding, LeavesAWholeTraceThatSaysHowItEnded) {
  const auto [way, ending, detail] = GetParam();
  const TestFolder folder;
  const Recorded recorded = record_command(folder / "t", {program("endings"), way});
  ASSERT_EQ(recorded.code, 0) << recorded.said;
  EXPECT_EQ(folder.names(), std::vector<std::string>{"t"});
  EXPECT_EQ(objects_of_size(folder / "t", 4321), 100);
  EXPECT_EQ(frees_of_size(folder / "t", 4321), 50);
  const Summary summary = summarize(folder / "t");
  EXPECT_EQ(summary.ending(), ending);
  EXPECT_EQ(summary.totals.ending_detail, detail);
  EXPECT_EQ(summary.ends_early(), ending != Ending::exit);
  EXPECT_EQ(recorded.said.find("ends early") != std::string::npos, ending != Ending::exit)
      << recorded.said;
}

INSTANTIATE_TEST_SUITE_P(Ways, RecordEnding,
                         testing::Values(std::tuple("exit", Ending::exit, 3u),
                                         std::tuple("_exit", Ending::quick_exit, 4u),
                                         std::tuple("kill", Ending::killed, 9u),
                                         std::tuple("abort", Ending::killed, 6u),
                                         std::tuple("close-all", Ending::exit, 0u)));

TEST(Record, AForkedChildHasATraceOfItsOwnWithoutItsParentsObjects) {
  const TestFolder folder;
  ASSERT_EQ(record_command(folder / "t", {program("endings"), "fork"}).code, 0);
  EXPECT_EQ(objects_of_size(folder / "t", 999), 0);
  EXPECT_EQ(frees_of_size(folder / "t", 4321), 50);
  const std::string child = other_trace(folder);
  ASSERT_FALSE(child.empty());
  EXPECT_EQ(objects_of_size(child, 999), 10);
  EXPECT_EQ(objects_of_size(child, 4321), 0);
  const Summary summary = summarize(child);
  EXPECT_EQ(summary.totals.foreign_frees, 25u);
  EXPECT_TRUE(summary.header.forked);
  EXPECT_FALSE(summary.ends_early());
  EXPECT_TRUE(child.ends_with("t." + std::to_string(summary.header.process))) << child;
}

class RecordChild : public testing::TestWithParam<const char*> {};

TEST_P(RecordChild, AChildThatIsAnotherProgramHasATraceOfItsOwn) {
  const TestFolder folder;
  const Recorded recorded = record_command(folder / "t", {program("endings"), GetParam()});
  ASSERT_EQ(recorded.code, 0) << recorded.said;
  EXPECT_EQ(objects_of_size(folder / "t", 4321), 100);
  EXPECT_EQ(summarize(folder / "t").ending(), Ending::exit);
  EXPECT_EQ(summarize(folder / "t").totals.ending_detail, 0u);
  const std::string child = other_trace(folder);
  ASSERT_FALSE(child.empty());
  EXPECT_EQ(objects_of_size(child, 4321), 100);
  EXPECT_NE(recorded.said.find(child), std::string::npos) << recorded.said;
}

INSTANTIATE_TEST_SUITE_P(Ways, RecordChild, testing::Values("fork-exec", "spawn", "vfork"));

TEST(Record, ChildrenForkedWhileThreadsAllocateAreWhole) {
  const TestFolder folder;
  ASSERT_EQ(record_command(folder / "t", {program("endings"), "fork-in-threads"}).code, 0);
  EXPECT_EQ(summarize(folder / "t").totals.ending_detail, 0u);
  EXPECT_EQ(frees_of_size(folder / "t", 64), 200000);
  int children = 0;
  for (const std::string& name : folder.names()) {
    if (name == "t") continue;
    ++children;
    EXPECT_EQ(frees_of_size(folder / name, 888), 1) << name;
  }
  EXPECT_EQ(children, 20);
}

TEST(Record, AfterAnExecTheFileIsTheLastProgramsAndTheFirstHasItsOwn) {
  const TestFolder folder;
  ASSERT_EQ(record_command(folder / "t", {program("endings"), "exec"}).code, 0);
  EXPECT_EQ(summarize(folder / "t").ending(), Ending::exit);
  EXPECT_EQ(summarize(folder / "t.exec1").ending(), Ending::exec);
  EXPECT_EQ(objects_of_size(folder / "t", 4321), 100);
  EXPECT_EQ(objects_of_size(folder / "t.exec1", 4321), 100);
}

TEST(Record, AProgramsOwnOperatorsStayItsOwn) {
  const TestFolder folder;
  const Recorded recorded = record_command(folder / "t", {program("own_operators")});
  ASSERT_EQ(recorded.code, 0) << recorded.said;
  const Summary summary = summarize(folder / "t");
  EXPECT_EQ(summary.totals.ending_detail, 0u) << recorded.said;
  EXPECT_EQ(objects_of_size(folder / "t", 70 + 32), 100);
  EXPECT_EQ(objects_of_size(folder / "t", 71 + 32), 100);
  EXPECT_EQ(objects_of_size(folder / "t", 72 + 32), 100);
  EXPECT_EQ(summary.totals.foreign_frees + summary.totals.inferred_frees, 0u);
}

TEST(Record, AProgramThatCannotBeRecordedLeavesOneLineAndNoFile) {
  for (const std::string name : {"static", "own_malloc"}) {
    const TestFolder folder;
    const Recorded recorded = record_command(folder / "t", {program(name)});
    EXPECT_EQ(recorded.code, 1) << recorded.said;
    EXPECT_EQ(std::count(recorded.said.begin(), recorded.said.end(), '\n'), 1) << recorded.said;
    EXPECT_NE(recorded.said.find(name == "static" ? "statically linked" : "exited with status 0"),
              std::string::npos)
        << recorded.said;
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(Record, AWrongCommandOrFileIsSaidInOneLineAndAnExistingFileStays) {
  const TestFolder folder;
  write_file(folder / "t", "precious");
  const Recorded missing = record_command(folder / "t", {"no-such-command-anywhere"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.said.find("no-such-command-anywhere"), std::string::npos);
  EXPECT_EQ(record_command(folder / "t", {program("static")}).code, 1);
  EXPECT_EQ(read_file(folder / "t"), "precious");
  EXPECT_EQ(record_command(folder / "no/such/folder/t", {program("hand_over")}).code, 4);
  EXPECT_EQ(record_command(folder.path(), {program("hand_over")}).code, 4);
  EXPECT_EQ(record_command("/dev/full", {program("hand_over")}).code, 4);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"t"});
  EXPECT_EQ(record_command(folder / "t", {program("hand_over")}).code, 0);
  EXPECT_NE(read_file(folder / "t"), "precious");
}

/// Runs a command and returns what it says on both streams.
std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return text;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  pclose(pipe);
  return text;
}

/// The numbers in the line that has `words`, behind them; "1,234" is one number.
std::vector<std::uint64_t> numbers_behind(const std::string& text, const std::string& words) {
  std::vector<std::uint64_t> numbers;
  const std::size_t begin = text.find(words);
  if (begin == std::string::npos) return numbers;
  bool within = false;
  for (std::size_t i = begin + words.size(); i < text.size() && text[i] != '\n'; ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      if (!within) numbers.push_back(0);
      numbers.back() = numbers.back() * 10 + static_cast<std::uint64_t>(c - '0');
    }
    within = (c >= '0' && c <= '9') || (within && c == ',' && text[i + 1] != ' ');
  }
  return numbers;
}

TEST(Record, ObjectCountsAgreeWithValgrind) {
  if (system("valgrind --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "valgrind is missing";
  const TestFolder folder;
  ASSERT_EQ(record_command(folder / "t", {program("endings"), "exit"}).code, 0);
  const Totals totals = summarize(folder / "t").totals;
  const std::string said = output_of("valgrind --run-libc-freeres=no --run-cxx-freeres=no " +
                                     program("endings") + " exit");
  // "in use at exit: B bytes in N blocks", "total heap usage: A allocs, F frees, T bytes allocated"
  const auto left = numbers_behind(said, "in use at exit:");
  const auto heap = numbers_behind(said, "total heap usage:");
  ASSERT_EQ(left.size(), 2u) << said;
  ASSERT_EQ(heap.size(), 3u) << said;
  // valgrind counts a realloc as an allocation and a free.
  EXPECT_EQ(heap[0], totals.objects + totals.resizes);
  EXPECT_EQ(heap[1], totals.frees + totals.resizes);
  EXPECT_EQ(heap[2], totals.made_bytes + totals.resized_bytes);
  EXPECT_EQ(left[0], totals.live_bytes);
  EXPECT_EQ(left[1], totals.live_objects);
}

}  // namespace
}  // namespace reclaim::trace
