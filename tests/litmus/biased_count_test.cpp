// The biased count under the model checker: the mutator that made an object and others give their
// references up, the mail goes between them, and the object ends once, when nobody uses it any
// more.
#include <gtest/gtest.h>

#include "tests/litmus/relacy_machine.h"

namespace reclaim::litmus {
namespace {

/// With an owner's count that is checked for races.
template <class Machine>
using CheckedCount = rc::BasicBiasedCount<Machine, typename Machine::template Plain<std::uint32_t>>;

/// The mail to one owner, thread 0 (models/rc/biased.h). One mutant does not ask whether it is
/// there, another looks without acquiring.
template <class Machine, bool asks = true, std::memory_order looks = std::memory_order_acquire>
struct Mail {
  using Count = CheckedCount<Machine>;
  static constexpr typename Count::Owner owner = 1;
  typename Machine::Mutex mutex;
  rl::var<bool> posted, gone;
  typename Machine::template Atomic<bool> empty{false};

  void before() {
    posted($) = false;
    gone($) = false;
  }
  static bool never() {
    RL_ASSERT(!"an object is posted once");
    return false;
  }
  bool post(Count& count) {
    if (count.owner() == Count::nobody) return count.release_shared(never);
    if (empty.load(looks)) return count.merge();
    const typename Machine::Lock lock{mutex};
    if (asks && !gone($)) {
      RL_ASSERT(!posted($));
      posted($) = true;
      return false;
    }
    return count.merge();
  }
  /// The owner leaves. True: what was in its mail is dead.
  bool leave(Count& count) {
    bool dead = false;
    while (true) {
      {
        const typename Machine::Lock lock{mutex};
        if (!posted($)) {
          gone($) = true;
          empty.store(true, std::memory_order_release);
          return dead;
        }
        posted($) = false;
      }
      dead = count.merge();
    }
  }
};

/// Which references there are to begin with, one a thread: all counted by the owner, who handed
/// them over, or each by who holds it.
enum class Counted { by_owner, by_each };

template <Weakened weakened, unsigned threads, Counted counted, bool asks = true,
          std::memory_order looks = std::memory_order_acquire>
struct BiasedEnd : rl::test_suite<BiasedEnd<weakened, threads, counted, asks, looks>, threads> {
  using Machine = RelacyMachine<weakened>;
  using Count = CheckedCount<Machine>;
  std::optional<Count> count;
  std::optional<Mail<Machine, asks, looks>> mail;
  rl::var<int> written[threads];
  rl::var<int> taken_apart;

  void before() {
    count.emplace();
    mail.emplace();
    mail->before();
    count->bias_to(1);
    for (unsigned i = 1; i < threads; ++i) count->retain(counted == Counted::by_owner ? 1 : i + 1);
    for (auto& one : written) one($) = 0;
    taken_apart($) = 0;
  }
  void thread(unsigned me) {
    written[me]($) = 1;
    bool dead = count->release(me + 1, [this] { return mail->post(*count); });
    if (me == 0 && mail->leave(*count)) dead = true;
    if (!dead) return;
    for (auto& one : written) RL_ASSERT(one($) == 1);
    taken_apart($) = taken_apart($) + 1;
    count->reuse(me);  // a word of the dead is the undertaker's
    RL_ASSERT(count->value() == me);
  }
  void after() {
    RL_ASSERT(taken_apart($) == 1);
    mail.reset();
    count.reset();
  }
};

constexpr int executions = 30'000;

TEST(BiasedCount, EndsOnceWhoeverGivesItUpLast) {
  const Verdict two = search<BiasedEnd<Weakened::nothing, 2, Counted::by_each>>(executions);
  EXPECT_TRUE(two.correct) << two.report;
  const Verdict three = search<BiasedEnd<Weakened::nothing, 3, Counted::by_each>>(executions);
  EXPECT_TRUE(three.correct) << three.report;
}

TEST(BiasedCount, EndsOnceWhenReferencesWereHandedOver) {
  const Verdict two = search<BiasedEnd<Weakened::nothing, 2, Counted::by_owner>>(executions);
  EXPECT_TRUE(two.correct) << two.report;
  const Verdict three = search<BiasedEnd<Weakened::nothing, 3, Counted::by_owner>>(executions);
  EXPECT_TRUE(three.correct) << three.report;
}

TEST(BiasedCount, AMissingAcquireIsFound) {
  const Verdict verdict = search<BiasedEnd<Weakened::acquire, 2, Counted::by_each>>(executions);
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

TEST(BiasedCount, AMissingReleaseIsFound) {
  const Verdict verdict = search<BiasedEnd<Weakened::release, 2, Counted::by_each>>(executions);
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

TEST(BiasedCount, AMergeBehindTheBackOfTheOwnerIsFound) {
  const Verdict verdict =
      search<BiasedEnd<Weakened::nothing, 2, Counted::by_owner, false>>(executions);
  EXPECT_FALSE(verdict.correct);
}

TEST(BiasedCount, ALookIntoAnEmptyBucketThatDoesNotAcquireIsFound) {
  const Verdict verdict =
      search<BiasedEnd<Weakened::nothing, 2, Counted::by_owner, true, std::memory_order_relaxed>>(
          executions);
  EXPECT_FALSE(verdict.correct);
  EXPECT_NE(verdict.report.find("DATA RACE"), std::string::npos) << verdict.report;
}

// A weak reference is loaded while the owner gives up its reference: the last one, or, with three
// threads, the last but one that it had handed to another, which posts it.

/// How the owner ends it: asks in the cell's slot; a mutant asks beside it, another not at all.
enum class Ending { in_the_slot, beside_it, unasked };

template <Ending ending, unsigned threads>
struct BiasedWeakLoad : rl::test_suite<BiasedWeakLoad<ending, threads>, threads> {
  using Machine = RelacyMachine<>;
  using Count = CheckedCount<Machine>;
  std::optional<Count> count;
  std::optional<Mail<Machine>> mail;
  std::optional<parts::WeakCell<parts::BasicLockedSlot<Machine>>> cell;
  rl::var<int> object;
  rl::var<int> taken_apart;

  void before() {
    count.emplace();
    mail.emplace();
    mail->before();
    count->bias_to(1);
    if (threads == 3) count->retain(1);
    cell.emplace(&object);
    object($) = 7;
    taken_apart($) = 0;
  }
  void end() {
    RL_ASSERT(cell->referent([](void*) { return true; }) == nullptr);
    object($) = 0;  // its memory is somebody else's
    taken_apart($) = taken_apart($) + 1;
  }
  /// Whether it was the last reference; the weak one is null then.
  bool release(unsigned me) {
    const auto post = [this] { return mail->post(*count); };
    if (ending == Ending::unasked && me == 0) {
      const bool dead = count->release(1, post);
      if (dead) cell->clear();
      return dead;
    }
    return count->release_observed(me + 1, post, [this](auto dead) {
      if (ending == Ending::in_the_slot) return cell->clear_if(dead);
      const bool is_dead = dead();
      if (is_dead) cell->clear();
      return is_dead;
    });
  }
  void thread(unsigned me) {
    if (me == 0) {
      if (release(0)) end();
      if (mail->leave(*count)) {
        cell->clear();
        end();
      }
    } else if (me == 2) {
      if (release(2)) end();
    } else if (cell->referent([this](void*) { return count->try_retain(2); }) != nullptr) {
      RL_ASSERT(object($) == 7);
      if (release(1)) end();
    }
  }
  void after() {
    RL_ASSERT(taken_apart($) == 1);
    cell.reset();
    mail.reset();
    count.reset();
  }
};

TEST(BiasedCount, AWeakLoadKeepsTheObjectAliveOrFindsNothing) {
  const Verdict two = search<BiasedWeakLoad<Ending::in_the_slot, 2>>(executions);
  EXPECT_TRUE(two.correct) << two.report;
  const Verdict three = search<BiasedWeakLoad<Ending::in_the_slot, 3>>(executions);
  EXPECT_TRUE(three.correct) << three.report;
}

TEST(BiasedCount, AnOwnerThatTakesTheShortCutBesideAWeakLoadIsFound) {
  const Verdict unasked = search<BiasedWeakLoad<Ending::unasked, 2>>(executions);
  EXPECT_FALSE(unasked.correct);
  const Verdict beside = search<BiasedWeakLoad<Ending::beside_it, 2>>(executions);
  EXPECT_FALSE(beside.correct);
}

}  // namespace
}  // namespace reclaim::litmus
