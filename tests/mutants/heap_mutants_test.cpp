// Law 4 of the house: a check that cannot fail is a defect. Each mistake of a program or of a
// collector is caught by the check that is there for it; without a mistake nothing is.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "models/gen/gen.h"
#include "models/manual/manual.h"
#include "models/null/null.h"
#include "models/rc/rc_atomic.h"
#include "models/rc/rc_gil.h"
#include "tests/conformance/leaks_on_purpose.h"
#include "tests/mutants/caught.h"
#include "tests/mutants/orchard.h"

namespace reclaim::mutants {
namespace {

std::uint64_t wanted() {
  static const std::uint64_t yield = yield_of<Null<>>();
  return yield;
}

template <class M>
class AnHonestProgram : public testing::Test {};
using Models = testing::Types<Null<>, Manual<>, RcGil<>, RcAtomic<>, Gen<>>;
TYPED_TEST_SUITE(AnHonestProgram, Models);

TYPED_TEST(AnHonestProgram, IsNotTakenForAMutant) {
  ASSERT_NE(wanted(), spoilt);
  EXPECT_EQ(yield_of<TypeParam>(), wanted());
  EXPECT_EXIT(judge(yield_of<TypeParam>(), wanted()), testing::ExitedWithCode(honest_exit_code),
              "");
}

// A forgotten root.

template <class M>
class AForgottenRoot : public testing::Test {};
TYPED_TEST_SUITE(AForgottenRoot, Models);

TYPED_TEST(AForgottenRoot, IsCaughtAtItsLineOnEveryModelByTheAudit) {
  if (!checked) GTEST_SKIP() << "audits are compiled in checked builds only";
  constexpr int line = Orchard<TypeParam, Mistake::forgotten_root>::unrooted_line;
  const auto mutant = [] { yield_of<TypeParam, Mistake::forgotten_root>(); };
  EXPECT_DEATH(mutant(), "Fresh dies at the next safepoint.*orchard\\.h:" + std::to_string(line));
}

TEST(AForgottenRootWithoutAudit, IsCaughtUnderStressWhereObjectsMove) {
  const auto mutant = [] { judge(yield_of<Gen<>, Mistake::forgotten_root>(), wanted()); };
  EXPECT_EXIT(mutant(), Caught{}, "");
}

// A forgotten discard.

template <class M, Mistake mistake>
TypeCensus trees_of() {
  const LeaksOnPurpose mistakes_leak;
  typename M::Heap heap{HeapOptions{}};
  {
    typename M::Mutator m{heap};
    EXPECT_EQ((Orchard<M, mistake>{1}.run(m)), wanted());
  }
  const Census census = heap.census();
  EXPECT_EQ(census.types.size(), 1u);
  return census.types.front();
}

TEST(AForgottenDiscard, IsNamedExactlyByTheCensusWhereFreeingIsByHand) {
  const TypeCensus honest = trees_of<Manual<>, Mistake::none>();
  EXPECT_EQ(honest.leaked_objects, 0u);
  const TypeCensus leaky = trees_of<Manual<>, Mistake::forgotten_discard>();
  EXPECT_EQ(leaky.type, "Tree");
  using Honest = Orchard<Manual<>>;
  EXPECT_EQ(leaky.leaked_objects, Honest::forgotten);
  EXPECT_EQ(leaky.leaked_bytes, Honest::forgotten * 32);
  EXPECT_EQ(leaky.allocated_objects, honest.allocated_objects);
}

TEST(AForgottenDiscard, IsNoLeakWhereTheModelSeesForItself) {
  EXPECT_EQ((trees_of<RcAtomic<>, Mistake::forgotten_discard>().leaked_objects), 0u);
  EXPECT_EQ((trees_of<RcGil<>, Mistake::forgotten_discard>().leaked_objects), 0u);
  EXPECT_EQ((trees_of<Gen<>, Mistake::forgotten_discard>().leaked_objects), 0u);
}

// A reference that refs() does not name.

TEST(AMissingReference, IsCaughtUnderStressWhereObjectsAreTraced) {
  const auto mutant = [] { judge(yield_of<Gen<>, Mistake::missing_reference>(), wanted()); };
  EXPECT_EXIT(mutant(), Caught{}, "");
}

TEST(AMissingReference, LeavesWhatItHidesToTheCensusOfACountingModel) {
  if (checked) GTEST_SKIP() << "the audit walks every tree and discards what counting would miss";
  const TypeCensus honest = trees_of<RcAtomic<>, Mistake::none>();
  const TypeCensus leaky = trees_of<RcAtomic<>, Mistake::missing_reference>();
  EXPECT_EQ(honest.leaked_objects, 0u);
  EXPECT_GT(leaky.leaked_objects, 0u);
}

// A write barrier that is skipped: gen with a store of its own, which tells the collector or
// nobody.

template <bool skips_barrier>
struct GenWithOwnStore : Gen<> {
  struct Mutator : Gen<>::Mutator {
    using Honest = Gen<>::Mutator;
    using Honest::Honest;

    template <class O, class B, class V>
    void store(const Gen<>::Local<O>& owner, Gen<>::Field<V> B::*slot, Gen<>::Fresh<V> value) {
      O* object = owner.get();
      V* referent = value.get();
      parts::Access::slot(object->*slot) = referent;
      if (!skips_barrier) this->barrier(object, &(object->*slot), referent);
    }
    template <class O, class B, class V>
    void store(const Gen<>::Local<O>& owner, Gen<>::Field<V> B::*slot, std::nullptr_t) {
      Honest::store(owner, slot, nullptr);
    }
  };
};

TEST(ASkippedBarrier, IsCaughtUnderStressByTheVerifierOrTheYield) {
  EXPECT_EQ(yield_of<GenWithOwnStore<false>>(), wanted());
  const auto mutant = [] { judge(yield_of<GenWithOwnStore<true>>(), wanted()); };
  EXPECT_EXIT(mutant(), Caught{}, "");
}

TEST(ASkippedBarrier, IsCaughtByTheVerifierInCheckedBuilds) {
  if (!checked) GTEST_SKIP() << "the verifier is compiled in checked builds only";
  EXPECT_DEATH(yield_of<GenWithOwnStore<true>>(), "broken law: the heap is whole");
}

}  // namespace
}  // namespace reclaim::mutants

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  return RUN_ALL_TESTS();
}
