// What the tests of counted models share: small types over any of them, and threads of mutators.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/spin_barrier.h"
#include "models/gil_gen/gil_gen.h"
#include "models/rc/rc_atomic.h"
#include "models/rc/rc_atomic_cycles.h"
#include "models/rc/rc_biased.h"
#include "models/rc/rc_gil.h"
#include "models/rc/rc_gil_ticks.h"
#include "models/rc/rc_locked.h"
#include "models/rc/rc_racy.h"
#include "tests/conformance/leaks_on_purpose.h"

namespace reclaim::rc_tests {

/// No references: the cycle collector does not watch it.
template <class M>
struct Leaf : M::template Object<Leaf<M>> {
  std::int64_t key = 0;
};

template <class M>
struct Link : M::template Object<Link<M>> {
  typename M::template Field<Link> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Link::next}; }
};

/// Tells when it is taken apart.
template <class M>
struct Told : M::template Object<Told<M>, WeaklyReferenced> {
  typename M::template Field<Told> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Told::next}; }
  static constexpr auto reclaim_data() { return &Told::key; }
  static void on_reclaim(std::int64_t) { ++ends; }
  static inline std::atomic<int> ends = 0;
};

/// May be part of a cycle; `tail` hangs on it.
template <class M>
struct Knot : M::template Object<Knot<M>, Cyclic> {
  typename M::template Field<Knot> next, other;
  typename M::template Field<Link<M>> tail;
  typename M::template Field<Leaf<M>> leaf;
  typename M::template Field<Told<M>> told;
  typename M::template Field<typename M::template Array<Knot>> knots;
  std::int64_t key = 0;
  static constexpr auto refs() {
    return std::tuple{&Knot::next, &Knot::other, &Knot::tail,
                      &Knot::leaf, &Knot::told,  &Knot::knots};
  }
};

/// Two types that refer to each other.
template <class M>
struct Even;
template <class M>
struct Odd : M::template Object<Odd<M>> {
  typename M::template Field<Even<M>> next;
  static constexpr auto refs() { return std::tuple{&Odd::next}; }
};
template <class M>
struct Even : M::template Object<Even<M>> {
  typename M::template Field<Odd<M>> next;
  static constexpr auto refs() { return std::tuple{&Even::next}; }
};

template <class M>
using LocalKnot = typename M::template Local<Knot<M>>;
template <class M>
using LocalLink = typename M::template Local<Link<M>>;
template <class M>
using LocalTold = typename M::template Local<Told<M>>;
template <class M>
using LocalBlob = typename M::template Local<typename M::Blob>;

/// A ring of `size` knots with keys 0, 1, ...; the first one is returned.
template <class M>
typename M::template Fresh<Knot<M>> make_ring(typename M::Mutator& m, std::int64_t size) {
  LocalKnot<M> first{m, m.template make<Knot<M>>()};
  LocalKnot<M> last{m, m.copy(first)};
  for (std::int64_t key = 1; key < size; ++key) {
    LocalKnot<M> knot{m, m.template make<Knot<M>>()};
    knot->key = key;
    m.store(last, &Knot<M>::next, knot);
    last = m.escape(knot);
  }
  m.store(last, &Knot<M>::next, first);
  return m.escape(first);
}

/// A list made from its end, so that its head is the youngest.
template <class M>
typename M::template Fresh<Link<M>> make_list(typename M::Mutator& m, std::int64_t length) {
  LocalLink<M> head{m};
  for (std::int64_t key = 0; key < length; ++key) {
    LocalLink<M> link{m, m.template make<Link<M>>()};
    link->key = key;
    m.store(link, &Link<M>::next, m.escape(head));
    head = m.escape(link);
  }
  return m.escape(head);
}

/// Runs f(mutator, thread) in `threads` threads with a mutator each, all at once, and waits for
/// all.
template <class M, class F>
void with_mutators(typename M::Heap& heap, int threads, F&& f) {
  SpinBarrier start{threads};
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([&heap, &f, &start, thread] {
      typename M::Mutator m{heap};
      m.blocking([&] { start.arrive_and_wait(); });
      f(m, thread);
    });
  }
  for (std::thread& one : running) one.join();
}

}  // namespace reclaim::rc_tests
