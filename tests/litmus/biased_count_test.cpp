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

/// The mail to one owner, thread 0 (models/rc/biased.h). A mutant does not ask whether it is there.
template <class Machine, bool asks>
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
    if (empty.load(std::memory_order_acquire)) return count.merge();
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

template <Weakened weakened, unsigned threads, Counted counted, bool asks = true>
struct BiasedEnd : rl::test_suite<BiasedEnd<weakened, threads, counted, asks>, threads> {
  using Machine = RelacyMachine<weakened>;
  using Count = CheckedCount<Machine>;
  std::optional<Count> count;
  std::optional<Mail<Machine, asks>> mail;
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

// A weak reference is loaded while the owner, who holds the last reference, gives it up.

template <bool short_cut>
struct BiasedWeakLoad : rl::test_suite<BiasedWeakLoad<short_cut>, 2> {
  using Machine = RelacyMachine<>;
  using Count = CheckedCount<Machine>;
  std::optional<Count> count;
  std::optional<Mail<Machine, true>> mail;
  std::optional<parts::WeakCell<parts::BasicLockedSlot<Machine>>> cell;
  rl::var<int> object;
  rl::var<int> taken_apart;

  void before() {
    count.emplace();
    mail.emplace();
    mail->before();
    count->bias_to(1);
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
    if constexpr (short_cut) {
      if (me == 0) {
        const bool dead = count->release(1, post);
        if (dead) cell->clear();
        return dead;
      }
    }
    return count->release_observed(me + 1, post,
                                   [this](auto dead) { return cell->clear_if(dead); });
  }
  void thread(unsigned me) {
    if (me == 0) {
      if (release(0)) end();
      if (mail->leave(*count)) {
        cell->clear();
        end();
      }
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
  const Verdict verdict = search<BiasedWeakLoad<false>>(executions);
  EXPECT_TRUE(verdict.correct) << verdict.report;
}

TEST(BiasedCount, AnOwnerThatTakesTheShortCutBesideAWeakLoadIsFound) {
  const Verdict verdict = search<BiasedWeakLoad<true>>(executions);
  EXPECT_FALSE(verdict.correct);
}

}  // namespace
}  // namespace reclaim::litmus
