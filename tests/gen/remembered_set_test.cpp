// Edges from old to young: each must keep its object alive, whoever stored it, and once the young
// one is old, must cost nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "models/parts/layout.h"
#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

TEST(RememberedSet, AnOldObjectKeepsAYoungOneAliveUntilItIsOldToo) {
  Lab lab;
  Local<Node> old{lab.m, make_node(lab.m, 1)};
  make_old(lab.m, old);
  lab.m.store(old, &Node::left, make_node(lab.m, 2));
  for (int i = 0; i < 5; ++i) {
    minor(lab.m);
    make_garbage(lab.m, 1000);
    ASSERT_EQ(lab.m.load(old, &Node::left)->value, 2) << "collection " << i;
  }
  EXPECT_FALSE(lab.heap.is_young(lab.m.load(old, &Node::left).get()));
}

TEST(RememberedSet, AnOldObjectKeepsAYoungLargeOneAlive) {
  Lab lab;
  Local<M::Array<M::Blob>> old{lab.m, lab.m.make_array<M::Blob>(4)};
  make_old(lab.m, old);
  {
    Local<M::Blob> large{lab.m, lab.m.make_blob(100'000)};
    large->data()[99'999] = std::byte{7};
    lab.m.store(old, 2, large);
  }
  for (int i = 0; i < 5; ++i) {
    minor(lab.m);
    ASSERT_GE(lab.heap.large().used_bytes(), 100'000u) << "collection " << i;
    ASSERT_EQ(lab.m.load(old, 2)->data()[99'999], std::byte{7});
  }
}

TEST(RememberedSet, HoldsNoOldObjectThatIsRelinkedToAnother) {
  Lab lab;
  Local<Node> first{lab.m, make_node(lab.m, 1)};
  Local<Node> second{lab.m, make_node(lab.m, 2)};
  make_old(lab.m, first);
  make_old(lab.m, second);
  const auto is_remembered = [](const Local<Node>& node) {
    return (node.get()->flags() & gen::header::unlogged) == 0;
  };
  lab.m.store(first, &Node::left, second);
  lab.m.store(second, &Node::left, nullptr);
  EXPECT_FALSE(is_remembered(first));
  EXPECT_FALSE(is_remembered(second));
  lab.m.store(first, &Node::right, make_node(lab.m, 3));
  EXPECT_TRUE(is_remembered(first));
}

TEST(RememberedSet, AStoreAfterACollectionIsRememberedAgain) {
  Lab lab;
  Local<Node> old{lab.m, make_node(lab.m, 1)};
  make_old(lab.m, old);
  for (std::int64_t i = 0; i < 20; ++i) {
    lab.m.store(old, (i % 2 == 0) ? &Node::left : &Node::right, make_node(lab.m, i));
    if (i % 3 == 0) minor(lab.m);
    if (i % 7 == 0) major(lab.m);
    ASSERT_EQ(lab.m.load(old, (i % 2 == 0) ? &Node::left : &Node::right)->value, i);
  }
}

TEST(RememberedSet, APromotedObjectThatRefersToAYoungerOneIsRemembered) {
  Lab lab;
  Local<Node> first{lab.m, make_node(lab.m, 1)};
  minor(lab.m);
  minor(lab.m);
  lab.m.store(first, &Node::left, make_node(lab.m, 2));
  minor(lab.m);
  ASSERT_FALSE(lab.heap.is_young(first.get()));
  ASSERT_TRUE(lab.heap.is_young(lab.m.load(first, &Node::left).get()));
  make_garbage(lab.m, 1000);
  minor(lab.m);
  EXPECT_EQ(lab.m.load(first, &Node::left)->value, 2);
}

TEST(RememberedSet, EveryChunkOfALargeArrayKeepsItsOwn) {
  Lab lab;
  constexpr std::size_t length = 100'000;
  Local<Nodes> array{lab.m, lab.m.make_array<Node>(length)};
  make_old(lab.m, array);
  for (std::size_t i = 0; i < length; i += 37) {
    lab.m.store(array, i, make_node(lab.m, static_cast<std::int64_t>(i)));
  }
  for (int round = 0; round < 4; ++round) {
    minor(lab.m);
    for (std::size_t i = 0; i < length; i += 37) {
      ASSERT_EQ(lab.m.load(array, i)->value, static_cast<std::int64_t>(i));
    }
  }
  ASSERT_FALSE(lab.m.load(array, 1));
}

TEST(RememberedSet, AYoungLargeArrayNeedsNoRemembering) {
  Lab lab;
  Local<Nodes> array{lab.m, lab.m.make_array<Node>(10'000)};
  lab.m.store(array, 5'000, make_node(lab.m, 5));
  for (int i = 0; i < 5; ++i) {
    minor(lab.m);
    ASSERT_EQ(lab.m.load(array, 5'000)->value, 5);
  }
}

TEST(RememberedSet, OneObjectStoredIntoFromManyThreadsLosesNoEdge) {
  Lab lab;
  constexpr std::size_t threads = 4, rounds = 200;
  Local<Nodes> shared{lab.m, lab.m.make_array<Node>(threads)};
  make_old(lab.m, shared);
  M::Global<Nodes> global{lab.heap};
  lab.m.store(global, shared);
  std::vector<std::thread> mutators;
  std::atomic<int> wrong{0};
  for (std::size_t t = 0; t < threads; ++t) {
    mutators.emplace_back([&, t] {
      M::Mutator m{lab.heap};
      Local<Nodes> array{m, m.load(global)};
      for (std::size_t i = 0; i < rounds; ++i) {
        m.store(array, t, make_node(m, static_cast<std::int64_t>(i)));
        make_garbage(m, 500);
        if (i % 16 == t) minor(m);
        if (m.load(array, t)->value != static_cast<std::int64_t>(i)) ++wrong;
      }
    });
  }
  lab.m.blocking([&] {
    for (std::thread& mutator : mutators) mutator.join();
  });
  EXPECT_EQ(wrong.load(), 0);
}

/// The mutant of the barrier: a store that goes past it.
void store_without_barrier(const Local<Node>& owner, Fresh<Node> value) {
  parts::Access::slot(owner.get()->left) = value.get();
}

TEST(RememberedSetDeathTest, TheVerifierCatchesAStoreThatSkippedTheBarrier) {
  if constexpr (!checked) GTEST_SKIP() << "the verifier runs in checked builds";
  Lab lab;
  Local<Node> old{lab.m, make_node(lab.m, 1)};
  make_old(lab.m, old);
  EXPECT_DEATH(
      {
        store_without_barrier(old, make_node(lab.m, 2));
        minor(lab.m);
      },
      "an old object refers to a young one unremembered");
}

TEST(VerifierDeathTest, CatchesAReferenceToNoObject) {
  if constexpr (!checked) GTEST_SKIP() << "the verifier runs in checked builds";
  Lab lab;
  Local<Node> node{lab.m, make_node(lab.m, 2)};
  EXPECT_DEATH(
      {
        parts::Access::slot(node->left) = reinterpret_cast<Node*>(&node->value);
        minor(lab.m);
      },
      "a reference points to no object");
}

TEST(VerifierDeathTest, CatchesAReferenceIntoFreedSpace) {
  if constexpr (!checked) GTEST_SKIP() << "the verifier runs in checked builds";
  Lab lab;
  Local<Node> node{lab.m, make_node(lab.m, 1)};
  Node* const stale = node.get();
  minor(lab.m);
  EXPECT_DEATH(
      {
        parts::Access::slot(node->left) = stale;
        minor(lab.m);
      },
      "a reference points (into a free block|to no object)");
}

}  // namespace
}  // namespace reclaim::gen_test
