// The same source by processes as by threads, on every model: the same checksum (or the cell would
// have failed: the jury hears all of them), the same operations, an exact census.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "command.h"

namespace reclaim {
namespace {

using Json = nlohmann::json;

std::vector<Json> run(const std::string& words) {
  const Ended ended = run_command("$RECLAIM run -q --json - --size tiny " + words);
  EXPECT_EQ(ended.code, 0) << ended.err;
  std::vector<Json> records;
  for (const std::string& line : lines_of(ended.out)) records.push_back(Json::parse(line));
  if (!records.empty()) records.erase(records.begin());  // the environment
  return records;
}

/// All models, alone and as processes: "null,procs:null,..".
std::string every_model(const std::set<std::string>& but = {}) {
  std::string names;
  for (const Json& model : Json::parse(run_command("$RECLAIM list models --json").out)) {
    const auto id = model.at("id").get<std::string>();
    if (but.contains(id)) continue;
    names += (names.empty() ? "" : ",") + id + "," + model.at("as_processes").get<std::string>();
  }
  return names;
}

bool is_apart(const Json& record) {
  return record.at("model").get<std::string>().starts_with("procs:");
}

/// By threads and by processes: the number of cells that ran as processes.
std::size_t expect_same_work(const std::string& models, const std::string& workloads) {
  const auto records = run("-m " + models + " -w " + workloads + " -t 3");
  std::map<std::string, std::set<std::string>> results;
  std::size_t apart = 0;
  for (const Json& record : records) {
    const auto workload = record.at("workload").get<std::string>();
    const auto message = record.at("message").get<std::string>();
    if (record.at("status") == "skipped") {
      EXPECT_TRUE(is_apart(record)) << message;
      EXPECT_NE(message.find("its mutators share "), std::string::npos) << message;
      continue;
    }
    EXPECT_EQ(record.at("status"), "ok")
        << record.at("model") << " " << workload << ": " << message;
    results[workload].insert(record.at("checksum").dump() + record.at("ops").dump());
    if (is_apart(record)) ++apart;
  }
  for (const auto& [workload, different] : results) EXPECT_EQ(different.size(), 1u) << workload;
  return apart;
}

TEST(Processes, DoTheSameWorkAsThreadsOnEveryModel) {
  // What loses updates does so among threads only: its processes share nothing.
  const std::set<std::string> but = {"rc-racy"};
  EXPECT_GE(expect_same_work(every_model(but), "binary-trees,errands"), 6u);
}

TEST(Processes, DoTheSameWorkAsThreadsInEveryWorkload) {
  EXPECT_GE(expect_same_work("gen,procs:gen,procs:rc-gil:glibc,procs:manual:glibc", "all"), 36u);
}

TEST(Processes, TalkInFourWaysWithTheSameResult) {
  std::set<std::string> checksums;
  for (const int way : {1, 2, 3, 4}) {
    const auto records =
        run("-m rc-gil:glibc,procs:rc-gil:glibc,procs:gen,procs:manual:glibc -w errands -t 2,5 "
            "-p way=" +
            std::to_string(way));
    for (const Json& record : records) {
      EXPECT_EQ(record.at("status"), "ok") << record.at("message");
      checksums.insert(record.at("checksum").get<std::string>());
      if (!is_apart(record)) continue;
      const Json& extra = record.at("extra");
      const int tasks = record.at("params").at("tasks");
      if (way == 4) {
        EXPECT_EQ(extra.at("messages"), 0) << "numbers alone";
      } else {
        EXPECT_GE(extra.at("messages"), 2 * tasks) << "a task and an answer";
        EXPECT_GT(extra.at("serialise_s"), 0);
        EXPECT_GT(extra.at("deserialise_s"), 0);
        EXPECT_GT(extra.at("copied_bytes"), 3 * extra.at("sent_bytes").get<double>());
      }
    }
  }
  EXPECT_EQ(checksums.size(), 1u) << "who works, and how the work comes, is no part of it";
}

TEST(Processes, LeaveWhatThreadsLeave) {
  for (const Json& record :
       run("-m procs:manual:glibc,procs:rc-gil:glibc,procs:rc-atomic:glibc,procs:gen -w "
           "binary-trees,cycles -t 3 "
           "--plant leaks=17+cycles=5")) {
    EXPECT_EQ(record.at("status"), "ok") << record.at("model") << ": " << record.at("message");
    EXPECT_EQ(record.at("census").at("leaked_objects"), record.at("expected_leaks"));
  }
}

TEST(Processes, EachHaveAHeapOfTheirOwn) {
  for (const Json& record : run("-m procs:gen,procs:rc-gil:glibc -w gcbench -t 3")) {
    const Json& extra = record.at("extra");
    EXPECT_GT(extra.at("unique_bytes"), 0);
    EXPECT_LE(extra.at("unique_bytes"), extra.at("pss_bytes"));
    EXPECT_LT(extra.at("pss_bytes"), record.at("peak_rss_bytes")) << "the program is there once";
  }
}

TEST(Processes, MayWarmUpFirst) {
  for (const Json& record : run("-m procs:rc-gil:glibc,procs:null -w "
                                "binary-trees,errands,countdown -t 1,2 --warmup 2")) {
    EXPECT_EQ(record.at("status"), "ok") << record.at("workload") << ": " << record.at("message");
  }
}

}  // namespace
}  // namespace reclaim
