// The census by site of models that free by hand.
#include <gtest/gtest.h>

#include <cstring>
#include <tuple>

#include "boundary/sites.h"
#include "models/manual/manual.h"
#include "models/manual/manual_handles.h"
#include "tests/conformance/leaks_on_purpose.h"
#include "tests/places.h"

namespace reclaim::manual_tests {
namespace {

template <class M>
struct Entry : M::template Object<Entry<M>, WeaklyReferenced> {
  typename M::template Field<Entry> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Entry::next}; }
};

template <class M>
class Sites : public testing::Test {};
using SitedModels = testing::Types<Manual<CountedBySite>, ManualHandles<CountedBySite>>;
TYPED_TEST_SUITE(Sites, SitedModels);

TYPED_TEST(Sites, TellWhatWasForgottenFromWhatWasGivenBack) {
  using M = TypeParam;
  using LocalEntry = typename M::template Local<Entry<M>>;
  const LeaksOnPurpose leaks;
  typename M::Heap heap;
  Places here;
  {
    typename M::Mutator m{heap};
    for (int i = 0; i < 17; ++i) {
      here.at("half", __LINE__ + 1);
      LocalEntry entry{m, m.template make<Entry<M>>()};
      if (i % 2 == 0) m.discard(entry);
    }
    here.at("kept", __LINE__ + 1);
    LocalEntry entry{m, m.template make<Entry<M>>()};
    here.at("weak", __LINE__ + 1);
    typename M::template Local<typename M::template Weak<Entry<M>>> weak{m, m.make_weak(entry)};
    m.discard(weak);
    here.at("array", __LINE__ + 1);
    m.discard(m.template make_array<Entry<M>>(20));
    for (const std::size_t alignment : {8u, 64u}) {
      here.at("blob", __LINE__ + 1);
      typename M::template Local<typename M::Blob> blob{m, m.make_blob(10, alignment)};
      std::memset(blob->data(), 7, 10);
      here.at("resize", __LINE__ + 1);
      blob = m.resize(blob, 1000);
      EXPECT_EQ(blob->data()[9], std::byte{7});
      m.discard(blob);
    }
  }
  const Census census = heap.census();
  here.expect(census, "half", "Entry", 17, 8);
  here.expect(census, "kept", "Entry", 1, 1);
  here.expect(census, "array", "Array", 1, 0);
  here.expect(census, "blob", "Blob", 2, 0);
  here.expect(census, "resize", "Blob", 2, 0);
  here.expect(census, "weak", "Weak", 1, 0);
  EXPECT_EQ(census.sites.size(), 6u);
  expect_sums_of_sites(census);
}

TEST(Sites, SubtractWhatWasThereBefore) {
  using M = Manual<CountedBySite>;
  const LeaksOnPurpose leaks;
  M::Heap heap;
  const auto leak = [&](int objects) {
    M::Mutator m{heap};
    for (int i = 0; i < objects; ++i) static_cast<void>(m.make<Entry<M>>());
  };
  leak(3);
  const Census before = heap.census();
  leak(4);
  Census census = heap.census();
  census.subtract(before);
  ASSERT_EQ(census.sites.size(), 1u);
  EXPECT_EQ(census.sites[0].allocated_objects, 4u);
  ASSERT_EQ(census.leaked_at.size(), 1u);
  EXPECT_EQ(census.leaked_at[0].objects, 4u);
  expect_sums_of_sites(census);
}

TEST(Census, WhatWasLeftEarlierAndIsReclaimedSinceIsNobodysLeak) {
  Census before, after;
  before.add({"Entry", 10, 160, 3, 48});
  after.add({"Entry", 25, 400, 1, 16});
  after.subtract(before);
  EXPECT_EQ(after.allocated_objects, 15u);
  EXPECT_EQ(after.allocated_bytes, 240u);
  EXPECT_EQ(after.leaked_objects, 0u);
  EXPECT_EQ(after.leaked_bytes, 0u);
}

}  // namespace
}  // namespace reclaim::manual_tests
