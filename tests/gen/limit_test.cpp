// Whatever the limit, a program ends well or in out_of_memory with a clear line, and the limit
// holds.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <string>
#include <thread>
#include <vector>

#include "base/exhaustion.h"
#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

constexpr std::uint64_t kilobyte = 1024, megabyte = 1024 * kilobyte;

HeapOptions limited_to(std::uint64_t bytes) {
  HeapOptions options;
  options.limit_bytes = bytes;
  return options;
}

/// About 5 MB of live data of every shape at its peak, and four times as much garbage.
void run_program(M::Mutator& m) {
  for (int round = 0; round < 3; ++round) {
    Local<Node> list{m, make_list(m, 60'000)};
    Local<Nodes> array{m, m.make_array<Node>(20'000)};
    for (std::size_t i = 0; i < array->length(); ++i) {
      m.store(array, i, make_node(m, static_cast<std::int64_t>(i)));
      if (i % 100 == 0) static_cast<void>(m.make_blob(i));
    }
    Local<M::Blob> blob{m, m.make_blob(megabyte / 2)};
    make_garbage(m, 100'000);
    if (!list_is_intact(m, list, 60'000)) std::_Exit(1);
  }
}

bool ended_well_or_out_of_memory(int status) {
  return WIFEXITED(status) &&
         (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == out_of_memory_exit_code);
}

TEST(LimitDeathTest, EveryLimitEndsWellOrOutOfMemory) {
  std::vector<std::uint64_t> limits = {1, 4 * kilobyte, 63 * kilobyte};
  for (std::uint64_t limit = 64 * kilobyte; limit <= 64 * megabyte;
       limit += limit / (checked ? 1 : 5)) {
    limits.push_back(limit);
  }
  for (const std::uint64_t limit : limits) {
    EXPECT_EXIT(
        {
          {
            Lab lab{limit};
            run_program(lab.m);
          }
          std::_Exit(0);
        },
        ended_well_or_out_of_memory, "")
        << "limit " << limit;
  }
}

TEST(LimitDeathTest, EnoughIsEnough) {
  EXPECT_EXIT(
      {
        {
          Lab lab{12 * megabyte};
          run_program(lab.m);
        }
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(LimitDeathTest, TheLineSaysWhatWasAskedAndWhatTheLimitIs) {
  EXPECT_EXIT(
      {
        Lab lab{64 * kilobyte};
        run_program(lab.m);
      },
      testing::ExitedWithCode(out_of_memory_exit_code),
      "out of memory: gen asked for [0-9]+ bytes within a heap limit of 65536 bytes");
  EXPECT_EXIT(
      {
        Lab lab{8 * megabyte};
        static_cast<void>(lab.m.make_blob(9 * megabyte));
      },
      testing::ExitedWithCode(out_of_memory_exit_code), "gen asked for [0-9]+ bytes");
}

TEST(LimitDeathTest, SizesBeyondAnyMemoryEndOutOfMemory) {
  EXPECT_EXIT(
      {
        Lab lab;
        static_cast<void>(lab.m.make_array<Node>(std::size_t{1} << 61));
      },
      testing::ExitedWithCode(out_of_memory_exit_code), "");
  EXPECT_EXIT(
      {
        Lab lab;
        static_cast<void>(lab.m.make_blob(~std::size_t{0} - 100));
      },
      testing::ExitedWithCode(out_of_memory_exit_code), "");
}

/// Keeps ten blobs for each that the limit has room for.
void leak_blobs(std::size_t bytes) {
  constexpr std::uint64_t limit = 20 * megabyte;
  Lab lab{limit};
  const std::size_t count = 10 * limit / bytes / 4;
  Local<M::Array<M::Blob>> kept{lab.m, lab.m.make_array<M::Blob>(count)};
  for (std::size_t i = 0; i < count; ++i) lab.m.store(kept, i, lab.m.make_blob(4 * bytes));
  std::_Exit(0);
}

TEST(LimitDeathTest, ALeakOfEachShapeEndsOutOfMemory) {
  for (const std::size_t bytes : {50u, 1'000u, 5'000u, 300'000u}) {
    EXPECT_EXIT(leak_blobs(bytes), testing::ExitedWithCode(out_of_memory_exit_code), "") << bytes;
  }
}

TEST(LimitDeathTest, HoldsForManyMutators) {
  for (const std::uint64_t limit : {1 * megabyte, 4 * megabyte, 24 * megabyte, 64 * megabyte}) {
    EXPECT_EXIT(
        {
          {
            M::Heap heap{limited_to(limit)};
            std::vector<std::thread> threads;
            for (int t = 0; t < 8; ++t) {
              threads.emplace_back([&] {
                M::Mutator m{heap};
                Local<Node> list{m, make_list(m, 20'000)};
                make_garbage(m, 100'000);
                if (!list_is_intact(m, list, 20'000)) std::_Exit(1);
              });
            }
            for (std::thread& thread : threads) thread.join();
          }
          std::_Exit(0);
        },
        ended_well_or_out_of_memory, "")
        << "limit " << limit;
  }
}

TEST(Limit, ResidentMemoryStaysWithinIt) {
  constexpr std::uint64_t limit = 24 * megabyte;
  Lab lab{limit};
  for (int round = 0; round < 10; ++round) {
    Local<Node> list{lab.m, make_list(lab.m, 100'000)};
    Local<M::Blob> blob{lab.m, lab.m.make_blob(3 * megabyte)};
    make_garbage(lab.m, 100'000);
    ASSERT_LE(lab.heap.resident_bytes(), limit);
  }
}

}  // namespace
}  // namespace reclaim::gen_test
