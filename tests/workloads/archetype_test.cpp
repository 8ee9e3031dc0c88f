// Every registered workload compiles against the least type that satisfies the concept Model, with
// and without freeing by hand; and what the concept does not grant is refused.
#include "boundary/archetype.h"

#include <gtest/gtest.h>

#include <concepts>
#include <utility>

#include "all_workloads.h"  // generated: includes and explicit instantiations
#include "boundary/census.h"
#include "models/manual/manual.h"
#include "raw_pointer_workload.h"

namespace reclaim {
namespace {

template <class M, class N = probe::Node<M>>
concept GivesRawPointers = requires(typename M::template Local<N>& local,
                                    typename M::template Fresh<N>& fresh) {
  requires requires { local.get(); } || requires {
    fresh.get();
  } || requires {
    *local;
  } || requires {
    *fresh;
  } || std::convertible_to<decltype(local.operator->()), N*> ||
      std::convertible_to < typename M::template Local<N>
  &, N* > ;
};

template <class M, class N = probe::Node<M>>
concept GivesFieldsAway = requires(typename M::template Local<N>& local,
                                   typename M::template Field<N>& field) {
  requires requires { *field; } || requires {
    field->key;
  } || requires {
    field = nullptr;
  };
};

template <class M, class N = probe::Node<M>>
concept CopiesHandles = std::copy_constructible<typename M::template Local<N>> ||
    std::move_constructible<typename M::template Local<N>> ||
    std::copy_constructible<typename M::template Fresh<N>> ||
    std::default_initializable<typename M::template Fresh<N>>;

TEST(Archetype, GivesNoMoreThanTheConceptGrants) {
  EXPECT_FALSE(GivesRawPointers<Archetype<true>>);
  EXPECT_FALSE(GivesFieldsAway<Archetype<true>>);
  EXPECT_FALSE(CopiesHandles<Archetype<true>>);
  // The same questions, asked of a model that gives more to its own parts.
  EXPECT_TRUE(GivesRawPointers<Manual<Counted>>);
  EXPECT_TRUE(CopiesHandles<Manual<Counted>>);
}

TEST(Archetype, AWorkloadWithARawPointerCompilesOnAModelThatHappensToGiveIt) {
  // On the archetype it does not: raw_pointer_workload.cpp, compiled by a test of its own.
  Manual<Counted>::Heap heap{HeapOptions{}};
  {
    Manual<Counted>::Mutator m{heap};
    EXPECT_EQ(RawPointerWorkload<Manual<Counted>>{}.run(m, 0).checksum, 7u);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

}  // namespace
}  // namespace reclaim
