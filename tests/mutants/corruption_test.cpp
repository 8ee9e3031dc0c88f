// A checksum that a damaged object does not change would accept any heap. For each workload a few
// runs, each with one bit of one object flipped at another moment.
#include <gtest/gtest.h>

#include <cstdint>

#include "cells/drive.h"
#include "tests/mutants/caught.h"
#include "tests/mutants/corruption.h"
#include "workloads_under_test.h"

namespace reclaim::mutants {
namespace {

template <class Workload>
std::uint64_t checksum_with_damage_at(std::uint64_t load) {
  cells::RunRequest request;
  for (const ParameterInfo& parameter : Workload::info.parameters) {
    request.context.parameters.set(parameter.name, parameter.tiny);
  }
  damage.loads = 0;
  damage.at = load;
  return cells::drive<Damaging, typename Workload::template Over<Damaging>>(request)
      .outcome.checksum;
}

/// Predicate of EXPECT_EXIT that counts: how many runs did not end honestly?
struct Counting {
  int& caught;
  bool operator()(int status) const {
    if (Caught{}(status)) ++caught;
    return true;
  }
};

template <class Workload>
class ADamagedObject : public testing::Test {};
TYPED_TEST_SUITE(ADamagedObject, AllWorkloads);

TYPED_TEST(ADamagedObject, ChangesTheChecksum) {
  if (!TypeParam::info.argument_name.empty()) GTEST_SKIP() << "needs a file";
  const std::uint64_t honest = checksum_with_damage_at<TypeParam>(0);
  const std::uint64_t loads = damage.loads;
  EXPECT_EQ(checksum_with_damage_at<TypeParam>(0), honest);
  ASSERT_GT(loads, 0u);

  constexpr std::uint64_t samples = 10;
  int caught = 0;
  for (std::uint64_t i = 0; i < samples; ++i) {
    const std::uint64_t at = 1 + loads * i / samples;
    const auto mutant = [&] { judge(checksum_with_damage_at<TypeParam>(at), honest); };
    EXPECT_EXIT(mutant(), Counting{caught}, "");
  }
  std::printf("%s: %d of %d damaged objects caught\n", TypeParam::info.id.data(), caught,
              static_cast<int>(samples));
  EXPECT_GE(caught, 1);
}

}  // namespace
}  // namespace reclaim::mutants
