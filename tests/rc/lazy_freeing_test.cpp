// Lazy freeing: a cascade cut into pieces. So many objects at a time and no more, and in the end
// all of them; what is dead and waits is met by nobody.
#include <gtest/gtest.h>

#include <cstdint>

#include "base/rng.h"
#include "fixture.h"

namespace reclaim::rc_tests {
namespace {

template <class M>
class LazyFreeing : public testing::Test {};
using Models = testing::Types<RcGil<>, RcAtomic<>>;
TYPED_TEST_SUITE(LazyFreeing, Models);

/// Tells how many have been taken apart.
template <class M>
struct Bead : M::template Object<Bead<M>, WeaklyReferenced> {
  typename M::template Field<Bead> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Bead::next}; }
  static constexpr auto reclaim_data() { return &Bead::key; }
  static void on_reclaim(std::int64_t) { ++taken_apart; }
  static inline thread_local int taken_apart = 0;
};

template <class M>
using LocalBead = typename M::template Local<Bead<M>>;

template <class M>
typename M::template Fresh<Bead<M>> make_beads(typename M::Mutator& m, int length) {
  LocalBead<M> head{m};
  for (int i = 0; i < length; ++i) {
    LocalBead<M> bead{m, m.template make<Bead<M>>()};
    m.store(bead, &Bead<M>::next, head);
    head = m.escape(bead);
  }
  return m.escape(head);
}

HeapOptions at_most(std::uint64_t objects) { return {.free_at_most = objects}; }

TYPED_TEST(LazyFreeing, TakesSoManyApartAtEachOperation) {
  using M = TypeParam;
  for (const int most : {1, 7, 31, 32, 33, 64, 300}) {
    SCOPED_TRACE(most);
    typename M::Heap heap{at_most(static_cast<std::uint64_t>(most))};
    typename M::Mutator m{heap};
    constexpr int length = 1000;
    using Leaves = typename M::template Array<Leaf<M>>;
    typename M::template Local<Leaves> kept{m, m.template make_array<Leaf<M>>(length)};
    LocalBead<M> beads{m, make_beads<M>(m, length)};
    const int before = Bead<M>::taken_apart;
    beads = nullptr;
    for (int expected = most; expected < length; expected += most) {
      ASSERT_EQ(Bead<M>::taken_apart - before, expected);
      if (expected % 2 == 0) {
        m.poll();
      } else {
        m.store(kept, static_cast<std::size_t>(expected), m.template make<Leaf<M>>());
      }
    }
    EXPECT_EQ(Bead<M>::taken_apart - before, length);
  }
}

TYPED_TEST(LazyFreeing, ABlobThatOnlyTheDeadReferToBesideUsMayBeResized) {
  using M = TypeParam;
  using Blob = typename M::Blob;
  using Blobs = typename M::template Array<Blob>;
  typename M::Heap heap{at_most(1)};
  typename M::Mutator m{heap};
  typename M::template Local<Blob> blob{m, m.make_blob(10)};
  {
    typename M::template Local<typename M::template Array<Blobs>> outer{
        m, m.template make_array<Blobs>(1)};
    const typename M::template Local<Blobs> inner{m, m.template make_array<Blob>(1)};
    m.store(inner, 0, blob);
    m.store(outer, 0, inner);
  }
  blob = m.resize(blob, 100);
  EXPECT_EQ(blob->size(), 100u);
}

TYPED_TEST(LazyFreeing, IsAllAtOnceUnlessAskedFor) {
  using M = TypeParam;
  typename M::Heap heap;
  typename M::Mutator m{heap};
  LocalBead<M> beads{m, make_beads<M>(m, 1000)};
  const int before = Bead<M>::taken_apart;
  beads = nullptr;
  EXPECT_EQ(Bead<M>::taken_apart - before, 1000);
}

TYPED_TEST(LazyFreeing, IsCaughtUpWithByACollectionAndAtTheEnd) {
  using M = TypeParam;
  typename M::Heap heap{at_most(5)};
  {
    typename M::Mutator m{heap};
    LocalBead<M> beads{m, make_beads<M>(m, 1000)};
    const int before = Bead<M>::taken_apart;
    beads = nullptr;
    m.collect();
    EXPECT_EQ(Bead<M>::taken_apart - before, 1000);
    beads = make_beads<M>(m, 1000);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

TYPED_TEST(LazyFreeing, HasNoLongCascades) {
  using M = TypeParam;
  typename M::Heap heap{at_most(50)};
  typename M::Mutator m{heap};
  LocalBead<M> beads{m, make_beads<M>(m, 10'000)};
  beads = nullptr;
  while (Bead<M>::taken_apart % 10'000 != 0) m.poll();
  EXPECT_EQ(m.stops().of(StopCause::free_cascade).count(), 0u) << "one of 64 objects or more";
}

TYPED_TEST(LazyFreeing, WeakReferencesAreNullAtOnce) {
  using M = TypeParam;
  typename M::Heap heap{at_most(1)};
  typename M::Mutator m{heap};
  LocalBead<M> beads{m, make_beads<M>(m, 10)};
  typename M::template Local<typename M::template Weak<Bead<M>>> weak{m, m.make_weak(beads)};
  beads = nullptr;
  EXPECT_FALSE(static_cast<bool>(m.load(weak)));
}

/// The cycle collector runs while dead objects wait, whose counts are links by then.
TYPED_TEST(LazyFreeing, CollectsCyclesAmongTheDeadThatWait) {
  using M = TypeParam;
  const LeaksOnPurpose leaks;  // of a model whose cycles leak; the census has them
  constexpr std::uint64_t seed = 11;
  Rng rng{seed};
  typename M::Heap heap{at_most(2)};
  std::uint64_t in_cycles = 0;
  {
    typename M::Mutator m{heap};
    using Knots = typename M::template Array<Knot<M>>;
    typename M::template Local<Knots> knots{m, m.template make_array<Knot<M>>(50)};
    for (int i = 0; i < 3000; ++i) {
      LocalKnot<M> knot{m};
      if (rng.below(3) == 0) {
        const auto size = static_cast<std::int64_t>(1 + rng.below(5));
        knot = make_ring<M>(m, size);
        in_cycles += static_cast<std::uint64_t>(size);
      } else {
        knot = m.template make<Knot<M>>();
        m.store(knot, &Knot<M>::tail, make_list<M>(m, static_cast<std::int64_t>(rng.below(40))));
      }
      m.store(knots, rng.below(50), knot);
      if (rng.below(100) == 0) m.collect();
    }
  }
  const Census census = heap.census();
  if (M::traits.collects_cycles) {
    EXPECT_EQ(census.leaked_objects, 0u) << "seed " << seed;
  } else {
    EXPECT_EQ(census.leaked_objects, in_cycles) << "seed " << seed;
  }
}

}  // namespace
}  // namespace reclaim::rc_tests
