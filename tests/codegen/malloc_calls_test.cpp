// Laws 1 and 2, counted at malloc: the build removes no allocation that a program asked for, and no
// call of the boundary allocates anything that the program did not ask for.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <tuple>

#include "bench/hand_written/gcbench.h"
#include "boundary/model.h"
#include "models/manual/manual.h"
#include "models_under_test.h"
#include "tests/codegen/malloc_counter.h"
#include "workloads/gcbench.h"

namespace reclaim::codegen {
namespace {

WorkloadContext small_gcbench() {
  WorkloadContext context;
  for (const ParameterInfo& parameter : gcbench_parameters) {
    context.parameters.set(parameter.name, parameter.tiny);
  }
  return context;
}

TEST(AllocationsAreKept, APairOfMallocAndFreeWithNothingBetweenIsCalled) {
  const MallocCalls calls = malloc_calls_of([] {
    for (int i = 0; i < 1000; ++i) std::free(std::malloc(64));
  });
  EXPECT_EQ(calls.allocations, 1000u);
  EXPECT_EQ(calls.frees, 1000u);
}

template <class M>
void expect_one_malloc_an_object() {
  typename M::Heap heap{{}};
  typename M::Mutator m{heap};
  const MallocCalls calls = malloc_calls_of([&] {
    for (int i = 0; i < 1000; ++i) m.discard(m.template make<probe::Node<M>>());
  });
  EXPECT_EQ(calls.allocations, 1000u);
  EXPECT_EQ(calls.frees, 1000u);
}

TEST(AllocationsAreKept, AnObjectThatIsDiscardedAtOnceWasAllocated) {
  expect_one_malloc_an_object<Manual<Uncounted>>();
  expect_one_malloc_an_object<Manual<Counted>>();
}

TEST(AllocationsAreKept, GcbenchCallsMallocAndFreeOnceForEachObjectOfTheCensus) {
  using M = Manual<Counted>;
  M::Heap heap{{}};
  MallocCalls calls;
  {
    M::Mutator m{heap};
    Gcbench<M> workload{m, small_gcbench()};
    calls = malloc_calls_of([&] { workload.run(m, 0); });
  }
  EXPECT_EQ(calls.allocations, heap.census().allocated_objects);
  EXPECT_EQ(calls.frees, heap.census().allocated_objects);
}

TEST(AllocationsAreKept, HandWrittenGcbenchDoesToo) {
  const WorkloadContext context = small_gcbench();
  const Parameters& p = context.parameters;
  bench::FromMalloc memory;
  bench::HandWrittenGcbench<bench::FromMalloc> hand_written{
      {p.integer("stretch"), p.integer("long"), static_cast<std::size_t>(p.integer("array")),
       p.integer("least"), p.integer("most")},
      memory,
      memory};
  Outcome outcome;
  const MallocCalls calls = malloc_calls_of([&] { outcome = hand_written.run(0); });

  using M = Manual<Counted>;
  M::Heap heap{{}};
  {
    M::Mutator m{heap};
    EXPECT_EQ((Gcbench<M>{m, context}.run(m, 0).checksum), outcome.checksum);
  }
  EXPECT_EQ(calls.allocations, heap.census().allocated_objects);
  EXPECT_EQ(calls.frees, calls.allocations);
}

template <class M>
struct Locked : M::template Object<Locked<M>, Monitored> {
  typename M::template Field<Locked> next;
  std::int64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Locked::next}; }
};

template <class M>
class TheMeter : public testing::Test {};
TYPED_TEST_SUITE(TheMeter, testing::Types<RECLAIM_ALL_MODELS>);

/// Objects that were asked for go to malloc where the model is one of malloc; nothing else ever.
TYPED_TEST(TheMeter, DoesNotAllocateInTheMeasuredHeap) {
  using M = TypeParam;
  if (checked) GTEST_SKIP() << "audits keep books in the heap";
  using Node = Locked<M>;
  using Array = typename M::template Array<Node>;
  using Blob = typename M::Blob;
  typename M::Heap heap{{}};
  typename M::template Global<Node> global{heap};
  typename M::Mutator m{heap};
  typename M::template Local<Array> array{m, m.template make_array<Node>(64)};
  constexpr std::uint64_t rounds = 20000;
  constexpr std::uint64_t objects_a_round = 2;
  const MallocCalls calls = malloc_calls_of([&] {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      typename M::template Local<Node> node{m, m.template make<Node>()};
      typename M::template Local<Blob> blob{m, m.make_blob(i % 100)};
      m.synchronized(node, [&] { m.synchronized(node, [&] { m.notify_all(node); }); });
      m.store(array, i % 64, node);
      m.exchange(global, m.copy(node));
      m.store(node, &Node::next, m.load(array, (i + 1) % 64));  // cycles now and then
      m.blocking([] {});
      m.poll();
      if (i % 4000 == 0) m.collect();
      m.discard(blob);
    }
  });
  EXPECT_EQ(calls.allocations, M::traits.uses_malloc ? rounds * objects_a_round : 0);
}

}  // namespace
}  // namespace reclaim::codegen
