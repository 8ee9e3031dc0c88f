// The shipped protocols under a model checker: counting to zero, the hand-over of the interpreter
// lock, thin locks and their inflation. And each of them with a weakened memory order, which must
// be found.
#include <gtest/gtest.h>

#include "tests/litmus/relacy_machine.h"

// Relacy replaces new and delete, but not the delete that is told the size.
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete[](memory); }

namespace reclaim::litmus {
namespace {

// Counting to zero: every owner writes to the object, the last one takes it apart.

template <Weakened weakened, unsigned owners, bool each_retains>
struct LastOwner : rl::test_suite<LastOwner<weakened, owners, each_retains>, owners> {
  using Count = rc::BasicAtomicCount<RelacyMachine<weakened>>;
  std::optional<Count> count;
  rl::var<int> written[owners];
  rl::var<int> taken_apart;

  void before() {
    count.emplace();
    for (unsigned i = 1; i < owners; ++i) count->retain();
    for (auto& one : written) one($) = 0;
    taken_apart($) = 0;
  }
  void thread(unsigned me) {
    if (each_retains) {
      count->retain();  // while this thread owns one reference it may have another
      written[me]($) = 1;
      RL_ASSERT(!count->release());
    } else {
      written[me]($) = 1;
    }
    if (count->release()) {
      for (auto& one : written) RL_ASSERT(one($) == 1);
      taken_apart($) = taken_apart($) + 1;
    }
  }
  void after() { RL_ASSERT(taken_apart($) == 1); }
};

TEST(CountToZero, TheLastOwnerSeesWhatAllOwnersWroteInEveryExecution) {
  const Verdict two = search<LastOwner<Weakened::nothing, 2, false>>();
  EXPECT_TRUE(two.correct) << two.report;
  const Verdict three = search<LastOwner<Weakened::nothing, 3, false>>(30'000);
  EXPECT_TRUE(three.correct) << three.report;
}

TEST(CountToZero, AnOwnerMayTakeAnotherReferenceWhileOthersGiveTheirsUp) {
  const Verdict verdict = search<LastOwner<Weakened::nothing, 2, true>>();
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(CountToZero, ARelaxedDecrementIsFound) {
  const Verdict verdict = search<LastOwner<Weakened::release, 2, false>>();
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

TEST(CountToZero, AMissingAcquireIsFound) {
  const Verdict verdict = search<LastOwner<Weakened::acquire, 2, false>>();
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

// A weak reference, loaded while the last owner gives the object up: the one finds it alive and
// keeps it, or finds nothing; whoever is last clears the cell before it takes the object apart.

template <bool short_cut, unsigned loaders>
struct WeakLoad : rl::test_suite<WeakLoad<short_cut, loaders>, loaders + 1> {
  using Machine = RelacyMachine<>;
  std::optional<rc::BasicAtomicCount<Machine>> count;
  std::optional<parts::WeakCell<parts::BasicLockedSlot<Machine>>> cell;
  rl::var<int> object;
  rl::var<int> taken_apart;

  void before() {
    count.emplace();
    cell.emplace(&object);
    object($) = 7;
    taken_apart($) = 0;
  }
  void give_up() {
    if (!(short_cut ? count->release() : count->release_observed())) return;
    cell->clear();
    object($) = 0;  // its memory is somebody else's
    taken_apart($) = taken_apart($) + 1;
  }
  void thread(unsigned me) {
    if (me == 0) {
      give_up();
    } else if (cell->referent([this](void*) { return count->try_retain(); }) != nullptr) {
      RL_ASSERT(object($) == 7);
      give_up();
    }
  }
  void after() {
    RL_ASSERT(taken_apart($) == 1);
    cell.reset();
    count.reset();
  }
};

TEST(WeakLoad, KeepsTheObjectAliveOrFindsNothing) {
  const Verdict one = search<WeakLoad<false, 1>>(30'000);
  EXPECT_TRUE(one.correct) << one.report;
  const Verdict two = search<WeakLoad<false, 2>>(30'000);
  EXPECT_TRUE(two.correct) << two.report;
}

TEST(WeakLoad, AnOwnerThatTakesTheShortCutIsFound) {
  const Verdict verdict = search<WeakLoad<true, 1>>(30'000);
  EXPECT_FALSE(verdict.correct);
}

// The interpreter lock: one at a time, what one wrote the next one reads, and whoever was asked to
// drop it does not get it back before another had it.

template <bool forgets_to_lock>
struct GilMachine : RelacyMachine<> {
  /// A mutant's mutex lets anybody in.
  struct Mutex : RelacyMachine<>::Mutex {
    void lock() {
      if (!forgets_to_lock) RelacyMachine<>::Mutex::lock();
    }
    void unlock() {
      if (!forgets_to_lock) RelacyMachine<>::Mutex::unlock();
    }
  };
  using Lock = std::unique_lock<Mutex>;
  struct Condition : RelacyMachine<>::Condition {
    bool wait_for(Lock& lock, std::int64_t ns) {
      RelacyMachine<>::Lock inner{*lock.mutex(), std::adopt_lock};
      const bool woken = RelacyMachine<>::Condition::wait_for(inner, ns);
      inner.release();
      return woken;
    }
  };
};

template <bool forgets_to_lock>
struct TakingTurns : rl::test_suite<TakingTurns<forgets_to_lock>, 3> {
  std::optional<rc::BasicGil<GilMachine<forgets_to_lock>>> gil;
  rl::var<int> turns;
  rl::var<int> inside;

  void before() {
    gil.emplace(5'000'000);
    turns($) = 0;
    inside($) = 0;
  }
  void thread(unsigned me) {
    const void* participant = &reinterpret_cast<const char*>(this)[me];
    for (int turn = 0; turn < 2; ++turn) {
      gil->acquire(participant);
      RL_ASSERT(inside($) == 0);
      inside($) = 1;
      turns($) = turns($) + 1;
      inside($) = 0;
      if (turn == 0) {
        const std::uint64_t before_release = gil->switch_number();
        if (gil->release(participant)) RL_ASSERT(gil->switch_number() != before_release);
      } else {
        gil->leave();
      }
    }
  }
  void after() { RL_ASSERT(turns($) == 6); }
};

TEST(GilHandOver, OneAtATimeAndNoneWaitsForever) {
  const Verdict verdict = search<TakingTurns<false>>(20'000);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(GilHandOver, AMutexThatDoesNotLockIsFound) {
  const Verdict verdict = search<TakingTurns<true>>(20'000);
  EXPECT_FALSE(verdict.correct);
}

// The lock before CPython 3.2: one at a time as well, and nobody is promised a turn while others
// ask.

template <bool forgets_to_lock>
struct TakingTicks : rl::test_suite<TakingTicks<forgets_to_lock>, 3> {
  std::optional<rc::BasicTickGil<GilMachine<forgets_to_lock>>> gil;
  rl::var<int> turns;

  void before() {
    gil.emplace(1);
    turns($) = 0;
  }
  void thread(unsigned me) {
    const void* participant = &reinterpret_cast<const char*>(this)[me];
    for (int turn = 0; turn < 2; ++turn) {
      gil->acquire(participant);
      turns($) = turns($) + 1;
      RL_ASSERT(gil->yields_now());
      gil->release(participant);
    }
  }
  void after() { RL_ASSERT(turns($) == 6); }
};

TEST(TickGil, OneAtATimeAndTheTicksAreTheHolders) {
  const Verdict verdict = search<TakingTicks<false>>(20'000);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(TickGil, AMutexThatDoesNotLockIsFound) {
  const Verdict verdict = search<TakingTicks<true>>(20'000);
  EXPECT_FALSE(verdict.correct);
}

// Monitors: thin, contended, waited on.

enum class Waits { no, for_a_notify, for_some_time };

template <Weakened weakened, unsigned threads, Waits waits>
struct Monitored : rl::test_suite<Monitored<weakened, threads, waits>, threads> {
  using Protocol = parts::MonitorProtocol<RelacyMachine<weakened>>;
  std::optional<Protocol> protocol;
  std::optional<typename Protocol::Word> word;
  std::optional<typename Protocol::Thread> self[threads];
  rl::var<int> value;

  void before() {
    RelacyMachine<weakened>::clock() = 0;
    protocol.emplace();
    word.emplace(0u);
    for (unsigned i = 0; i < threads; ++i) {
      self[i].emplace();
      self[i]->id = i + 1;
      self[i]->spins = 1;
    }
    value($) = 0;
  }
  static constexpr auto blocking = [](auto&& f) { f(); };

  void enter(unsigned me) {
    if (!Protocol::try_enter(*word, me + 1)) {
      protocol->template enter<false>(*word, *self[me], blocking);
    }
  }
  void exit(unsigned me) {
    if (!Protocol::try_exit(*word, me + 1)) protocol->exit(*word, *self[me]);
  }
  void thread(unsigned me) {
    for (int turn = 0; turn < 2; ++turn) {
      enter(me);
      if (waits != Waits::no) {
        enter(me);  // waiting gives up both
        while (value($) % static_cast<int>(threads) != static_cast<int>(me)) {
          if (waits == Waits::for_some_time && me == 0) {
            protocol->wait_until(*word, *self[me], 0, blocking);
          } else {
            protocol->wait(*word, *self[me], blocking);
          }
        }
        exit(me);
      }
      value($) = value($) + 1;
      if (waits != Waits::no) protocol->notify(*word, *self[me], true);
      exit(me);
    }
  }
  void after() {
    RL_ASSERT(value($) == 2 * static_cast<int>(threads));
    RL_ASSERT(protocol->inflated_monitors() == 0);
    for (auto& one : self) one.reset();
    word.reset();
    protocol.reset();
  }
};

TEST(ThinLock, ExcludesAndPublishesInEveryExecutionSeen) {
  const Verdict two = search<Monitored<Weakened::nothing, 2, Waits::no>>(20'000);
  EXPECT_TRUE(two.correct) << two.report;
  const Verdict three = search<Monitored<Weakened::nothing, 3, Waits::no>>(20'000);
  EXPECT_TRUE(three.correct) << three.report;
}

TEST(ThinLock, WaitersAreWokenInTurnAndTheMonitorIsFreeAtTheEnd) {
  const Verdict verdict = search<Monitored<Weakened::nothing, 3, Waits::for_a_notify>>(10'000);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(ThinLock, AThreadWhoseTimeIsUpTakesNoNotifyAlong) {
  const Verdict two = search<Monitored<Weakened::nothing, 2, Waits::for_some_time>>(10'000);
  EXPECT_TRUE(two.correct) << two.report;
  const Verdict three = search<Monitored<Weakened::nothing, 3, Waits::for_some_time>>(10'000);
  EXPECT_TRUE(three.correct) << three.report;
}

TEST(ThinLock, AnEntryWithoutAcquireIsFound) {
  const Verdict verdict = search<Monitored<Weakened::acquire, 2, Waits::no>>(20'000);
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

TEST(ThinLock, AnExitWithoutReleaseIsFound) {
  const Verdict verdict = search<Monitored<Weakened::release, 2, Waits::no>>(20'000);
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

}  // namespace
}  // namespace reclaim::litmus
