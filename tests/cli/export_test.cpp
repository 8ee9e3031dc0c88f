// --export from end to end: what is asked for is checked first, then written under its name.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "command.h"

namespace reclaim {
namespace {

constexpr const char* of_two_cells = " -m plain,other -w fine --size tiny --rounds 2 -q ";

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

TEST(Export, OfARunGoesToItsFolderUnderDocumentedNames) {
  const TemporaryFolder folder;
  const std::string out = folder.file("out");
  const Ended ended =
      run_command(std::string("$RECLAIM run") + of_two_cells + "--events " + folder.file("e.json") +
                  " --export gbench,hlog,gclog,trace --export openmetrics --export "
                  "benchstat,csv,md,json --out " +
                  out);
  EXPECT_EQ(ended.code, 0) << ended.err;
  std::set<std::string> expected = {"gbench.json",   "stops.hlog", "trace.json", "openmetrics.txt",
                                    "benchstat.txt", "report.csv", "report.md",  "results.json"};
  std::size_t logs = 0;
  for (const std::string& name : names_in(out)) {
    if (name.starts_with("gc-") && name.ends_with(".log")) {
      ++logs;
    } else {
      EXPECT_EQ(expected.erase(name), 1u) << name;
    }
  }
  EXPECT_TRUE(expected.empty()) << *expected.begin();
  EXPECT_EQ(logs, 4u) << "one for each cell that was run";
  EXPECT_NE(ended.err.find("export: " + out + "/gbench.json"), std::string::npos) << ended.err;
}

TEST(Export, OfAReportStandsBesideItsPagesAfterMeasuringAndFromFiles) {
  const TemporaryFolder folder;
  const std::string measured = folder.file("measured"), again = folder.file("again");
  EXPECT_EQ(run_command(std::string("$RECLAIM report") + of_two_cells +
                        "--export benchstat,csv --out " + measured)
                .code,
            0);
  EXPECT_EQ(names_in(measured),
            (std::set<std::string>{"results.jsonl", "index.html", "report.md", "report.csv",
                                   "summary.svg", "benchstat.txt"}));
  EXPECT_EQ(run_command("$RECLAIM report " + measured + "/results.jsonl --export benchstat --out " +
                        again)
                .code,
            0);
  EXPECT_EQ(read_file(again + "/benchstat.txt"), read_file(measured + "/benchstat.txt"));
}

TEST(Export, ThatCannotBeMadeIsRefusedBeforeAnythingIs) {
  const TemporaryFolder folder;
  const std::string out = folder.file("out");
  const std::pair<std::string, const char*> mistakes[] = {
      {"run" + std::string(of_two_cells) + "--out " + out + " --export gbnech",
       "did you mean 'gbench'?"},
      {"run" + std::string(of_two_cells) + "--export gbench", "--out DIR"},
      {"report" + std::string(of_two_cells) + "--out " + out + " --export trace", "--events FILE"},
      {"report" + std::string(of_two_cells) + "--out " + out + " --export csv,gclog",
       "--events FILE"},
      {"report /no/such.jsonl --out " + out + " --export xml", "unknown format 'xml'"},
  };
  for (const auto& [mistake, expected] : mistakes) {
    const Ended ended = run_command("$RECLAIM " + mistake);
    EXPECT_EQ(ended.code, 2) << mistake;
    EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended.err;
    EXPECT_NE(ended.err.find(expected), std::string::npos) << mistake << "\n" << ended.err;
    EXPECT_FALSE(std::filesystem::exists(out)) << mistake;
  }
}

TEST(Export, OfEventsThatAreNoneNamesTheFileAndWritesNothing) {
  const TemporaryFolder folder;
  const std::string file = folder.file("r.jsonl"), out = folder.file("out");
  ASSERT_EQ(run_command(std::string("$RECLAIM run") + of_two_cells + "--json " + file).code, 0);
  const Ended ended =
      run_command("$RECLAIM report " + file + " --export trace --events " + file + " --out " + out);
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.err, "reclaim: " + file + ":1: no event of a trace\n");
  EXPECT_FALSE(std::filesystem::exists(out));
}

}  // namespace
}  // namespace reclaim
