// Models that break a promise about what does not keep alive, each by one mistake.
#include <gtest/gtest.h>

#include <string>

#include "models/gen/gen.h"
#include "models/manual/manual.h"
#include "models/null/null.h"
#include "models/rc/rc_atomic.h"
#include "models/rc/rc_gil.h"
#include "tests/conformance/leaks_on_purpose.h"
#include "tests/mutants/caught.h"
#include "tests/mutants/keepsakes.h"

namespace reclaim::mutants {
namespace {

template <class M, class Mutator = typename M::Mutator>
Promise first_broken_promise(const HeapOptions& options = {}) {
  const LeaksOnPurpose mistakes_leak;
  typename M::Heap heap{options};
  Mutator m{heap};
  return Keepsakes<M>::first_broken(m);
}

template <class M>
class AnHonestModel : public testing::Test {};
using Models = testing::Types<Null<>, Manual<>, RcGil<>, RcAtomic<>, Gen<>>;
TYPED_TEST_SUITE(AnHonestModel, Models);

TYPED_TEST(AnHonestModel, KeepsEveryPromise) {
  EXPECT_EQ(first_broken_promise<TypeParam>(), Promise::kept);
  EXPECT_EQ(first_broken_promise<TypeParam>(disturbed()), Promise::kept);
}

/// A gen with one mistake: Change<Mutator> derives from the honest mutator and does something else.
template <template <class> class Change>
struct ChangedGen : Gen<> {
  using Mutator = Change<Gen<>::Mutator>;
};

// A weak reference that the collector is never told of.

template <class Honest>
struct ListsNoWeak : Honest {
  using Honest::Honest;
  template <class T>
  Gen<>::Fresh<Gen<>::Weak<T>> make_weak(const Gen<>::Local<T>& referent) {
    auto weak = Honest::template make<Gen<>::Weak<T>>();
    weak->referent = referent.get();
    return weak;
  }
};

TEST(AWeakReferenceThatIsNotListed, IsCaughtByThePromiseOrByTheVerifier) {
  const auto mutant = [] {
    judge(static_cast<std::uint64_t>(first_broken_promise<ChangedGen<ListsNoWeak>>()), 0);
  };
  EXPECT_EXIT(mutant(), Caught{}, "");
  if (!checked) return;
  EXPECT_DEATH(mutant(), "the heap is whole.*a weak reference is not listed");
}

// A weak reference that is never cleared, because tracing finds it.

template <class T>
struct StrongWeak : gen::Weak<T> {
  static constexpr Role role = Role::plain;
  static constexpr std::string_view name_of_type() { return "Weak"; }
  static constexpr auto refs() { return std::tuple{&StrongWeak::strong}; }
  Gen<>::Field<T> strong;
};

template <class Honest>
struct KeepsReferents : Honest {
  using Honest::Honest;
  using Honest::load;
  template <class T>
  Gen<>::Fresh<StrongWeak<T>> make_weak(const Gen<>::Local<T>& referent) {
    Gen<>::Local<StrongWeak<T>> weak{*this, Honest::template make<StrongWeak<T>>()};
    Honest::store(weak, &StrongWeak<T>::strong, referent);
    return Honest::escape(weak);
  }
  template <class T>
  Gen<>::Fresh<T> load(const Gen<>::Local<StrongWeak<T>>& weak) {
    return Honest::load(weak, &StrongWeak<T>::strong);
  }
};
struct GenThatKeepsReferents : ChangedGen<KeepsReferents> {
  template <class T>
  using Weak = StrongWeak<T>;
};

TEST(AWeakReferenceThatIsStrong, BreaksThePromiseThatTheDeadAreNull) {
  if (checked) {  // the audit is first: what was discarded is traced
    EXPECT_DEATH(first_broken_promise<GenThatKeepsReferents>(), "nothing reaches a discarded");
    return;
  }
  EXPECT_EQ(first_broken_promise<GenThatKeepsReferents>(),
            Promise::a_weak_reference_to_the_dead_is_null);
}

// An ephemeron that is traced like any other object.

template <class K, class V>
struct StrongEphemeron : Gen<>::Object<StrongEphemeron<K, V>> {
  Gen<>::Field<K> key;
  Gen<>::Field<V> value;
  static constexpr auto refs() {
    return std::tuple{&StrongEphemeron::key, &StrongEphemeron::value};
  }
};

template <class Honest>
struct KeepsKeys : Honest {
  using Honest::Honest;
  template <class K, class V>
  Gen<>::Fresh<StrongEphemeron<K, V>> make_ephemeron(const Gen<>::Local<K>& key,
                                                     const Gen<>::Local<V>& value) {
    using Strong = StrongEphemeron<K, V>;
    Gen<>::Local<Strong> ephemeron{*this, Honest::template make<Strong>()};
    Honest::store(ephemeron, &Strong::key, key);
    Honest::store(ephemeron, &Strong::value, value);
    return Honest::escape(ephemeron);
  }
};
struct GenThatKeepsKeys : ChangedGen<KeepsKeys> {
  template <class K, class V>
  using Ephemeron = StrongEphemeron<K, V>;
};

TEST(AnEphemeronThatIsStrong, BreaksThePromiseThatItLetsGo) {
  EXPECT_EQ(first_broken_promise<GenThatKeepsKeys>(),
            Promise::an_ephemeron_lets_go_of_a_value_that_reaches_its_key);
}

// A hook that is called twice; a hook that is never called.

template <class Honest>
struct ListsHooksTwice : Honest {
  using Honest::Honest;
  template <class T>
  Gen<>::Fresh<T> make() {
    auto fresh = Honest::template make<T>();
    if constexpr (has_reclaim_hook<T>) this->heap().weak().add_hooked(fresh.get());
    return fresh;
  }
};

TEST(AHookThatIsListedTwice, BreaksThePromiseThatItIsCalledOnce) {
  EXPECT_EQ(first_broken_promise<ChangedGen<ListsHooksTwice>>(), Promise::a_hook_is_called_once);
}

template <class Honest>
struct ForgetsHooks : Honest {
  using Honest::Honest;
  template <class T>
  void discard(Manual<>::Local<T>& local) {
    if constexpr (has_reclaim_hook<T>) {
      auto hooked = Kept{T::told, T::numbers};
      Honest::discard(local);
      T::told = hooked.told;
      T::numbers = hooked.numbers;
    } else {
      Honest::discard(local);
    }
  }
  struct Kept {
    int told;
    std::int64_t numbers;
  };
};
struct ManualThatForgetsHooks : Manual<> {
  using Mutator = ForgetsHooks<Manual<>::Mutator>;
};

TEST(AHookThatIsNeverCalled, BreaksThePromiseThatItIs) {
  EXPECT_EQ(first_broken_promise<ManualThatForgetsHooks>(), Promise::a_hook_is_called_for_the_dead);
}

// A hash that is the address, where objects move.

template <class Honest>
struct HashesAddresses : Honest {
  using Honest::Honest;
  template <class T>
  std::uint64_t identity_hash(const Gen<>::Local<T>& local) {
    return reinterpret_cast<std::uintptr_t>(local.get());
  }
};

TEST(AHashThatIsTheAddress, ChangesWhenTheObjectMoves) {
  EXPECT_EQ(first_broken_promise<ChangedGen<HashesAddresses>>(), Promise::a_hash_stays);
}

// A cell that is not cleared when the count comes to zero: the slot loses the null.

struct KeepsAddresses : rc::FreeThreaded {
  class Slot : public rc::FreeThreaded::Slot {
   public:
    using rc::FreeThreaded::Slot::Slot;
    template <class F>
    decltype(auto) update(F&& f) {
      return rc::FreeThreaded::Slot::update([&](void*& object) -> decltype(auto) {
        void* seen = object;
        struct Store {
          void*& to;
          void*& from;
          ~Store() {
            if (from != nullptr) to = from;
          }
        } store{object, seen};
        return f(seen);
      });
    }
  };
};
struct RcThatKeepsAddresses : rc::Model<Counted, rc::AtomicCount, KeepsAddresses, rc::CyclesLeak> {
  static constexpr ModelTraits traits{
      .id = "mutant", .like = "", .summary = "weak references are not cleared"};
};

TEST(ACellThatIsNotCleared, IsCaught) {
  const auto mutant = [] {
    judge(static_cast<std::uint64_t>(first_broken_promise<RcThatKeepsAddresses>()), 0);
  };
  EXPECT_EXIT(mutant(), Caught{}, "");
}

// A wait that takes its time being up for a notify.

template <class Honest>
struct TakesTimeForANotify : Honest {
  using Honest::Honest;
  template <class T>
  bool wait_for(const T& local, std::chrono::nanoseconds time) {
    return !Honest::wait_for(local, time);
  }
};

TEST(AWaitThatDoesNotTellATimeOut, BreaksThePromiseThatItDoes) {
  EXPECT_EQ(first_broken_promise<ChangedGen<TakesTimeForANotify>>(),
            Promise::a_time_out_is_told_from_a_notify);
}

}  // namespace
}  // namespace reclaim::mutants
