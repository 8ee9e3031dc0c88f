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
Json erring(Json record, const char* mistake, const char* status, const char* message = "") {
  record["mistake"] = mistake;
  record["status"] = status;
  record["message"] = message;
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
  const auto waiting = [](double gil) {
    return std::vector{cell("rc-gil", "file-io", 1, 1), cell("rc-gil", "file-io", 8, gil),
                       cell("rc-atomic", "file-io", 1, 1), cell("rc-atomic", "file-io", 8, 0.15)};
  };
  all.push_back({"waiting", waiting(0.15), waiting(1)});
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
  const auto cycles = [](int left) {
    return std::vector{with_stops(with_leaks(cell("rc-gil", "cycles", 1, 1), left), "cycle_gc", 7),
                       with_leaks(cell("rc-atomic", "cycles", 1, 1), 100),
                       cell("rc-atomic+cycles", "cycles", 1, 1)};
  };
  all.push_back({"cycles", cycles(0), cycles(10)});
  const Json one = cell("rc-atomic", "countdown", 1, 1),
             many = cell("rc-atomic", "countdown", 64, 1);
  Json free_threads = many;
  free_threads["peak_rss_bytes"] = one["peak_rss_bytes"];
  all.push_back({"threads", {one, many}, {one, free_threads}});
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

TEST(Experiments, SayThatOneCoreIsTooFewForWhatNeedsTwo) {
  for (const char* id : {"countdown", "native", "pypy", "java"}) {
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
  for (const Experiment& e : experiments()) EXPECT_TRUE(tested.contains(e.id)) << e.id;
}

TEST(Experiments, AreFoundByNumberAndByName) {
  EXPECT_EQ(find_experiment("1")->id, "countdown");
  EXPECT_EQ(find_experiment("tax")->number, 17);
  EXPECT_EQ(find_experiment("2"), nullptr);
  EXPECT_EQ(find_experiment(""), nullptr);
}

TEST(Experiments, AnUnknownOneIsRefusedWithTheNearestName) {
  const Ended ended = run_command("$RECLAIM experiment cuontdown");
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.err, "reclaim: unknown experiment 'cuontdown': did you mean 'countdown'?\n");
}

TEST(Experiments, AreListed) {
  const Ended ended = run_command("$RECLAIM list experiments");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(lines_of(ended.out).size(), experiments().size());
}

}  // namespace
}  // namespace reclaim::cli
