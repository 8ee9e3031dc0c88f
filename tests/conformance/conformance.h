// What all laws share: the model under test, the types that the tests make, and threads of
// mutators. The tests are plain functions over one concrete model: each executable has one.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "model_under_test.h"
#include "settings.h"
#include "tests/conformance/leaks_on_purpose.h"

namespace reclaim::conformance {

using M = ModelUnderTest;
static_assert(Model<M>);

using Heap = M::Heap;
using Mutator = M::Mutator;
using Blob = M::Blob;
template <class T>
using Local = M::template Local<T>;
template <class T>
using Fresh = M::template Fresh<T>;
template <class T>
using Field = M::template Field<T>;
template <class T>
using Array = M::template Array<T>;
template <class T>
using Global = M::template Global<T>;

inline constexpr ModelTraits traits = M::traits;
/// Reclaims what is unreachable, except cycles, without being told.
inline constexpr bool counts_only =
    traits.reclaims && !traits.wants_discard && !traits.collects_cycles;

/// A link of a list: acyclic, 16 bytes as asked for.
struct Link : M::template Object<Link> {
  Field<Link> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Link::next}; }
};

/// One of two that may point at each other.
struct Twin : M::template Object<Twin, Cyclic> {
  Field<Twin> other;
  Field<Link> tail;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Twin::other, &Twin::tail}; }
};

/// An object that many threads lock.
struct Locked : M::template Object<Locked, Monitored> {
  Field<Link> head;
  std::int64_t value = 0;
  std::int64_t turn = 0;
  static constexpr auto refs() { return std::tuple{&Locked::head}; }
};

/// Gives up the object: a promise where models listen or audit, an ordinary overwrite elsewhere.
template <class T>
void drop(Mutator& m, Local<T>& local) {
  if constexpr (discards<M>) {
    m.discard(local);
  } else {
    local = nullptr;
  }
}

/// Gives up a list, link by link, so that models that free by hand leave nothing.
inline void drop_list(Mutator& m, Local<Link>& head) {
  if constexpr (discards<M>) {
    while (head) {
      Local<Link> next{m, m.load(head, &Link::next)};
      m.discard(head);
      head = m.escape(next);
    }
  } else {
    head = nullptr;
  }
}

/// A list whose keys count down from `length` - 1 to 0, made head last.
inline Fresh<Link> make_list(Mutator& m, std::int64_t length) {
  Local<Link> head{m};
  for (std::int64_t key = 0; key < length; ++key) {
    Local<Link> link{m, m.make<Link>()};
    link->key = key;
    m.store(link, &Link::next, head);
    head = m.escape(link);
  }
  return m.escape(head);
}

/// How many keys, counting down to 0, the list still has in order.
inline std::int64_t intact_length(Mutator& m, const Local<Link>& head) {
  std::int64_t length = 0;
  Local<Link> link{m, m.copy(head)};
  const std::int64_t first = link ? link->key : -1;
  while (link && link->key == first - length) {
    ++length;
    link = m.load(link, &Link::next);
  }
  return length;
}

/// Makes and gives up `objects` links whose every byte is used: what reused memory looks like.
inline void churn(Mutator& m, int objects) {
  for (int i = 0; i < objects; ++i) {
    Local<Link> dirt{m, m.make<Link>()};
    dirt->key = -1;
    drop(m, dirt);
    Local<Blob> dirty_blob{m, m.make_blob(static_cast<std::size_t>(i % 200))};
    for (std::size_t b = 0; b < dirty_blob->size(); ++b) dirty_blob->data()[b] = std::byte{0xff};
    drop(m, dirty_blob);
  }
}

/// Runs f(mutator, thread) in `threads` threads with a mutator each, and waits for all of them.
/// The caller must not hold a mutator of the heap, or be inside blocking().
template <class F>
void with_mutators(Heap& heap, int threads, F&& f) {
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([&heap, &f, thread] {
      Mutator m{heap};
      f(m, thread);
    });
  }
  for (std::thread& one : running) one.join();
}

/// The row of a type in a census; all zero when the type does not occur.
inline TypeCensus row_of(const Census& census, std::string_view type) {
  for (const TypeCensus& row : census.types) {
    if (row.type == type) return row;
  }
  return {};
}

/// For programs whose every object was unreachable, and discarded where that is asked for.
inline void expect_nothing_left(const Census& census) {
  EXPECT_EQ(census.leaked_objects, traits.reclaims ? 0 : census.allocated_objects);
  EXPECT_EQ(census.leaked_bytes, traits.reclaims ? 0 : census.allocated_bytes);
}

/// The same where many threads referred to one object at a time. A model that loses updates breaks
/// this law; its own tests see to it that it does.
inline void expect_nothing_shared_left(const Census& census) {
  if constexpr (!traits.loses_updates) expect_nothing_left(census);
}

}  // namespace reclaim::conformance
