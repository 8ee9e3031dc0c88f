// Reading results files: tolerant of what may come, strict about damage, harmless whatever comes.
#include "report/results.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/rng.h"
#include "report/report.h"
#include "tests/report/fixture.h"

namespace reclaim::report {
namespace {

using fixture::CellLine;
using fixture::EnvironmentLine;

std::string environment() { return EnvironmentLine{}.text(); }

/// What load_text says is wrong; empty when it is content.
std::string complaint(const std::string& text) {
  try {
    load_text(text, "r.jsonl");
  } catch (const BadResults& bad) {
    return bad.what();
  }
  return {};
}

/// A results file on disk that is gone after the test.
class File {
 public:
  explicit File(const std::string& content) {
    static int number = 0;
    path_ = std::filesystem::path(testing::TempDir()) /
            ("results" + std::to_string(::getpid()) + "_" + std::to_string(number++) + ".jsonl");
    std::ofstream(path_, std::ios::binary) << content;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(Results, ACellKeepsItsNumbersAndItsAllocatorJoinsItsName) {
  CellLine line;
  line.model = "manual";
  line.allocator = "mimalloc";
  line.wall_s = 0.25;
  line.leaked = 3;
  const Results results = load_text(environment() + line.text(), "r.jsonl");
  ASSERT_EQ(results.cells.size(), 1u);
  const Cell& cell = results.cells[0];
  EXPECT_EQ(cell.model, "manual:mimalloc");
  EXPECT_EQ(cell.parameters, "depth=16, seed=4141");
  EXPECT_DOUBLE_EQ(*cell.wall_s, 0.25);
  EXPECT_EQ(cell.census->leaked->objects, 3u);
  EXPECT_EQ(results.environments[0].cores, 2u);
  EXPECT_EQ(results.environments[0].allocators.size(), 3u);
  EXPECT_TRUE(results.notes.empty());
}

TEST(Results, UnknownFieldsAndKindsAreIgnoredAndOptionalOnesMayBeMissing) {
  const std::string bare = R"({"kind":"environment","schema":1,"later":[{}]})"
                           "\n"
                           R"({"kind":"weather","schema":1})"
                           "\n"
                           R"({"kind":"cell","schema":1,"model":"gen","workload":"w","threads":1,)"
                           R"("round":0,"status":"ok","wall_s":1,"later":{"a":null}})"
                           "\n";
  const Results results = load_text(bare, "r.jsonl");
  ASSERT_EQ(results.cells.size(), 1u);
  EXPECT_FALSE(results.cells[0].census);
  EXPECT_FALSE(terminal_table(results).empty());
  EXPECT_FALSE(html_page(results, analyse(results)).empty());
}

TEST(Results, ATornLastLineIsLeftOutWithANote) {
  const std::string whole = environment() + CellLine{}.text();
  CellLine second;
  second.round = 1;
  const std::string torn = second.text().substr(0, 80);
  const Results results = load_text(whole + torn, "r.jsonl");
  EXPECT_EQ(results.cells.size(), 1u);
  ASSERT_EQ(results.notes.size(), 1u);
  EXPECT_NE(results.notes[0].find("r.jsonl:3: the last line is torn"), std::string::npos);
}

TEST(Results, ALastLineWithoutItsLineBreakIsKeptWhenItIsWhole) {
  std::string text = environment() + CellLine{}.text();
  text.pop_back();
  EXPECT_EQ(load_text(text, "r.jsonl").cells.size(), 1u);
}

TEST(Results, DamageElsewhereNamesFileAndLine) {
  EXPECT_EQ(complaint(environment() + "{\"kind\":\"ce\n" + CellLine{}.text()),
            "r.jsonl:2: not JSON");
  EXPECT_EQ(complaint(""), "r.jsonl:1: empty; a results file begins with an environment record");
  EXPECT_EQ(complaint(CellLine{}.text()),
            "r.jsonl:1: a results file begins with an environment record");
  EXPECT_EQ(complaint("{\"kind\":\"environment\",\"schema\":2}\n"),
            "r.jsonl:1: schema 2 is newer than this program reads (1)");
  EXPECT_EQ(complaint("{\"kind\":\"envi"), "r.jsonl:1: not JSON");
}

TEST(Results, WrongTypesAndImpossibleNumbersAreDamage) {
  const std::string head =
      environment() + R"({"kind":"cell","model":"m","workload":"w","round":0,)";
  EXPECT_EQ(complaint(head + R"("threads":0,"status":"ok","wall_s":1})"
                             "\n"),
            "r.jsonl:2: \"threads\" is 0, outside 1..1000000");
  EXPECT_EQ(complaint(head + R"("threads":1,"status":"ok","wall_s":-1})"
                             "\n"),
            "r.jsonl:2: \"wall_s\" is -1, not an amount");
  EXPECT_EQ(complaint(head + R"("threads":1,"status":"ok","wall_s":"1"})"
                             "\n"),
            "r.jsonl:2: \"wall_s\" is not a number");
  EXPECT_EQ(complaint(head + R"("threads":1,"status":"ok"})"
                             "\n"),
            "r.jsonl:2: status is \"ok\", but \"wall_s\" is missing");
  EXPECT_EQ(complaint(head + R"("threads":1.5,"status":"ok","wall_s":1})"
                             "\n"),
            "r.jsonl:2: \"threads\" is 1.5, not a count");
  EXPECT_EQ(complaint(head + R"("threads":1,"status":"ok","wall_s":1,"stops":[]})"
                             "\n"),
            "r.jsonl:2: \"stops\" is not an object");
  EXPECT_EQ(complaint(head + R"("threads":1,"status":"ok","wall_s":1,"params":{"a":[1]}})"
                             "\n"),
            "r.jsonl:2: a name stands for a list or an object, not for one value");
}

TEST(Results, ARepeatedCellReplacesTheEarlierOneWithinAFile) {
  const Results results = load_text(
      environment() + fixture::rounds({}, {0.1, 0.2}) + fixture::rounds({}, {0.9}), "r.jsonl");
  ASSERT_EQ(results.cells.size(), 2u);
  EXPECT_DOUBLE_EQ(*results.cells[0].wall_s, 0.9);
}

TEST(Results, FilesOfOneMachineMergeAndOfTwoOnlyWhenTold) {
  const File first(environment() + fixture::rounds({}, {0.1, 0.2}));
  const File same(environment() + fixture::rounds({}, {0.3}));
  EnvironmentLine elsewhere;
  elsewhere.cpu = "Another CPU";
  const File other(elsewhere.text() + fixture::rounds({}, {0.4}));
  const std::vector<std::filesystem::path> alike{first.path(), same.path()};
  EXPECT_EQ(load(alike).cells.size(), 3u);
  const std::vector<std::filesystem::path> mixed{first.path(), other.path()};
  EXPECT_THROW(load(mixed), BadResults);
  const Results merged = load(mixed, {.mix_machines = true});
  EXPECT_EQ(merged.cells.size(), 3u);
  ASSERT_EQ(merged.notes.size(), 1u);
  EXPECT_NE(merged.notes[0].find("Another CPU"), std::string::npos);
}

TEST(Results, AMissingFileIsOneClearLine) {
  const std::vector<std::filesystem::path> none{"/nonexistent/r.jsonl"};
  try {
    load(none);
    FAIL();
  } catch (const BadResults& bad) {
    EXPECT_STREQ(bad.what(), "/nonexistent/r.jsonl:1: cannot be read");
  }
}

TEST(Results, ACheckedBuildAndAnUnfinishedRunAreNoted) {
  EnvironmentLine line;
  line.checked = true;
  line.planned_cells = 7;
  const Results results = load_text(line.text() + CellLine{}.text(), "r.jsonl");
  ASSERT_EQ(results.notes.size(), 2u);
  EXPECT_NE(results.notes[0].find("checked build"), std::string::npos);
  EXPECT_NE(results.notes[1].find("1 of 7 planned cells"), std::string::npos);
}

TEST(Results, ControlCharactersNeverReachARenderer) {
  CellLine line;
  line.workload = "evil\x1b[31m\u202Ename\u0085";
  const Results results = load_text(environment() + line.text(), "r.jsonl");
  EXPECT_EQ(results.cells[0].workload, "evil\uFFFD[31m\uFFFDname\uFFFD");
  EXPECT_EQ(terminal_table(results).find('\x1b'), std::string::npos);
}

/// Changes, drops and inserts bytes of a text.
std::string mangled(std::string text, Rng& rng) {
  for (std::uint64_t n = 1 + rng.below(6); n > 0 && !text.empty(); --n) {
    const std::size_t at = rng.below(text.size());
    constexpr std::string_view likely = "{}[]\",:0189-.eE\n\\u nulltrue\x80\xff";
    switch (rng.below(4)) {
      case 0:
        text[at] = likely[rng.below(likely.size())];
        break;
      case 1:
        text.erase(at, 1 + rng.below(20));
        break;
      case 2:
        text.insert(at, 1, likely[rng.below(likely.size())]);
        break;
      default:
        text.insert(at, text.substr(rng.below(text.size()), rng.below(40)));
    }
  }
  return text;
}

TEST(Results, AnyDamageIsReportedOrReadNeverACrash) {
  constexpr std::uint64_t seed = 77;
  Rng rng(seed);
  CellLine line;
  line.stops.push_back({"minor_gc", 10, 0.1, 0.01, std::nullopt, 0.02});
  const std::string original = environment() + fixture::rounds(line, {0.1, 0.2, 0.3});
  int refused = 0;
  int read = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = mangled(original, rng);
    try {
      const Results results = load_text(text, "fuzz.jsonl");
      ++read;
      if (i % 10 != 0) continue;  // rendering is the slow part
      terminal_table(results);
      markdown_report(results, analyse(results));
      csv_table(results, analyse(results));
      html_page(results, analyse(results));
      summary_svg(results, analyse(results));
    } catch (const BadResults& bad) {
      ++refused;
      EXPECT_TRUE(std::string_view(bad.what()).starts_with("fuzz.jsonl:")) << bad.what();
    }
  }
  EXPECT_GT(refused, 100) << "seed " << seed;
  EXPECT_GT(read, 100) << "seed " << seed;
}

TEST(Results, DeepNestingIsRefusedOrReadNeverACrash) {
  const std::string deep(200000, '[');
  EXPECT_NE(complaint(environment() + deep + "\n"), "");
  const std::string closed = deep + std::string(200000, ']');
  EXPECT_NE(complaint(environment() + R"({"kind":"cell","model":)" + closed + "}\n"), "");
  EXPECT_NE(
      complaint(environment() + R"({"kind":"cell","model":"m","workload":"w","params":{"a":)" +
                closed + "}}\n"),
      "");
}

}  // namespace
}  // namespace reclaim::report
