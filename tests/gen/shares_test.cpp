// Several mutators that remembered much are visited by several workers at once, each with a share:
// no edge from old to young may get lost between them, whoever stored it and whoever finds it.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

constexpr std::size_t threads = 4, nodes = 6'000;  // more than call the crew at once
constexpr std::int64_t rounds = 10;
/// A node's edge is stored anew in one of so many rounds: what it leads to is visited young, then
/// survives, and is promoted.
constexpr std::int64_t rounds_a_store = 4;

/// The last round until `round` that stored into the node; negative: none.
std::int64_t last_store(std::int64_t round, std::size_t i) {
  return round - (round + static_cast<std::int64_t>(i)) % rounds_a_store;
}
std::int64_t value(std::size_t thread, std::int64_t round, std::size_t i) {
  return static_cast<std::int64_t>(thread << 40) + (round << 20) + static_cast<std::int64_t>(i);
}

struct Case {
  const char* name;
  StressOptions stress;
};

class Shares : public testing::TestWithParam<Case> {};

/// Each thread has a large array of old nodes. In each round it hangs a young node into each node
/// of its neighbour's; every fourth is shared with a node of its own. Chunks of the neighbour's
/// table come to hold young nodes, too.
TEST_P(Shares, LoseNoEdgeBetweenThem) {
  M::Heap heap{HeapOptions{.collectors = threads, .stress = GetParam().stress}};
  M::Global<M::Array<Nodes>> all{heap};
  {
    M::Mutator m{heap};
    Local<M::Array<Nodes>> arrays{m, m.make_array<Nodes>(2 * threads)};
    for (std::size_t t = 0; t < 2 * threads; ++t) m.store(arrays, t, m.make_array<Node>(nodes));
    m.store(all, arrays);
  }
  std::barrier everybody{static_cast<std::ptrdiff_t>(threads)};
  std::atomic<int> wrong{0};
  const auto play = [&](std::size_t t) {
    M::Mutator m{heap};
    const auto meet = [&] { m.blocking([&] { everybody.arrive_and_wait(); }); };
    Local<M::Array<Nodes>> arrays{m, m.load(all)};
    Local<Nodes> own{m, m.load(arrays, t)};
    Local<Nodes> theirs{m, m.load(arrays, (t + 1) % threads)};
    Local<Nodes> table{m, m.load(arrays, threads + t)};
    Local<Nodes> their_table{m, m.load(arrays, threads + (t + 1) % threads)};
    for (std::size_t i = 0; i < nodes; ++i) m.store(own, i, make_node(m, -1));
    meet();
    if (t == 0) major(m);
    for (std::int64_t round = 0; round < rounds; ++round) {
      meet();
      for (std::size_t i = 0; i < nodes; ++i) {
        if (last_store(round, i) != round) continue;
        Local<Node> holder{m, m.load(theirs, i)};
        Local<Node> young{m, make_node(m, value(t, round, i))};
        m.store(holder, &Node::left, young);
        if (i % 4 == 0) {
          Local<Node> mine{m, m.load(own, i)};
          m.store(mine, &Node::right, young);
        }
        if (i % 50 == 0) m.store(their_table, i, make_node(m, value(t, round, i)));
      }
      meet();
      if (static_cast<std::size_t>(round) % threads == t) minor(m);
      meet();
      make_garbage(m, 2'000);
      const std::size_t before = (t + threads - 1) % threads;
      for (std::size_t i = 0; i < nodes; ++i) {
        const std::int64_t stored = last_store(round, i);
        if (stored < 0) continue;
        Local<Node> holder{m, m.load(own, i)};
        if (m.load(holder, &Node::left)->value != value(before, stored, i)) ++wrong;
        if (i % 4 == 0 && m.load(holder, &Node::right)->value != value(t, stored, i)) ++wrong;
        if (i % 50 == 0 && m.load(table, i)->value != value(before, stored, i)) ++wrong;
      }
    }
  };
  std::vector<std::thread> mutators;
  for (std::size_t t = 0; t < threads; ++t) mutators.emplace_back(play, t);
  for (std::thread& mutator : mutators) mutator.join();
  EXPECT_EQ(wrong.load(), 0);
}

INSTANTIATE_TEST_SUITE_P(Ways, Shares,
                         testing::Values(Case{"plain", {}},
                                         Case{"together", {.collect_together = true}},
                                         Case{"delayed", {.delay_workers = true}}),
                         [](const auto& which) { return which.param.name; });

}  // namespace
}  // namespace reclaim::gen_test
