// Report files are whole or as they were before.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "report/report.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

namespace fs = std::filesystem;

class WriteTest : public testing::Test {
 protected:
  WriteTest() : directory_(fs::path(testing::TempDir()) / ("report" + std::to_string(getpid()))) {
    fs::remove_all(directory_);
  }
  ~WriteTest() override { fs::remove_all(directory_); }

  std::string content(const char* name) const {
    std::ifstream stream(directory_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  const fs::path directory_;
};

void write_report(const Results& results, const fs::path& directory) {
  write_files(report_files(results, analyse(results)), directory);
}

TEST_F(WriteTest, AllFourFilesAreThereAndNoOther) {
  const Results results = load_text(fixture::standard_run(1), "r.jsonl");
  write_report(results, directory_ / "deep");
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(directory_ / "deep")) {
    EXPECT_GT(entry.file_size(), 1000u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4u);
}

TEST_F(WriteTest, AFileThatCannotBeReplacedIsNamedAndNothingIsLeftBehind) {
  fs::create_directories(directory_ / "index.html");  // a folder where the file should go
  std::ofstream(directory_ / "index.html" / "x") << "x";
  const Results results = load_text(fixture::EnvironmentLine{}.text(), "r.jsonl");
  try {
    write_report(results, directory_);
    FAIL();
  } catch (const CannotWrite& failure) {
    EXPECT_NE(std::string(failure.what()).find("index.html: cannot be written"), std::string::npos);
  }
  for (const auto& entry : fs::directory_iterator(directory_)) {
    EXPECT_EQ(entry.path().string().find("html."), std::string::npos) << entry.path();
  }
}

TEST_F(WriteTest, ADirectoryThatCannotBeMadeIsNamed) {
  fs::create_directories(directory_);
  std::ofstream(directory_ / "file") << "x";
  const Results results = load_text(fixture::EnvironmentLine{}.text(), "r.jsonl");
  EXPECT_THROW(write_report(results, directory_ / "file" / "out"), CannotWrite);
  EXPECT_THROW(write_report(results, "/dev/full"), CannotWrite);
}

TEST_F(WriteTest, AFileIsReplacedAsAWhole) {
  fs::create_directories(directory_);
  write_file(directory_ / "a", "before");
  write_file(directory_ / "a", "after");
  EXPECT_EQ(content("a"), "after");
}

}  // namespace
}  // namespace reclaim::report
