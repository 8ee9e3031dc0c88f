// What the checksum, the census and the declared peak are worth: one corrupted object changes the
// checksum, one forgotten discard is one leaked object, and the peak is what it is said to be.
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cells/drive.h"
#include "instrumented_model.h"
#include "workloads/binary_trees.h"
#include "workloads/countdown.h"
#include "workloads/counter.h"
#include "workloads/cycles.h"
#include "workloads/errands.h"
#include "workloads/fragmentation.h"
#include "workloads/gcbench.h"
#include "workloads/larson.h"
#include "workloads/lru_cache.h"
#include "workloads/pressure.h"
#include "workloads/quads.h"
#include "workloads/shared_graph.h"
#include "workloads/weak_cache.h"
#include "workloads/xmalloc.h"

// The mutants forget to discard; the census says what they leak, to the object.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:reclaim::\n"; }

namespace reclaim {
namespace {

using cells::RunRequest;
using cells::RunResult;

struct Subject {
  const WorkloadInfo* info;
  cells::RunFunction run;
  std::string_view carrier;  ///< the type whose objects carry the patterns
  /// What to set so that less is done at the standard size, with the same peak.
  std::vector<std::pair<std::string_view, double>> shorter;

  RunRequest request(double ParameterInfo::*size, int threads) const {
    RunRequest wanted;
    wanted.context.threads = threads;
    for (const ParameterInfo& p : info->parameters) {
      wanted.context.parameters.set(p.name, p.*size);
    }
    return wanted;
  }
};

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.info->id; }

template <template <class> class Workload>
Subject subject(const WorkloadInfo& info, std::string_view carrier,
                std::vector<std::pair<std::string_view, double>> shorter) {
  return {&info, &cells::drive<InstrumentedModel, Workload<InstrumentedModel>>, carrier,
          std::move(shorter)};
}

std::vector<Subject> subjects() {
  return {subject<Gcbench>(gcbench_info, "Node", {{"least", 14}}),
          subject<BinaryTrees>(binary_trees_info, "Node", {{"depth", 12}}),
          subject<Larson>(larson_info, "Blob", {{"generations", 1}}),
          subject<Xmalloc>(xmalloc_info, "Item", {{"batches", 10}}),
          subject<SharedGraph>(shared_graph_info, "Node", {{"steps", 1000}}),
          subject<LruCache>(lru_cache_info, "Blob", {{"requests", 100000}}),
          subject<Fragmentation>(fragmentation_info, "Blob", {{"cycles", 1}}),
          subject<Cycles>(cycles_info, "Node", {{"groups", 5000}}),
          subject<SharedCounter>(counter_info, "Counter", {{"increments", 1000}}),
          subject<Countdown>(countdown_info, "Total", {{"count", 1000}}),
          subject<WeakCache>(weak_cache_info, "Document", {{"requests", 200000}}),
          subject<Errands>(errands_info, "Tree", {{"tasks", 100}}),
          subject<Quads>(quads_info, "Quad", {{"depth", 7}}),
          subject<Pressure>(pressure_info, "Blob", {{"mb", 5}})};
}

class WorkloadUnderTest : public ::testing::TestWithParam<Subject> {
 protected:
  WorkloadUnderTest() { Instruments::get().reset(); }
  ~WorkloadUnderTest() override { Instruments::get().reset(); }
};

TEST_P(WorkloadUnderTest, ACorruptedObjectChangesTheChecksum) {
  const Subject& s = GetParam();
  for (const int threads : {1, 4}) {
    const RunRequest request = s.request(&ParameterInfo::tiny, threads);
    const RunResult right = s.run(request);
    Instruments::get().corrupted_type = s.carrier;
    Instruments::get().corrupt_in = 1;
    const RunResult wrong = s.run(request);
    EXPECT_LT(Instruments::get().corrupt_in.load(), 1) << "no object was corrupted";
    EXPECT_NE(right.outcome.checksum, wrong.outcome.checksum);
    EXPECT_EQ(right.outcome.operations, wrong.outcome.operations);
    Instruments::get().reset();
  }
}

TEST_P(WorkloadUnderTest, AForgottenDiscardIsOneLeakedObject) {
  const Subject& s = GetParam();
  for (const std::int64_t which : {1, 20}) {
    const RunRequest request = s.request(&ParameterInfo::tiny, 2);
    EXPECT_EQ(s.run(request).census->leaked_objects, 0u);
    Instruments::get().reset();
    Instruments::get().forget_in = which;
    const RunResult result = s.run(request);
    const bool forgot = Instruments::get().forget_in.load() <= 0;
    EXPECT_EQ(result.census->leaked_objects, forgot ? 1u : 0u);
    EXPECT_EQ(forgot, result.census->allocated_objects >= static_cast<std::uint64_t>(which));
    Instruments::get().reset();
  }
}

TEST_P(WorkloadUnderTest, ThePeakIsWhatItIsDeclaredToBe) {
  const Subject& s = GetParam();
  for (const auto size : {&ParameterInfo::tiny, &ParameterInfo::standard}) {
    RunRequest request = s.request(size, 1);
    if (size == &ParameterInfo::standard) {
      for (const auto& [name, value] : s.shorter) request.context.parameters.set(name, value);
    }
    Instruments::get().reset();
    s.run(request);
    const auto declared = static_cast<double>(s.info->peak_live_bytes(request.context));
    const auto measured = static_cast<double>(Instruments::get().peak_live_bytes.load());
    const double tolerance = size == &ParameterInfo::standard ? 0.05 : 0.25;
    EXPECT_NEAR(measured / declared, 1, tolerance)
        << measured << " bytes measured, " << declared << " declared";
  }
}

TEST_P(WorkloadUnderTest, ThePeakOfManyThreadsIsNoMoreThanDeclared) {
  const Subject& s = GetParam();
  for (const int threads : {2, 3, 8}) {
    const RunRequest request = s.request(&ParameterInfo::tiny, threads);
    Instruments::get().reset();
    s.run(request);
    const auto declared = static_cast<double>(s.info->peak_live_bytes(request.context));
    const auto measured = static_cast<double>(Instruments::get().peak_live_bytes.load());
    EXPECT_LE(measured, declared * 1.05);
  }
}

INSTANTIATE_TEST_SUITE_P(, WorkloadUnderTest, ::testing::ValuesIn(subjects()),
                         [](const auto& test) {
                           std::string name{test.param.info->id};
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace reclaim
