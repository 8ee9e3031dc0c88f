// A process of a cell that is killed, whatever it is doing, is noticed and named; the cell ends at
// once, and nothing is left of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "command.h"
#include "tests/test_name.h"

namespace reclaim {
namespace {

using Json = nlohmann::json;

/// The only cell's record.
Json record_of(const std::string& words) {
  const Ended ended = run_command("$RECLAIM run -q --json - --size tiny " + words);
  const auto lines = lines_of(ended.out);
  EXPECT_EQ(lines.size(), 2u) << ended.err;
  return lines.size() == 2 ? Json::parse(lines[1]) : Json::object();
}

/// Processes whose command line has this word: the seed of a test is its own.
int running_with(const std::string& word) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (line.find(word) != std::string::npos) ++count;
  }
  return count;
}

std::set<std::string> shared_memory() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
    names.insert(entry.path().filename());
  }
  return names;
}

struct Death {
  int phase;
  const char* words;
};

class AKilledProcess : public testing::TestWithParam<Death> {};

TEST_P(AKilledProcess, IsNoticedAndNamedAndNothingIsLeft) {
  const std::string seed = "7700" + std::to_string(GetParam().phase);
  const auto before = shared_memory();
  const Json record = record_of("-m procs:plain -w dies -t 3 --seed " + seed +
                                " -p phase=" + std::to_string(GetParam().phase));
  EXPECT_EQ(record.at("status"), "crashed");
  const auto message = record.at("message").get<std::string>();
  EXPECT_NE(message.find("process 2 of 3 was ended by signal 9 (Killed)"), std::string::npos)
      << message;
  EXPECT_NE(message.find(GetParam().words), std::string::npos) << message;
  EXPECT_TRUE(record.at("wall_s").is_null());
  EXPECT_EQ(running_with(seed), 0);
  EXPECT_EQ(shared_memory(), before);
}

INSTANTIATE_TEST_SUITE_P(, AKilledProcess,
                         testing::Values(Death{0, "while it started"},
                                         Death{1, "while it waited for the others to start"},
                                         Death{2, "while it worked"},
                                         Death{3, "while it waited for the others to finish"},
                                         Death{4, "while it told its result"}),
                         [](const auto& test) { return test_name(test.param.words); });

TEST(AProcess, ThatIsKilledIsToBlameAndNotThoseThatWaitForItsMessages) {
  // The others wait for its messages, and end because it has gone: none of them is the culprit.
  const Json record = record_of("-m procs:plain -w dies -t 3 -p phase=5");
  const auto message = record.at("message").get<std::string>();
  EXPECT_EQ(record.at("status"), "crashed") << message;
  EXPECT_NE(message.find("process 2 of 3 was ended by signal 9"), std::string::npos) << message;
}

TEST(AProcess, ThatEndsOtherwiseThanItShouldEndsTheCellAsItDid) {
  const struct {
    const char *workload, *status, *words;
  } ends[] = {{"exhaust", "out_of_memory", "out of memory: fake make"},
              {"broken", "failed", "the fake is broken"},
              {"silent", "failed", "gave no result"},
              {"threadless", "skipped", "pids"},
              {"crash", "crashed", "signal 11"}};
  for (const auto& end : ends) {
    const Json record = record_of(std::string("-m procs:plain -t 3 -w ") + end.workload);
    const auto message = record.at("message").get<std::string>();
    EXPECT_EQ(record.at("status"), end.status) << end.workload << ": " << message;
    EXPECT_NE(message.find(end.words), std::string::npos) << message;
    EXPECT_NE(message.find("process "), std::string::npos) << message;
  }
}

TEST(AProcess, ThatHangsIsKilledAtTheTimeOutAndTheOthersToo) {
  const Json record = record_of("-m procs:plain -w hang -t 3 --timeout 0.5 --seed 77009");
  EXPECT_EQ(record.at("status"), "timeout");
  EXPECT_EQ(running_with("77009"), 0);
}

TEST(Processes, GiveOneRecordThatIsTheSumOfTheirs) {
  const Json one = record_of("-m procs:plain -w fine -t 1");
  const Json three = record_of("-m procs:plain -w fine -t 3");
  EXPECT_EQ(three.at("status"), "ok");
  EXPECT_EQ(three.at("model"), "procs:plain");
  EXPECT_EQ(three.at("ops"), 3 * one.at("ops").get<int>());
  for (const char* name : {"allocated_objects", "allocated_bytes"}) {
    EXPECT_EQ(three.at("census").at(name), 3 * one.at("census").at(name).get<int>()) << name;
  }
  ASSERT_EQ(three.at("types").size(), 1u) << "one row a type, not one a process";
  EXPECT_EQ(three.at("types")[0].at("allocated_objects"),
            3 * one.at("types")[0].at("allocated_objects").get<int>());
  const Json &stops = three.at("stops").at("minor_gc"), &of_one = one.at("stops").at("minor_gc");
  EXPECT_EQ(stops.at("count"), 3 * of_one.at("count").get<int>());
  EXPECT_EQ(stops.at("max_s"), of_one.at("max_s"));
  EXPECT_EQ(stops.at("p50_s"), of_one.at("p50_s")) << "percentiles of all, not sums of percentiles";
  EXPECT_EQ(three.at("extra").at("processes"), 3);
  EXPECT_GT(three.at("peak_rss_bytes").get<double>(), 1.4 * one.at("peak_rss_bytes").get<double>());
}

TEST(Processes, AreRefusedToWorkWhoseMutatorsShareObjectsAndTheReasonIsSaid) {
  const Json record = record_of("-m procs:plain -w sharing -t 2");
  EXPECT_EQ(record.at("status"), "skipped");
  EXPECT_EQ(record.at("message"), "its mutators share a teapot, and processes share no objects");
  EXPECT_EQ(record_of("-m procs:plain -w sharing -t 1").at("status"), "ok");
}

TEST(Processes, OfAnUnknownModelAreRefusedWithTheNearestName) {
  const struct {
    const char *model, *line;
  } wrong[] = {{"procs:plian", "unknown model 'procs:plian': did you mean 'procs:plain'?"},
               {"porcs:plain", "unknown model 'porcs': did you mean 'procs:'?"},
               {"procs", "model 'procs:': processes of which model? write 'procs:never'"},
               {"procs:plain:mimalloc",
                "model 'procs:plain' calls no malloc and takes no allocator: write 'procs:plain'"},
               {"procs:mallocs:mimaloc",
                "unknown allocator 'mimaloc': did you mean 'mimalloc'? (or a path "
                "with a slash)"}};
  for (const auto& [model, line] : wrong) {
    const Ended ended = run_command(std::string("$RECLAIM run -w fine -m ") + model);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.err, std::string("reclaim: ") + line + "\n");
  }
}

TEST(Processes, AreListedBesideTheModels) {
  EXPECT_NE(run_command("$RECLAIM list models").out.find("procs:MODEL[:ALLOC]"), std::string::npos);
  const Json list = Json::parse(run_command("$RECLAIM list models --json").out);
  for (const Json& model : list) {
    EXPECT_EQ(model.at("as_processes"), "procs:" + model.at("id").get<std::string>());
  }
}

}  // namespace
}  // namespace reclaim
