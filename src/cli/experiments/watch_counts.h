// The program that shows counts, step by step, over any model:
//
//   a = []; b = a; getrefcount(a); del b; getrefcount(a); del a; gc.collect()
//
// and the same between two threads. Over a model that counts (with a Watched count) each step says
// what happened to the count; over any model it says whether the object is there still.
#pragma once

#include <semaphore>
#include <string>
#include <thread>
#include <utility>

#include "cells/json.h"
#include "cli/experiments/watched_count.h"

namespace reclaim::cli {

/// A list without elements, that tells of its end.
template <class M>
struct List : M::template Object<List<M>> {
  std::int64_t number = 0;
  static constexpr auto reclaim_data() { return &List::number; }
  static void on_reclaim(std::int64_t) { ++ends; }
  static inline int ends = 0;
};

/// Writes down what each step did.
template <class M>
class Steps {
  using Json = cells::Json;

 public:
  Steps() {
    count_changes().clear();
    List<M>::ends = 0;
  }
  /// `why` says what a reference is taken for, `why_not` for what reason it is given up.
  template <class F>
  void step(const char* code, const char* why, const char* why_not, F&& f) {
    const std::size_t first = count_changes().size();
    f();
    Json changes = Json::array();
    for (std::size_t i = first; i < count_changes().size(); ++i) {
      changes.push_back(change(count_changes()[i], why, why_not));
    }
    steps_.push_back({{"step", code}, {"changes", changes}, {"alive", List<M>::ends == 0}});
  }
  /// A number that the program itself saw in the last step.
  void note(const char* name, std::int64_t number) { steps_.back()[name] = number; }
  Json take() { return std::move(steps_); }

 private:
  static Json change(const CountChange& change, const char* why, const char* why_not) {
    using Kind = CountChange::Kind;
    const char* reason = change.kind == Kind::made     ? "new"
                         : change.kind == Kind::taken  ? why
                         : change.kind == Kind::mailed ? "mailed"
                                                       : why_not;
    return {{"reason", reason},
            {"own", {change.before.own, change.after.own}},
            {"shared", {change.before.shared, change.after.shared}},
            {"last", change.kind == Kind::last}};
  }

  Json steps_ = Json::array();
};

/// sys.getrefcount: the argument is a reference too.
template <class M>
std::int64_t getrefcount(typename M::Mutator& m, typename M::template Fresh<List<M>> argument) {
  const typename M::template Local<List<M>> parameter{m, std::move(argument)};
  if (!parameter) return 0;
  if constexpr (requires { parameter->count.value(); }) return parts_of(parameter.get()).total();
  return 0;
}

/// The end of a name. Whoever frees by hand frees what nobody else uses, if it is not forgotten.
template <class M>
void del(typename M::Mutator& m, typename M::template Local<List<M>>& name, bool frees) {
  if constexpr (M::traits.wants_discard) {
    if (frees) m.discard(name);
  }
  static_cast<void>(m);
  static_cast<void>(frees);
  name = nullptr;
}

/// One thread. `frees`: whether a program that frees by hand does so.
template <class M>
cells::Json watch_one_thread(bool frees = true) {
  Steps<M> steps;
  typename M::Heap heap;
  {
    typename M::Mutator m{heap};
    typename M::template Local<List<M>> a{m}, b{m};
    std::int64_t seen = 0;
    steps.step("a = []", "", "", [&] { a = m.template make<List<M>>(); });
    steps.step("b = a", "copied to b", "", [&] { b = m.copy(a); });
    const auto ask = [&] { seen = getrefcount<M>(m, m.copy(a)); };
    steps.step("getrefcount(a)", "argument", "returned", ask);
    steps.note("seen", seen);
    steps.step("del b", "", "dropped", [&] { b = nullptr; });
    steps.step("getrefcount(a)", "argument", "returned", ask);
    steps.note("seen", seen);
    steps.step("del a", "", "dropped", [&] { del<M>(m, a, frees); });
    steps.step("gc.collect()", "", "collected", [&] { m.collect(); });
  }
  return steps.take();
}

/// Two threads, one at a time: T1 makes the objects; T2 takes a second reference to one, and is
/// given the only reference to another, to give it up.
template <class M>
cells::Json watch_two_threads() {
  using Local = typename M::template Local<List<M>>;
  Steps<M> steps;
  typename M::Heap heap;
  typename M::template Global<List<M>> shared{heap};
  std::binary_semaphore others_turn{0}, makers_turn{0};
  std::thread other([&] {
    others_turn.acquire();
    typename M::Mutator m{heap};
    const auto wait = [&] {
      m.blocking([&] {
        makers_turn.release();
        others_turn.acquire();
      });
    };
    Local b{m};
    steps.step("T2: b = shared", "copied to b", "", [&] { b = m.load(shared); });
    wait();
    steps.step("T2: del b", "", "dropped", [&] { b = nullptr; });
    wait();
    steps.step("T2: b = take()", "", "",
               [&] { b = m.exchange(shared, typename M::template Fresh<List<M>>{}); });
    steps.step("T2: del b", "", "dropped", [&] { b = nullptr; });
    m.blocking([&] { makers_turn.release(); });
  });
  {
    typename M::Mutator m{heap};
    const auto wait = [&] {
      m.blocking([&] {
        others_turn.release();
        makers_turn.acquire();
      });
    };
    Local a{m};
    steps.step("T1: a = []", "", "", [&] { a = m.template make<List<M>>(); });
    steps.step("T1: shared = a", "copied", "", [&] { m.store(shared, a); });
    wait();
    steps.step("T1: shared = None", "", "dropped", [&] { m.store(shared, nullptr); });
    steps.step("T1: del a", "", "dropped", [&] { a = nullptr; });
    wait();
    List<M>::ends = 0;
    steps.step("T1: give([])", "", "",
               [&] { static_cast<void>(m.exchange(shared, m.template make<List<M>>())); });
    wait();
    steps.step("T1: goes on", "", "", [&] { m.poll(); });
    m.blocking([&] { other.join(); });
  }
  return steps.take();
}

}  // namespace reclaim::cli
