// A program that errs, on every model it is compiled for: the mistakes are the same everywhere, and
// what becomes of them is what the model's kind promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/exhaustion.h"
#include "cells/mistakes.h"
#include "cells/registry.h"
#include "tests/test_name.h"

namespace reclaim::cells {
namespace {

constexpr std::string_view checking_model = "manual+checked";

RunRequest request_of(const Entry& entry, int threads, MistakeRate mistakes) {
  RunRequest request;
  request.context.threads = threads;
  for (const ParameterInfo& p : entry.workload->parameters) {
    request.context.parameters.set(p.name, p.tiny);
  }
  request.heap.mistakes = mistakes;
  return request;
}

RunResult run_right(const Entry& entry, int threads) {
  return entry.run(request_of(entry, threads, {}));
}
RunResult run_erring(const Entry& entry, int threads, Mistake mistake, double rate) {
  return entry.run_erring(request_of(entry, threads, {mistake, rate, 5}));
}

double mistakes_made(const RunResult& result) {
  for (const auto& [name, value] : result.extra) {
    if (name == "mistakes_made") return value;
  }
  ADD_FAILURE() << "the program does not say how often it erred";
  return 0;
}

/// All that are compiled with mistakes.
std::vector<const Entry*> erring_entries() {
  std::vector<const Entry*> all;
  for (const Entry& entry : entries()) {
    if (entry.run_erring != nullptr) all.push_back(&entry);
  }
  return all;
}

/// Objects that stay though the program was right: those of a model that never frees.
std::uint64_t left_of_the_right(const Entry& entry, const RunResult& result) {
  return entry.model->reclaims ? 0 : result.census->allocated_objects;
}

class Erring : public testing::TestWithParam<const Entry*> {
 protected:
  const Entry& entry = *GetParam();
  const bool frees_by_hand = entry.model->wants_discard;
};

TEST_P(Erring, ThatForgetsToFreeLeaksOnlyWhereItFreesByHandAndThenExactlyThat) {
  const RunResult right = run_right(entry, 1);
  const RunResult wrong = run_erring(entry, 1, Mistake::forget_free, 0.2);
  EXPECT_EQ(wrong.outcome.checksum, right.outcome.checksum);
  const auto forgotten = static_cast<std::uint64_t>(mistakes_made(wrong));
  EXPECT_EQ(wrong.census->leaked_objects,
            frees_by_hand ? forgotten : left_of_the_right(entry, wrong));
  if (entry.model->id == checking_model && forgotten != 0) {
    std::uint64_t listed = 0;
    for (const LeakSite& site : wrong.census->leaked_at) {
      listed += site.objects;
      EXPECT_NE(site.file.find("workloads/"), std::string_view::npos) << site.file;
    }
    EXPECT_EQ(listed, forgotten);
  }
}

TEST_P(Erring, MakesTheSameMistakesOnEveryModel) {
  const Entry* reference = find_entry("null", entry.workload->id);
  for (const Mistake mistake : {Mistake::forget_free, Mistake::missing_lock}) {
    EXPECT_EQ(mistakes_made(run_erring(entry, 1, mistake, 0.3)),
              mistakes_made(run_erring(*reference, 1, mistake, 0.3)));
  }
}

TEST_P(Erring, IsUnharmedByAFreeTooManyWhereNobodyFreesAndNamedWhereItIsChecked) {
  for (const Mistake mistake : {Mistake::double_free, Mistake::use_after_free}) {
    if (mistakes_made(run_erring(*find_entry("null", entry.workload->id), 1, mistake, 0.5)) == 0) {
      continue;
    }
    if (entry.model->id == checking_model) {
      EXPECT_EXIT(run_erring(entry, 1, mistake, 0.5), testing::ExitedWithCode(mistake_exit_code),
                  "(double free|use after free): .* made at workloads/.*, freed at workloads/");
    } else if (!frees_by_hand) {
      const RunResult wrong = run_erring(entry, 1, mistake, 0.5);
      EXPECT_EQ(wrong.outcome.checksum, run_right(entry, 1).outcome.checksum);
      EXPECT_EQ(wrong.census->leaked_objects, left_of_the_right(entry, wrong));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, Erring, testing::ValuesIn(erring_entries()), [](const auto& test) {
  return test_name(test.param->workload->id) + "_on_" + test_name(test.param->model->id);
});

constexpr int increments = 20'000;

std::uint64_t count_with_lock(const char* model, int times) {
  const Entry& entry = *find_entry(model, "counter");
  RunRequest request = request_of(entry, 2, {});
  request.context.parameters.set("increments", times);
  return entry.run(request).outcome.checksum;
}
std::uint64_t count_without_lock(const char* model, int times) {
  const Entry& entry = *find_entry(model, "counter");
  RunRequest request = request_of(entry, 2, {Mistake::missing_lock, 1, 5});
  request.context.parameters.set("increments", times);
  return entry.run_erring(request).outcome.checksum;
}

TEST(AMissingLock, CostsNothingUnderAGilForNobodyElseRuns) {
  const std::uint64_t right = count_with_lock("rc-gil", increments);
  for (const char* model : {"rc-gil", "rc-gil-ticks", "rc-gil+gen"}) {
    EXPECT_EQ(count_without_lock(model, increments), right) << model;
  }
}

TEST(AMissingLock, LosesIncrementsWhereMutatorsRunAtTheSameTime) {
  for (const char* model : {"manual", "rc-atomic", "gen"}) {
    bool lost = false;
    // Longer and longer: on a busy machine two threads may not run at the same time for a while.
    for (int attempt = 0; attempt < 300 && !lost; ++attempt) {
      const int times = increments << std::min(attempt / 20, 9);
      lost = count_without_lock(model, times) != count_with_lock("null", times);
    }
    EXPECT_TRUE(lost) << model;
  }
}

TEST(Mistakes, AreWrittenAsTheyAreRead) {
  for (const char* text :
       {"forget-free=0.01", "double-free=1", "use-after-free=0.5", "missing-lock=0.125", "none"}) {
    EXPECT_EQ(format_mistake(parse_mistake(text)), text);
  }
}

}  // namespace
}  // namespace reclaim::cells
