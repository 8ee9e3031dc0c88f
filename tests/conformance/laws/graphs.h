// Laws 3 and 4, and 9 with them: whatever a program does, what it can reach is intact, and the
// census knows the rest. Random tapes against a shadow heap.
#pragma once

#include "tape.h"

namespace reclaim::conformance {

TEST(Graphs, RandomTapesLeaveTheGraphOfTheShadowHeap) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::uint64_t seed = settings.seed * 1000 + i;
    Heap heap{heap_options()};
    ExpectedCensus want;
    {
      Mutator m{heap};
      Tape tape{heap, m, seed};
      ASSERT_TRUE(tape.play(rounds(6000, 1500))) << "seed " << seed;
      tape.expect_in(want);
    }
    expect_census(heap.census(), want);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(Graphs, AMillionOperationsLeaveTheGraphOfTheShadowHeap) {
  constexpr int steps = 10'000;
  const int tapes = rounds(checked ? 10 : 100, 1);
  for (int tape_number = 0; tape_number < tapes; ++tape_number) {
    const std::uint64_t seed = settings.seed + 1000 + static_cast<std::uint64_t>(tape_number);
    HeapOptions options = heap_options();
    // Every other tape is disturbed: at makes that fall elsewhere in each of them, and by all the
    // threads that may collect.
    if (!settings.stress && tape_number % 2 == 1) {
      options.stress.collect_every_nth_make = 50 + seed % 200;
      options.stress.collect_together = true;
      options.collectors = 2;
    }
    Heap heap{options};
    ExpectedCensus want;
    {
      Mutator m{heap};
      Tape tape{heap, m, seed};
      ASSERT_TRUE(tape.play(rounds(steps, 500))) << "seed " << seed;
      tape.expect_in(want);
    }
    expect_census(heap.census(), want);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(Graphs, TapesOfManyMutatorsDoNotDisturbEachOther) {
  for (const int threads : {2, 8}) {
    Heap heap{heap_options()};
    std::vector<ExpectedCensus> wants(static_cast<std::size_t>(threads));
    with_mutators(heap, threads, [&](Mutator& m, int thread) {
      const auto seed = settings.seed * 7000 + static_cast<std::uint64_t>(100 * threads + thread);
      Tape tape{heap, m, seed};
      tape.play(rounds(3000, 2400 / (threads * threads)));
      tape.expect_in(wants[static_cast<std::size_t>(thread)]);
    });
    ExpectedCensus want;
    for (const ExpectedCensus& one : wants) {
      for (auto [sum, row] :
           {std::pair{&want.nodes, &one.nodes}, std::pair{&want.arrays, &one.arrays},
            std::pair{&want.blobs, &one.blobs}}) {
        sum->allocated_objects += row->allocated_objects;
        sum->allocated_bytes += row->allocated_bytes;
        sum->leaked_objects += row->leaked_objects;
        sum->leaked_bytes += row->leaked_bytes;
      }
    }
    expect_census(heap.census(), want);
  }
}

TEST(Graphs, TwoHeapsSideBySideKnowNothingOfEachOther) {
  Heap one{heap_options()}, two{heap_options()};
  ExpectedCensus want_one, want_two;
  std::thread other{[&] {
    Mutator m{two};
    Tape tape{two, m, settings.seed + 1};
    tape.play(rounds(3000, 600));
    tape.expect_in(want_two);
  }};
  {
    Mutator m{one};
    Tape tape{one, m, settings.seed};
    tape.play(rounds(3000, 600));
    tape.expect_in(want_one);
  }
  other.join();
  expect_census(one.census(), want_one);
  expect_census(two.census(), want_two);
}

}  // namespace reclaim::conformance
