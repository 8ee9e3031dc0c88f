// The file is true at every moment, and mends what a killed run left.
#include "cells/results_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cells/names.h"

namespace reclaim::cells {
namespace {

class ResultsFileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove(path_); }

  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  std::string read() {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  /// What opening for --resume complains of.
  std::string complaint() {
    EarlierResults earlier;
    try {
      ResultsFile::resume(path_, earlier);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }

  const std::string path_ = testing::TempDir() + "results_" + std::to_string(::getpid()) + ".jsonl";
  const std::string head_ = R"({"kind":"environment","seed":1})"
                            "\n";
  const std::string cell_ = R"({"kind":"cell","round":0})"
                            "\n";
};

TEST_F(ResultsFileTest, HasEachRecordOnDiskWhenAppendReturns) {
  ResultsFile file = ResultsFile::create(path_);
  file.append(Json::parse(head_));
  EXPECT_EQ(read(), head_);
  file.append(Json::parse(cell_));
  EXPECT_EQ(read(), head_ + cell_);
}

TEST_F(ResultsFileTest, OutcomesOfExperimentsAreNoCellsAndStay) {
  const std::string outcome = R"({"kind":"experiment","id":"tax"})"
                              "\n";
  write(head_ + cell_ + outcome + cell_);
  EarlierResults earlier;
  ResultsFile file = ResultsFile::resume(path_, earlier);
  EXPECT_EQ(earlier.records.size(), 2u);
  EXPECT_TRUE(file.replace(Json::parse(head_), earlier.records));
  EXPECT_EQ(read(), head_ + cell_ + cell_ + outcome);
}

TEST_F(ResultsFileTest, TornLastLineIsCutOffAtEveryByte) {
  const std::string whole = head_ + cell_ + cell_;
  for (std::size_t length = head_.size(); length <= whole.size(); ++length) {
    write(whole.substr(0, length));
    EarlierResults earlier;
    ResultsFile::resume(path_, earlier);
    const std::size_t complete = (length - head_.size()) / cell_.size();
    EXPECT_EQ(earlier.records.size(), complete);
    EXPECT_EQ(earlier.repaired, (length - head_.size()) % cell_.size() != 0) << length;
    EXPECT_EQ(read(), whole.substr(0, head_.size() + complete * cell_.size()));
  }
}

TEST_F(ResultsFileTest, ATornHeadLeavesAnEmptyFile) {
  write(head_.substr(0, 10));
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(read(), "");
}

TEST_F(ResultsFileTest, DamageInTheMiddleIsRefusedByItsLineAndLeftAlone) {
  const std::string damaged = head_ + cell_ + "{\"kind\":\"ce\n" + cell_;
  write(damaged);
  EXPECT_EQ(complaint(), path_ + ":3: damaged: this is no record of reclaim");
  EXPECT_EQ(read(), damaged);
}

TEST_F(ResultsFileTest, ForeignFilesAreRefusedAndLeftAlone) {
  for (const std::string& text : {std::string("my thesis\nall of it\n"), std::string("[1,2]\n"),
                                  std::string(R"({"benchmarks":[]})"
                                              "\n"),
                                  cell_}) {
    write(text);
    EXPECT_NE(complaint(), "") << text;
    EXPECT_EQ(read(), text);
  }
}

TEST_F(ResultsFileTest, IsReplacedWhole) {
  ResultsFile file = ResultsFile::create(path_);
  file.append(Json::parse(head_));
  file.append({{"kind", "cell"}, {"status", "ok"}});
  EXPECT_TRUE(file.replace(Json::parse(head_), {{{"kind", "cell"}, {"status", "failed"}}}));
  EXPECT_EQ(read(), head_ + R"({"kind":"cell","status":"failed"})"
                            "\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(ResultsFileTest, TwoRunsDoNotWriteOne) {
  const ResultsFile first = ResultsFile::create(path_);
  EXPECT_THROW(ResultsFile::create(path_), WriteError);
}

TEST_F(ResultsFileTest, FullDiskIsAnErrorAndNotSilence) {
  ResultsFile file = ResultsFile::create("/dev/full");
  EXPECT_THROW(file.append(Json::parse(head_)), WriteError);
}

TEST_F(ResultsFileTest, UnwritablePlacesAreErrors) {
  EXPECT_THROW(ResultsFile::create("/no/such/folder/x.jsonl"), WriteError);
  EXPECT_THROW(ResultsFile::create(testing::TempDir()), WriteError);
}

TEST_F(ResultsFileTest, AFileThatMayNotGrowIsAnError) {
  ResultsFile file = ResultsFile::create(path_);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  file.append(Json::parse(head_));
  EXPECT_THROW(for (int i = 0; i < 10; ++i) file.append(Json::parse(cell_)), WriteError);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
}

TEST_F(ResultsFileTest, BadBytesInAMessageDoNotBreakTheLine) {
  ResultsFile file = ResultsFile::create(path_);
  file.append({{"kind", "environment"}, {"message", "\xff\xfe bad\n"}});
  const std::string text = read();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

}  // namespace
}  // namespace reclaim::cells
