// The lock per object under the model checker: counts come to zero once, and two threads that read
// the fields of objects that refer to each other both get through.
#include <gtest/gtest.h>

#include "tests/litmus/relacy_machine.h"

namespace reclaim::litmus {
namespace {

/// Two threads, each with a reference to an object; the last one takes it apart.
template <Weakened weakened>
struct LockedEnd : rl::test_suite<LockedEnd<weakened>, 2> {
  std::optional<rc::BasicLockedCount<RelacyMachine<weakened>>> count;
  rl::var<int> written[2];
  rl::var<int> taken_apart;

  void before() {
    count.emplace();
    count->retain();
    for (auto& one : written) one($) = 0;
    taken_apart($) = 0;
  }
  void thread(unsigned me) {
    written[me]($) = 1;
    if (!count->release()) return;
    for (auto& one : written) RL_ASSERT(one($) == 1);
    taken_apart($) = taken_apart($) + 1;
  }
  void after() {
    RL_ASSERT(taken_apart($) == 1);
    count.reset();
  }
};

constexpr int executions = 30'000;

TEST(LockedCount, TheLastOwnerSeesWhatTheOtherWrote) {
  const Verdict verdict = search<LockedEnd<Weakened::nothing>>(executions);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(LockedCount, AWeakenedLockIsFound) {
  EXPECT_FALSE(search<LockedEnd<Weakened::acquire>>(executions).correct);
  EXPECT_FALSE(search<LockedEnd<Weakened::release>>(executions).correct);
}

/// Each thread reads the field of its object, which refers to the other's, while the other may put
/// nothing in its place.
struct Opposite : rl::test_suite<Opposite, 2> {
  struct Object {
    rc::BasicLockedCount<RelacyMachine<>> count;
    Object* field = nullptr;
  };
  std::optional<Object> objects[2];

  void before() {
    for (auto& one : objects) one.emplace();
    for (unsigned i = 0; i < 2; ++i) {
      objects[i]->field = &*objects[1 - i];
      objects[i]->count.retain();
    }
  }
  void thread(unsigned me) {
    Object& mine = *objects[me];
    Object* other = mine.count.load_retained(mine.field);
    RL_ASSERT(other == &*objects[1 - me]);
    RL_ASSERT(!other->count.release());
    Object* old = mine.count.exchange(mine.field, static_cast<Object*>(nullptr));
    RL_ASSERT(old == other && !old->count.release());
  }
  void after() {
    for (auto& one : objects) {
      RL_ASSERT(one->count.value() == 1);
      one.reset();
    }
  }
};

TEST(LockedCount, ReadersOfObjectsThatReferToEachOtherBothGetThrough) {
  const Verdict verdict = search<Opposite>(executions);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

}  // namespace
}  // namespace reclaim::litmus
