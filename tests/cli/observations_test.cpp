// What experiments observe besides cells: made here at small size, it confirms its claim; what a
// model would give that is not as the claim says refutes it by the same rule.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/experiments/experiment.h"
#include "cli/experiments/watch_counts.h"
#include "command.h"
#include "models/rc/rc_gil.h"
#include "tests/conformance/leaks_on_purpose.h"

namespace reclaim::cli {
namespace {

using cells::Json;

Json record(std::string_view name, Json result) {
  return {{"name", name}, {"status", "ok"}, {"message", ""}, {"result", std::move(result)}};
}

/// All observations of an experiment, made in this process.
std::vector<Json> observed(const char* id) {
  const LeaksOnPurpose some_do;
  std::vector<Json> records;
  for (const Observation& observation : find_experiment(id)->observations) {
    records.push_back(record(observation.name, observation.run("tiny")));
  }
  return records;
}

Finding found(const char* id, const std::vector<Json>& observations) {
  return find_experiment(id)->judge(Evidence{{}, 2, observations});
}

Json& result_of(std::vector<Json>& records, std::string_view name) {
  for (Json& one : records) {
    if (one.at("name") == name) return one.at("result");
  }
  throw std::out_of_range("no such observation");
}

/// A count that is never counted down.
class Forgetful : public rc::PlainCount {
 public:
  bool release() { return false; }
};
struct ForgetfulModel
    : rc::Model<Counted, Watched<Forgetful>, rc::UnderGil, rc::GenerationalCycles> {
  static constexpr ModelTraits traits = RcGil<>::traits;
};

TEST(Counts, AreSeenStepByStepOnEveryModelThatCounts) {
  const std::vector<Json> records = observed("counts");
  const Finding finding = found("counts", records);
  EXPECT_EQ(finding.verdict, Verdict::confirmed) << finding.measured;
  ASSERT_EQ(finding.details.size(), 3u);
  EXPECT_EQ(finding.details[0].rows.size(), 9u) << "8 changes, and a step without one";
}

TEST(Counts, OfBiasedObjectsHaveTwoPartsAndGoByMail) {
  std::vector<Json> records = observed("counts");
  const Json& steps = result_of(records, "rc-biased").at("between");
  EXPECT_EQ(steps.at(2).at("changes").at(0).at("shared"), Json({0, 1})) << "another counts apart";
  EXPECT_EQ(steps.at(8).at("changes").at(0).at("reason"), "mailed");
  EXPECT_TRUE(steps.at(8).at("alive")) << "it dies where its maker comes by";
  EXPECT_FALSE(steps.at(9).at("alive"));
  const Json& atomic = result_of(records, "rc-atomic").at("between");
  EXPECT_FALSE(atomic.at(8).at("alive")) << "an atomic count is anybody's";
}

TEST(Counts, ThatAreNeverCountedDownRefuteTheClaim) {
  const LeaksOnPurpose it_does;
  std::vector<Json> records = observed("counts");
  result_of(records, "rc-gil").at("alone") = watch_one_thread<ForgetfulModel>();
  EXPECT_EQ(found("counts", records).verdict, Verdict::refuted);
}

TEST(LostUpdate, ComesOutAsTheOrderSays) {
  std::vector<Json> records = observed("lost-update-steps");
  const Finding finding = found("lost-update-steps", records);
  EXPECT_EQ(finding.verdict, Verdict::confirmed) << finding.measured;
  const Json& steps = result_of(records, "two take a reference at the same time").at("steps");
  ASSERT_EQ(steps.size(), 8u);
  for (const std::size_t read : {0u, 1u}) EXPECT_EQ(steps[read].at("what"), "reads 1");
  for (const std::size_t write : {2u, 3u}) EXPECT_EQ(steps[write].at("what"), "writes 2");
}

TEST(LostUpdate, IsRefutedByCountsThatLoseNone) {
  std::vector<Json> records = observed("lost-update-steps");
  result_of(records, "two take a reference at the same time") =
      Json(result_of(records, "the same order, atomic"));
  EXPECT_EQ(found("lost-update-steps", records).verdict, Verdict::refuted);
}

TEST(Deadlock, IsFoundToldAndEndedAndThereIsNoneWithOneLock) {
  const Ended ended =
      run_command("$RECLAIM observe deadlock 'rc-locked, opposite orders' tiny 3>&1");
  EXPECT_EQ(ended.code, 88) << ended.err;
  EXPECT_NE(ended.err.find("waits for the Account that thread"), std::string::npos) << ended.err;
  std::vector<Json> records;
  const std::string told = ended.err.substr(std::string("reclaim: ").size());
  records.push_back({{"name", "rc-locked, opposite orders"},
                     {"status", "failed"},
                     {"message", told},
                     {"result", nullptr}});
  const auto observations = find_experiment("deadlock")->observations;
  for (const Observation& observation : observations.subspan(1)) {
    records.push_back(record(observation.name, observation.run("tiny")));
  }
  EXPECT_EQ(found("deadlock", records).verdict, Verdict::confirmed);
  records[0] = record("rc-locked, opposite orders", {{"finished", 2}});
  EXPECT_EQ(found("deadlock", records).verdict, Verdict::refuted) << "nobody waited";
}

TEST(Ages, FewGrowOldWhereMostDieYoung) {
  std::vector<Json> records = observed("ages");
  const Finding finding = found("ages", records);
  EXPECT_EQ(finding.verdict, Verdict::confirmed) << finding.measured;
  for (Json& one : result_of(records, "gen").at("collections")) {
    one.at("promoted") = one.at("nursery");
  }
  EXPECT_EQ(found("ages", records).verdict, Verdict::refuted) << "where all of them do";
}

TEST(CycleCollector, RunsAtItsThresholdsAndByHand) {
  std::vector<Json> records = observed("cycle-collector");
  const Finding finding = found("cycle-collector", records);
  EXPECT_EQ(finding.verdict, Verdict::confirmed) << finding.measured;
  result_of(records, "on") = Json(result_of(records, "off"));
  EXPECT_EQ(found("cycle-collector", records).verdict, Verdict::refuted)
      << "a collector that does not run by itself";
}

}  // namespace
}  // namespace reclaim::cli
