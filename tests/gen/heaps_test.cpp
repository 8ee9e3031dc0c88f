// Heaps are values: several may exist, used by one thread in turn or by many at once.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

TEST(Heaps, LiveSideBySideInOneThread) {
  Lab a, b{std::uint64_t{8} << 20};
  Local<Node> in_a{a.m, make_list(a.m, 1'000)};
  Local<Node> in_b{b.m, make_list(b.m, 1'000, 5)};
  for (int i = 0; i < 4; ++i) {
    minor(a.m);
    make_garbage(b.m, 300'000);
  }
  major(b.m);
  EXPECT_TRUE(list_is_intact(a.m, in_a, 1'000));
  EXPECT_TRUE(list_is_intact(b.m, in_b, 1'000, 5));
}

TEST(Heaps, FollowEachOtherWithoutATrace) {
  for (int i = 0; i < 50; ++i) {
    Lab lab{std::uint64_t{4} << 20};
    Local<Node> list{lab.m, make_list(lab.m, 1'000)};
    major(lab.m);
    ASSERT_TRUE(list_is_intact(lab.m, list, 1'000));
  }
}

TEST(Heaps, CollectApartFromEachOther) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      Lab lab{std::uint64_t{8} << 20};
      Local<Node> list{lab.m, make_list(lab.m, 10'000)};
      make_garbage(lab.m, 1'000'000);
      if (!list_is_intact(lab.m, list, 10'000)) ++wrong;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(Census, IsExactAndMayBeTakenAgain) {
  M::Heap heap;
  M::Global<Node> global{heap};
  {
    M::Mutator m{heap};
    Local<Node> kept{m, make_list(m, 10)};
    make_garbage(m, 90);
    Local<M::Blob> blob{m, m.make_blob(1'000)};
    Local<M::Blob> large{m, m.make_blob(100'000)};
    Local<Nodes> array{m, m.make_array<Node>(20)};
    m.store(global, kept);
  }
  for (int time = 0; time < 3; ++time) {
    const Census census = heap.census();
    EXPECT_EQ(census.allocated_objects, 103u);
    EXPECT_EQ(census.allocated_bytes, 100 * 24 + 1'000 + 100'000 + 20 * sizeof(void*));
    EXPECT_EQ(census.leaked_objects, 10u);
    EXPECT_EQ(census.leaked_bytes, 240u);
  }
  {
    M::Mutator m{heap};
    m.store(global, nullptr);
  }
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

}  // namespace
}  // namespace reclaim::gen_test
