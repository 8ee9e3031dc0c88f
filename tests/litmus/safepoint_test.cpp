// Stopping the world under the model checker: a mutator goes into blocking regions and out of them,
// and another thread asks it to stop, twice. Whoever has stopped the world has it for itself.
#include <gtest/gtest.h>

#include "tests/litmus/relacy_machine.h"

namespace reclaim::litmus {
namespace {

template <Weakened weakened>
struct StopTheWorld : rl::test_suite<StopTheWorld<weakened>, 2> {
  using Machine = RelacyMachine<weakened>;
  struct Mutator {
    parts::StopState<Machine> state;
    parts::StopState<Machine>& stop_state() { return state; }
    void stand_here() {}
    static std::uint32_t thread() { return 1; }
  };
  std::optional<parts::Safepoints<Mutator, Machine>> safepoints;
  std::optional<Mutator> mutator;
  rl::var<int> heap;

  void before() {
    mutator.emplace();
    safepoints.emplace(false);
    safepoints->attach(*mutator);
    heap($) = 0;
  }
  void thread(unsigned me) {
    if (me == 0) {
      heap($) = heap($) + 1;
      safepoints->enter_blocking(*mutator);
      safepoints->leave_blocking(*mutator);
      heap($) = heap($) + 1;
      if (mutator->state.attention.load(std::memory_order_relaxed)) safepoints->stand(*mutator);
      heap($) = heap($) + 1;
      safepoints->enter_blocking(*mutator);
    } else {
      for (int stop = 0; stop < 2; ++stop) {
        RL_ASSERT(safepoints->stop_the_world(nullptr));
        heap($) = heap($) + 1;
        safepoints->resume_the_world();
      }
    }
  }
  void after() {
    RL_ASSERT(heap($) == 5);
    safepoints.reset();
    mutator.reset();
  }
};

constexpr int executions = 30'000;

TEST(StopTheWorld, WhoHasStoppedItHasItForItself) {
  const Verdict verdict = search<StopTheWorld<Weakened::nothing>>(executions);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(StopTheWorld, ThatEachSideMissesTheOtherIsFound) {
  const Verdict verdict = search<StopTheWorld<Weakened::sequential>>(executions);
  EXPECT_FALSE(verdict.correct);
}

}  // namespace
}  // namespace reclaim::litmus
