// The census by site of the counting models: each object is told by the line that made it.
#include <gtest/gtest.h>

#include <cstring>

#include "boundary/sites.h"
#include "fixture.h"
#include "tests/places.h"

namespace reclaim::rc_tests {
namespace {

template <class M>
class Sites : public testing::Test {};
using SitedModels =
    testing::Types<RcGil<CountedBySite>, RcGilTicks<CountedBySite>, RcAtomic<CountedBySite>,
                   RcAtomicCycles<CountedBySite>, RcBiased<CountedBySite>, RcLocked<CountedBySite>>;
TYPED_TEST_SUITE(Sites, SitedModels);

TYPED_TEST(Sites, AreTheLinesThatMadeTheObjects) {
  using M = TypeParam;
  const LeaksOnPurpose leaks;
  typename M::Heap heap{{.cycle_collector = false}};
  Places here;
  {
    typename M::Mutator m{heap};
    for (int i = 0; i < 17; ++i) {
      here.at("knot", __LINE__ + 1);
      LocalKnot<M> knot{m, m.template make<Knot<M>>()};
      m.store(knot, &Knot<M>::next, knot);  // a ring, which is left
      here.at("leaf", __LINE__ + 1);
      m.store(knot, &Knot<M>::leaf, m.template make<Leaf<M>>());
    }
    for (int i = 0; i < 100; ++i) {
      here.at("gone", __LINE__ + 1);
      LocalKnot<M> knot{m, m.template make<Knot<M>>()};
    }
    here.at("blob", __LINE__ + 1);
    LocalBlob<M> blob{m, m.make_blob(10)};
    std::memset(blob->data(), 7, 10);
    here.at("resize", __LINE__ + 1);
    blob = m.resize(blob, 1000);
    EXPECT_EQ(blob->data()[9], std::byte{7});
    here.at("array", __LINE__ + 1);
    typename M::template Local<typename M::template Array<Knot<M>>> knots{
        m, m.template make_array<Knot<M>>(3)};
  }
  const Census census = heap.census();
  here.expect(census, "knot", "Knot", 17, 17);
  here.expect(census, "leaf", "Leaf", 17, 17);
  here.expect(census, "gone", "Knot", 100, 0);
  here.expect(census, "blob", "Blob", 1, 0);
  here.expect(census, "resize", "Blob", 1, 0);
  EXPECT_EQ(census.sites.size(), 6u);
  EXPECT_EQ(census.leaked_at.size(), 2u);
  expect_sums_of_sites(census);
}

TYPED_TEST(Sites, AreKeptWhoeverGivesTheLastReferenceUp) {
  using M = TypeParam;
  typename M::Heap heap;
  Places here;
  {
    typename M::template Global<Link<M>> shared{heap};
    for (int i = 0; i < 3; ++i) {
      with_mutators<M>(heap, 2, [&](typename M::Mutator& m, int thread) {
        if (thread == 0) m.store(shared, LocalLink<M>{m, make_list<M>(m, 100)});
      });
    }
  }
  const Census census = heap.census();
  ASSERT_EQ(census.sites.size(), 1u);
  EXPECT_EQ(census.sites[0].file, "rc/fixture.h");
  EXPECT_EQ(census.sites[0].allocated_objects, 300u);
  EXPECT_EQ(census.sites[0].leaked_objects, 0u);
  expect_sums_of_sites(census);
}

}  // namespace
}  // namespace reclaim::rc_tests
