// Experiments: each rule confirms the claim on figures as they should be, refutes it on those of a
// model that is not what it says, and decides nothing where cells are missing.
#include "cli/experiments/experiment.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "command.h"

namespace reclaim::cli {
namespace {

using cells::Json;
using namespace std::string_view_literals;

Json cell(const char* model, const char* workload, int threads, double wall_s) {
  return {{"model", model},
          {"workload", workload},
          {"threads", threads},
          {"wall_s", wall_s},
          {"status", "ok"},
          {"message", ""},
          {"mistake", nullptr},
          {"census", {{"leaked_objects", 0}}},
          {"stops", Json::object()},
          {"extra", Json::object()},
          {"peak_rss_bytes", 1e6 * threads},
          {"voluntary_switches", threads},
          {"involuntary_switches", 0}};
}
Json with_leaks(Json record, int objects) {
  record["census"]["leaked_objects"] = objects;
  return record;
}
Json with_stops(Json record, const char* cause, int count) {
  record["stops"][cause] = {{"count", count}};
  return record;
}
Json with_extra(Json record, const char* name, double value) {
  record["extra"][name] = value;
  return record;
}
Json erring(Json record, const char* mistake, const char* status, const char* message = "") {
  record["mistake"] = mistake;
  record["status"] = status;
  record["message"] = message;
  return record;
}

Json in_round(int round, Json record) {
  record["round"] = round;
  return record;
}

Verdict judged(const char* id, std::vector<Json> records, std::uint64_t cores = 2) {
  return find_experiment(id)->judge(Evidence{std::move(records), cores}).verdict;
}

/// Cells as they should be, and cells that refute the claim.
struct Case {
  const char* id;
  std::vector<Json> right, wrong;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto countdown = [](double gil, double atomic) {
    return std::vector{
        cell("rc-gil", "countdown", 1, 1),    cell("rc-gil", "countdown", 2, gil),
        cell("rc-atomic", "countdown", 1, 1), cell("rc-atomic", "countdown", 2, atomic),
        cell("gen", "countdown", 1, 1),       cell("gen", "countdown", 2, 0.5)};
  };
  all.push_back({"countdown", countdown(1, 0.5), countdown(0.5, 0.5)});
  all.push_back({"countdown", countdown(1, 0.5), countdown(1, 1)});
  const Json atomic = cell("rc-atomic", "shared-graph", 2, 1);
  all.push_back({"lost-update",
                 {with_leaks(cell("rc-racy", "shared-graph", 2, 1), 3), atomic},
                 {cell("rc-racy", "shared-graph", 2, 1), atomic}});
  const auto locks = [](double locked) {
    return std::vector{cell("rc-gil", "shared-graph", 1, 1),
                       cell("rc-locked", "shared-graph", 1, locked)};
  };
  all.push_back({"object-locks", locks(2), locks(1)});
  const auto waiting = [](double gil, double child) {
    std::vector<Json> records;
    for (const char* workload : {"file-io", "socket-io", "sqlite", "sleep", "child"}) {
      records.push_back(cell("rc-gil", workload, 1, 1));
      records.push_back(cell("rc-gil", workload, 8, workload == "child"sv ? child : gil));
      records.push_back(cell("rc-atomic", workload, 8, 0.15));
    }
    return records;
  };
  all.push_back({"waiting", waiting(0.15, 0.15), waiting(1, 0.15)});
  all.push_back({"waiting", waiting(0.15, 0.15), waiting(0.15, 0.3)});
  const auto echo = [](double new_lock, double old_lock, double old_price) {
    const auto beside = [](const char* model, int threads, double p50_s) {
      return with_extra(cell(model, "mixed", threads, 1), "echo_p50_s", p50_s);
    };
    return std::vector{beside("rc-gil", 1, 1e-5),
                       beside("rc-gil", 2, new_lock),
                       beside("rc-gil-ticks", 2, old_lock),
                       beside("rc-atomic", 2, 1e-5),
                       cell("rc-gil", "countdown", 1, 1),
                       cell("rc-gil", "countdown", 2, 1),
                       cell("rc-gil-ticks", "countdown", 1, 1),
                       cell("rc-gil-ticks", "countdown", 2, old_price)};
  };
  all.push_back({"echo", echo(5e-3, 2e-5, 1.8), echo(2e-5, 2e-5, 1.8)});
  all.push_back({"old-lock", echo(5e-3, 2e-5, 1.8), echo(5e-3, 2e-5, 1)});
  all.push_back({"old-lock", echo(5e-3, 2e-2, 1), echo(5e-3, 5e-3, 1.1)});
  const auto async = [](double by_coroutines_kb, int switches_of_threads) {
    std::vector<Json> records;
    for (const int n : {5, 2000}) {
      for (const int way : {0, 1}) {
        Json record = with_extra(cell("rc-atomic", "pages", 1, 1), "memory_above_idle_bytes",
                                 n * (way == 0 ? 40e3 : by_coroutines_kb * 1e3));
        record["params"] = {{"way", way}, {"requests", n}};
        record["voluntary_switches"] = way == 0 ? switches_of_threads : 100;
        records.push_back(record);
      }
    }
    return records;
  };
  all.push_back({"async", async(4, 5000), async(20, 5000)});
  all.push_back({"async", async(4, 5000), async(4, 50)});
  const auto native = [](double two) {
    return std::vector{cell("rc-gil", "native", 1, 1), cell("rc-gil", "native", 2, two)};
  };
  all.push_back({"native", native(0.55), native(1)});
  const auto pypy = [](double faster, double threads) {
    return std::vector{cell("rc-gil", "gcbench", 1, 1), cell("rc-gil+gen", "gcbench", 1, faster),
                       cell("rc-gil+gen", "countdown", 1, 1),
                       cell("rc-gil+gen", "countdown", 2, threads)};
  };
  all.push_back({"pypy", pypy(0.3, 1), pypy(0.3, 0.5)});
  const auto mistakes = [](const char* gen_status) {
    std::vector<Json> records;
    for (const char* model : {"manual", "manual+checked", "rc-gil", "gen"}) {
      const bool by_hand = std::string_view{model}.starts_with("manual");
      const Json right = cell(model, "larson", 1, 1);
      records.push_back(right);
      records.push_back(erring(with_leaks(right, by_hand ? 9 : 0), "forget-free=0.01", "ok"));
      for (const char* mistake : {"double-free=0.01", "use-after-free=0.01"}) {
        const char* status = std::string_view{model} == "gen"      ? gen_status
                             : std::string_view{model} == "manual" ? "crashed"
                             : std::string_view{model} == "rc-gil" ? "ok"
                                                                   : "failed";
        records.push_back(erring(right, mistake, status, "double free: Node"));
      }
    }
    return records;
  };
  all.push_back({"mistakes", mistakes("ok"), mistakes("crashed")});
  const auto java = [](const char* without_lock) {
    const Json one = with_stops(cell("gen", "gcbench", 1, 1), "minor_gc", 9);
    return std::vector{one, cell("gen", "gcbench", 2, 1.5), cell("gen", "counter", 2, 1),
                       erring(cell("gen", "counter", 2, 1), "missing-lock=1", without_lock)};
  };
  all.push_back({"java", java("failed"), java("ok")});
  const auto generations = [](int young, int full) {
    return std::vector{
        with_stops(with_stops(cell("gen", "gcbench", 1, 1), "minor_gc", young), "major_gc", full)};
  };
  all.push_back({"generations", generations(60, 1), generations(3, 3)});
  const auto errand = [](const char* model, int threads, int way, double wall_s) {
    Json record = cell(model, "errands", threads, wall_s);
    record["params"] = {{"way", way}};
    record["ops"] = 100;
    if (std::string_view{model} != "procs:rc-gil") return record;
    const int messages = way == 4 || threads == 1 ? 0 : 200;
    record["extra"] = {{"messages", messages},
                       {"sent_bytes", 1000 * messages},
                       {"copied_bytes", 4000 * messages},
                       {"serialise_s", way == 4 ? 0 : 0.1},
                       {"deserialise_s", way == 4 ? 0 : 0.1},
                       {"talk_s", 0.2}};
    return record;
  };
  const auto processes = [&](double two_processes, int silent_way) {
    std::vector records{cell("rc-gil", "countdown", 1, 1), cell("rc-gil", "countdown", 2, 1),
                        cell("procs:rc-gil", "countdown", 1, 1),
                        cell("procs:rc-gil", "countdown", 2, two_processes)};
    for (const int way : {1, 2, 3, 4}) {
      records.push_back(errand("rc-gil", 2, way, 1));
      records.push_back(errand("procs:rc-gil", 2, way, 2));
      if (way == silent_way) records.back()["extra"]["messages"] = 0;
    }
    return records;
  };
  all.push_back({"processes", processes(0.52, 0), processes(1, 0)});
  all.push_back({"processes", processes(0.52, 0), processes(0.52, 2)});
  const auto serialise = [&](double through_bytes) {
    return std::vector{errand("rc-gil", 1, 1, 1), errand("procs:rc-gil", 1, 1, through_bytes)};
  };
  all.push_back({"serialise", serialise(2), serialise(1)});
  const auto cycles = [](int left) {
    return std::vector{with_stops(with_leaks(cell("rc-gil", "cycles", 1, 1), left), "cycle_gc", 7),
                       with_leaks(cell("rc-atomic", "cycles", 1, 1), 100),
                       cell("rc-atomic+cycles", "cycles", 1, 1)};
  };
  all.push_back({"cycles", cycles(0), cycles(10)});
  const auto threads = [](double kept_bytes, int switches) {
    Json kept = with_extra(cell("rc-atomic", "threads", 1, 1), "kernel_stack_bytes", kept_bytes);
    kept["params"] = {{"count", 512}};
    Json many = cell("rc-atomic", "countdown", 64, 1);
    many["voluntary_switches"] = switches;
    return std::vector{cell("rc-atomic", "countdown", 1, 1), many, kept};
  };
  all.push_back({"threads", threads(16384, 64), threads(16384, 1)});
  all.push_back({"threads", threads(16384, 64), threads(0, 64)});
  const auto tax = [](double biased) {
    return std::vector{
        cell("rc-gil", "shared-graph", 1, 1), cell("rc-atomic", "shared-graph", 1, 1.5),
        cell("rc-biased", "shared-graph", 1, biased), cell("rc-locked", "shared-graph", 1, 3)};
  };
  all.push_back({"tax", tax(1.1), tax(2)});
  return all;
}

TEST(Experiments, ConfirmTheirClaimOnFiguresAsTheyShouldBe) {
  for (const Case& c : cases()) EXPECT_EQ(judged(c.id, c.right), Verdict::confirmed) << c.id;
}

TEST(Experiments, RefuteItOnThoseOfAModelThatIsNotWhatItSays) {
  for (const Case& c : cases()) EXPECT_EQ(judged(c.id, c.wrong), Verdict::refuted) << c.id;
}

TEST(Experiments, DecideNothingWhereCellsAreMissing) {
  for (const Experiment& e : experiments()) {
    EXPECT_EQ(judged(e.id.data(), {}), Verdict::undecidable) << e.id;
  }
}

TEST(Experiments, DecideNothingWhereRoundsDisagree) {
  std::vector<Json> records;
  const double two_threads[] = {0.55, 0.7, 0.9};
  for (int round = 0; round < 3; ++round) {
    records.push_back(in_round(round, cell("rc-gil", "native", 1, 1)));
    records.push_back(in_round(round, cell("rc-gil", "native", 2, two_threads[round])));
  }
  const Finding unsteady = find_experiment("native")->judge(Evidence{records, 2});
  EXPECT_EQ(unsteady.verdict, Verdict::undecidable);
  EXPECT_NE(unsteady.measured.find("0.55 to 0.90"), std::string::npos) << unsteady.measured;
  records[1]["wall_s"] = 0.8;
  EXPECT_EQ(judged("native", records), Verdict::refuted) << "no round is as claimed";
  records[3]["wall_s"] = records[1]["wall_s"] = 0.5;
  EXPECT_EQ(judged("native", records), Verdict::confirmed) << "most are";
}

TEST(Experiments, SayThatOneCoreIsTooFewForWhatNeedsTwo) {
  for (const char* id : {"countdown", "native", "pypy", "java", "echo", "old-lock", "processes"}) {
    for (const Case& c : cases()) {
      if (std::string_view{c.id} == id) {
        EXPECT_EQ(judged(id, c.right, 1), Verdict::undecidable) << id;
      }
    }
  }
}

TEST(Experiments, AllHaveACaseHere) {
  std::set<std::string_view> tested;
  for (const Case& c : cases()) tested.insert(c.id);
  for (const char* id : {"counts", "lost-update-steps", "deadlock", "ages", "cycle-collector"}) {
    tested.insert(id);  // observations_test.cpp
  }
  for (const Experiment& e : experiments()) EXPECT_TRUE(tested.contains(e.id)) << e.id;
}

TEST(Experiments, HaveIdsOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const Experiment& e : experiments()) EXPECT_TRUE(ids.insert(e.id).second) << e.id;
}

TEST(Experiments, AreFoundByNumberAndByName) {
  EXPECT_EQ(find_experiments("1").at(0)->id, "countdown");
  EXPECT_EQ(find_experiments("tax").at(0)->number, 17);
  EXPECT_EQ(find_experiments("999").size(), 0u);
  EXPECT_EQ(find_experiments("").size(), 0u);
  EXPECT_EQ(find_experiment("no such"), nullptr);
}

TEST(Experiments, AnUnknownOneIsRefusedWithTheNearestName) {
  const Ended ended = run_command("$RECLAIM experiment cuontdown");
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.err, "reclaim: unknown experiment 'cuontdown': did you mean 'countdown'?\n");
}

TEST(Experiments, LeaveTheirOutcomesInAFileThatTheReportReads) {
  const TemporaryFolder folder;
  const std::string file = folder.file("outcomes.jsonl");
  // The program under test has models of its own here: experiments that observe need none.
  for (const char* id : {"counts", "deadlock"}) {
    const Ended ended =
        run_command("$RECLAIM experiment " + std::string(id) + " --size tiny -q --json " + file);
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.out.find("confirmed"), std::string::npos) << ended.out;
  }
  const auto lines = lines_of(read_file(file));
  ASSERT_EQ(lines.size(), 3u) << "one environment, two outcomes";
  EXPECT_EQ(Json::parse(lines[0]).at("kind"), "environment");
  EXPECT_EQ(Json::parse(lines[1]).at("id"), "counts");
  EXPECT_EQ(Json::parse(lines[2]).at("verdict"), "confirmed");
  const Ended report = run_command("$RECLAIM report " + file + " --out " + folder.file("report"));
  EXPECT_EQ(report.code, 0) << report.err;
  EXPECT_NE(report.out.find("Experiments"), std::string::npos) << report.out;
  EXPECT_NE(read_file(folder.file("report/report.md")).find("### 2. counts"), std::string::npos);
}

TEST(Experiments, AreListed) {
  const Ended ended = run_command("$RECLAIM list experiments");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(lines_of(ended.out).size(), experiments().size());
}

}  // namespace
}  // namespace reclaim::cli
