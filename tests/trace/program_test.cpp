// A trace as a program: whatever the schedule, nobody waits for ever, and what threads did to one
// object happens in the recorded order.
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "random_trace.h"
#include "temporary_folder.h"
#include "trace/program.h"

namespace reclaim::trace {
namespace {

struct Done {
  OpKind kind;
  std::uint64_t object;
  friend bool operator==(const Done&, const Done&) = default;
};

OpKind plain(OpKind kind) {
  switch (kind) {
    case OpKind::make_shared:
      return OpKind::make;
    case OpKind::resize_shared:
      return OpKind::resize;
    case OpKind::free_shared:
      return OpKind::free;
    default:
      return kind;
  }
}

/// Runs the program under random schedules, checking each step; returns what was done in order.
std::optional<std::vector<Done>> simulate(const Program& program, Rng& rng, bool greedy) {
  const auto mutators = static_cast<std::size_t>(program.mutators());
  std::vector<std::size_t> at(mutators);
  std::vector<std::uint64_t> published(mutators), next(mutators);
  std::vector<std::map<std::uint32_t, std::uint64_t>> own(mutators);
  std::map<std::uint32_t, std::uint64_t> shared;
  std::vector<Done> done;
  std::size_t current = 0;
  for (;;) {
    std::vector<std::size_t> ready;
    bool all_ended = true;
    for (std::size_t i = 0; i < mutators; ++i) {
      const auto ops = program.ops(static_cast<int>(i));
      if (at[i] == ops.size()) continue;
      all_ended = false;
      const Op& op = ops[at[i]];
      if (op.kind != OpKind::wait || published[op.slot] >= op.value) ready.push_back(i);
    }
    if (all_ended) return done;
    if (ready.empty()) {
      ADD_FAILURE() << "everybody waits";
      return std::nullopt;
    }
    const bool stay = greedy && std::find(ready.begin(), ready.end(), current) != ready.end() &&
                      rng.below(200) != 0;
    if (!stay) current = ready[rng.below(ready.size())];
    const Op& op = program.ops(static_cast<int>(current))[at[current]++];
    const bool is_shared = op.kind == OpKind::make_shared || op.kind == OpKind::resize_shared ||
                           op.kind == OpKind::free_shared;
    auto& slots = is_shared ? shared : own[current];
    switch (plain(op.kind)) {
      case OpKind::number:
        next[current] = op.value;
        break;
      case OpKind::publish:
        published[current] = op.value;
        break;
      case OpKind::wait:
        break;
      case OpKind::make:
        if (!slots.emplace(op.slot, next[current]).second) {
          ADD_FAILURE() << "a slot is taken twice";
          return std::nullopt;
        }
        done.push_back({OpKind::make, next[current]++});
        break;
      default:
        if (slots.count(op.slot) == 0) {
          ADD_FAILURE() << "a slot is used while it is empty";
          return std::nullopt;
        }
        done.push_back({plain(op.kind), slots[op.slot]});
        if (plain(op.kind) == OpKind::free) slots.erase(op.slot);
    }
  }
}

std::vector<Done> recorded(const std::string& path) {
  std::vector<Done> done;
  Reader reader(path);
  Event event{};
  while (reader.next(event)) {
    if (event.kind == EventKind::make) done.push_back({OpKind::make, event.object});
    if (event.kind == EventKind::resize) done.push_back({OpKind::resize, event.object});
    if (event.kind == EventKind::free) done.push_back({OpKind::free, event.object});
  }
  return done;
}

std::map<std::uint64_t, std::vector<OpKind>> by_object(const std::vector<Done>& done) {
  std::map<std::uint64_t, std::vector<OpKind>> result;
  for (const Done& one : done) result[one.object].push_back(one.kind);
  return result;
}

class TraceProgram : public testing::TestWithParam<std::tuple<std::uint64_t, int>> {};

TEST_P(TraceProgram, EverySchedulePerformsEveryObjectsEventsInTheRecordedOrder) {
  const auto [seed, mutators] = GetParam();
  const TestFolder folder;
  write_threaded_trace(folder / "t", seed, 20000);
  const Program program(folder / "t", mutators, false);
  const auto expected = by_object(recorded(folder / "t"));
  for (const bool greedy : {false, true}) {
    Rng rng(seed);
    const auto done = simulate(program, rng, greedy);
    ASSERT_TRUE(done);
    EXPECT_EQ(by_object(*done), expected);
  }
}

TEST_P(TraceProgram, LockstepHasOnlyOneScheduleTheRecordedOne) {
  const auto [seed, mutators] = GetParam();
  const TestFolder folder;
  write_threaded_trace(folder / "t", seed, 5000);
  const Program program(folder / "t", mutators, true);
  Rng rng(seed);
  const auto done = simulate(program, rng, false);
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, recorded(folder / "t"));
}

INSTANTIATE_TEST_SUITE_P(SeedsAndMutators, TraceProgram,
                         testing::Combine(testing::Values(1u, 2u, 3u),
                                          testing::Values(1, 2, 3, 8)));

TEST(TraceProgramDemand, CountsTheThreadsThatWereThereTogether) {
  const TestFolder folder;
  {
    Writer writer(folder / "t", Header{{"one after the other"}, 0, 1, false});
    for (int i = 0; i < 50; ++i) {
      const std::uint32_t thread = writer.start_thread(0);
      const std::uint64_t object = writer.make(thread, Way::malloc, 10);
      if (i % 10 != 0) writer.free(thread, object);
      writer.end_thread(thread);
    }
    writer.finish();
  }
  EXPECT_EQ(demand_of(folder / "t").mutators, 2);
  EXPECT_EQ(demand_of(folder / "t").totals.live_objects, 5u);
  EXPECT_EQ(Program(folder / "t", 2, false).slots(1), 6u);
}

TEST(TraceProgramOrder, AThreadBeginsAfterWhatItsCreatorHadDoneAndASlotIsTakenAfterItWasEmptied) {
  const TestFolder folder;
  constexpr std::uint64_t before = 100, handed = 20000;
  {
    Writer writer(folder / "t", Header{{"order"}, 0, 1, false});
    for (std::uint64_t i = 0; i < before; ++i) writer.make(0, Way::malloc, 10);
    const std::uint32_t other = writer.start_thread(0);
    writer.make(other, Way::malloc, 10);
    // The slots that `other` empties are those that thread 0 takes next.
    for (std::uint64_t i = 0; i < handed; ++i) writer.free(other, writer.make(0, Way::malloc, 10));
    writer.finish();
  }
  const Program program(folder / "t", 2, false);
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Rng rng(seed);
    const auto done = simulate(program, rng, true);
    ASSERT_TRUE(done) << "seed " << seed;
    const auto first = std::find(done->begin(), done->end(), Done{OpKind::make, before});
    EXPECT_GE(first - done->begin(), static_cast<std::ptrdiff_t>(before)) << "seed " << seed;
  }
  // Thread 0 alone, as far as it gets: it has to stop when all slack is used up.
  const auto ops = program.ops(0);
  const auto wait =
      std::find_if(ops.begin(), ops.end(), [](const Op& op) { return op.kind == OpKind::wait; });
  EXPECT_NE(wait, ops.end());
}

TEST(TraceProgramDemand, SharedSlotsFollowTheLiveObjectsAndNotTheTrace) {
  const TestFolder folder;
  {
    Writer writer(folder / "t", Header{{"hand over"}, 0, 1, false});
    const std::uint32_t other = writer.start_thread(0);
    for (int i = 0; i < 50000; ++i) writer.free(other, writer.make(0, Way::malloc, 10));
    writer.finish();
  }
  EXPECT_LE(Program(folder / "t", 2, false).shared_slots(), 5000u);
}

}  // namespace
}  // namespace reclaim::trace
