// Errors of usage: one line that names what is wrong and the nearest right thing, exit code 2.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command.h"

namespace reclaim {
namespace {

TEST(Usage, EveryMistakeIsOneLineExitCodeTwoAndNothingOnStdout) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"rnu", "did you mean 'run'"},
      {"--rounds 3", "a verb comes first"},
      {"run", "which workload"},
      {"run -w fien", "did you mean 'fine'"},
      {"run -w fine -m plian", "did you mean 'plain'"},
      {"run -w fine -m mallocs:jemaloc", "did you mean 'jemalloc'"},
      {"run -w fine --ronds 3", "did you mean '--rounds'"},
      {"run -w fine --ronds=3", "did you mean '--rounds'"},
      {"run -w fine -m plain extra", "unexpected argument 'extra'"},
      {"run -w fine -m plain --rounds many", "--rounds"},
      {"run -w fine -m plain --rounds", "--rounds"},
      {"run -w fine -m plain -p objets=3", "did you mean 'objects'"},
      {"run -w fine -m limited --heap 2y", "no heap limit"},
      {"run -w fine -m plain --size big", "unknown size"},
      {"run -w fine -m plain -t 65", "1 to 64"},
      {"run -w fine -m plain --resume", "--json FILE"},
      {"run -w fine -m plain --resume --json -", "--json FILE"},
      {"run -w fine -m plain --timeout -1", "--timeout"},
      {"run -w replay:/no/such/file -m plain", "/no/such/file"},
      {"list", "what"},
      {"list modles", "did you mean 'models'"},
      {"compare", "before"},
      {"compare /no/such/a.jsonl /no/such/b.jsonl", "/no/such/a.jsonl"},
      {"record -o x.trace", "which command"},
      {"record -- true", "--output"},
      {"report /no/such/results.jsonl", "/no/such/results.jsonl"},
      {"report --resume", "--out DIR"},
      {"doctor --strct", "did you mean '--strict'"},
      {"test", "reclaim test"},
      {"worker --model", "wants a value"},
      {"worker --modle x", "unknown argument"},
      {"worker --model nothing --workload fine", "no entry"},
  };
  for (const auto& [words, expected] : mistakes) {
    const Ended ended = run_command(std::string("$RECLAIM ") + words);
    EXPECT_EQ(ended.code, 2) << words << "\n" << ended.err;
    EXPECT_EQ(ended.out, "") << words;
    EXPECT_EQ(lines_of(ended.err).size(), 1u) << words << "\n" << ended.err;
    EXPECT_NE(ended.err.find(expected), std::string::npos) << words << "\n" << ended.err;
  }
}

TEST(Usage, AMistakeTouchesNoFile) {
  const TemporaryFolder folder;
  const std::string file = folder.file("kept.jsonl");
  write_file(file, "precious\n");
  for (const char* mistake : {"-m plian", "-m plain --heap 2y", "-m plain -p x=1", "--ronds 3"}) {
    EXPECT_EQ(run_command(std::string("$RECLAIM run -w fine ") + mistake + " --json " + file).code,
              2);
    EXPECT_EQ(read_file(file), "precious\n");
  }
  EXPECT_EQ(run_command("$RECLAIM report -m plian --out " + folder.file("new")).code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder.file("new")));
}

TEST(Usage, HelpIsOnStdoutForTheProgramAndEachVerb) {
  for (const char* words :
       {"", "help", "--help", "-h", "run --help", "help run", "report --help", "list --help",
        "compare --help", "record --help", "doctor --help", "version", "--version"}) {
    const Ended ended = run_command(std::string("$RECLAIM ") + words);
    EXPECT_EQ(ended.code, 0) << words;
    EXPECT_NE(ended.out, "") << words;
    EXPECT_EQ(ended.err, "") << words;
  }
  EXPECT_NE(run_command("$RECLAIM help run").out.find("--heap"), std::string::npos);
}

TEST(Usage, ListsAreJsonArraysOfObjectsWithAnId) {
  for (const char* what : {"models", "workloads", "allocators"}) {
    const Ended ended = run_command(std::string("$RECLAIM list --json ") + what);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto list = nlohmann::json::parse(ended.out);
    ASSERT_TRUE(list.is_array());
    EXPECT_FALSE(list.empty());
    for (const auto& item : list) EXPECT_FALSE(item.at("id").get<std::string>().empty());
    const Ended text = run_command(std::string("$RECLAIM list ") + what);
    for (const auto& item : list) {
      EXPECT_NE(text.out.find(item.at("id").get<std::string>()), std::string::npos);
    }
  }
}

TEST(Usage, AFullStandardOutputIsExitCodeFour) {
  for (const char* words :
       {"help", "list models", "list --json workloads", "doctor", "version", "run -w fine -m plain",
        "run -w fine -m plain --json -", "run -w fine -m plain --dry-run"}) {
    const Ended ended = run_command(std::string("$RECLAIM ") + words + " > /dev/full");
    EXPECT_EQ(ended.code, 4) << words << "\n" << ended.err;
    EXPECT_NE(ended.err.find("cannot write"), std::string::npos) << words << "\n" << ended.err;
  }
}

TEST(Doctor, ChangesNothingAndSaysWhatItSaw) {
  const Ended ended = run_command("$RECLAIM doctor");
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const char* what :
       {"cores", "governor", "turbo", "ASLR", "huge pages", "limits", "load", "noise"}) {
    EXPECT_NE(ended.out.find(what), std::string::npos) << what;
  }
  const int strict = run_command("$RECLAIM doctor --strict").code;
  EXPECT_TRUE(strict == 0 || strict == 3) << strict;
}

TEST(Doctor, StrictRefusesExactlyWhenSomethingIsUnfit) {
  const Ended ended = run_command("$RECLAIM doctor --strict");
  EXPECT_EQ(ended.code == 3,
            ended.out.find("\nunfit") != std::string::npos || ended.out.starts_with("unfit"))
      << ended.out;
}

}  // namespace
}  // namespace reclaim
