// Unreachable cycles over atomic counts: trial deletion with the world stopped (Bacon and Rajan,
// "Concurrent cycle collection in reference counted systems", ECOOP 2001: the synchronous
// algorithm, after Lins 1992).
//
// A cycle becomes unreachable when a reference to one of its objects is given up that was not the
// last. So each object to which that happens is a possible root of one, and is put into a buffer,
// once, before the count goes down: afterwards it may be gone. When there are enough of them, one
// mutator stops the others and looks:
//   mark     everything that the possible roots reach is visited, and for each
//                references = count - references from objects that are visited
//   restore  what has some left is reachable from outside; so is what it refers to
//   collect  the rest is garbage
// An object that dies while it stands in a buffer is taken apart at once, but its memory is given
// back only when the buffer is looked at.
//
// Where a buffer of n possible roots reaches m objects, the next collection comes after max(n, m)
// more of them: so whatever the program does, each root pays for a bounded number of visits.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "boundary/stops.h"
#include "boundary/type_info.h"
#include "models/rc/header.h"

namespace reclaim::rc {

/// A policy of rc::Model, as those in cycles.h.
struct TrialDeletion {
  /// How many possible roots a mutator gathers before the first collection.
  static constexpr std::size_t roots_least = 10'000;

  /// Kept by the heap.
  template <class Header>
  class Collector;
};

template <class Header>
class TrialDeletion::Collector {
  enum class Life : std::uint8_t { lasts, ending, over };
  enum class Colour : std::uint8_t { black, gray };

  /// In front of each watched object.
  struct Prefix {
    Header* next_root = nullptr;
    std::uint32_t references = 0;  ///< that come from outside, as far as known
    std::atomic<bool> buffered{false};
    Life life = Life::lasts;
    Colour colour = Colour::black;  ///< gray: visited, and not yet known to be reachable
  };
  static_assert(sizeof(Prefix) == 16);

  /// A list through the prefixes.
  struct Roots {
    Header* first = nullptr;
    std::size_t count = 0;

    void push(Header* object) {
      prefix_of(object).next_root = std::exchange(first, object);
      ++count;
    }
    Header* pop() {
      --count;
      return std::exchange(first, prefix_of(first).next_root);
    }
    void splice(Roots& other) {
      while (other.first != nullptr) push(other.pop());
    }
  };

 public:
  static constexpr bool collects = true;

  bool runs_by_itself = true;

  /// Only objects that may be part of a cycle: an array may, through what its elements refer to.
  template <class T>
  static constexpr bool watches() {
    return T::shape == Shape::array || T::is_cyclic;
  }
  static bool watches(const TypeInfo& type) { return type.shape == Shape::array || type.cyclic; }
  template <class T>
  static constexpr std::size_t prefix_bytes() {
    return watches<T>() ? sizeof(Prefix) : 0;
  }
  static std::size_t prefix_bytes(const TypeInfo& type) {
    return watches(type) ? sizeof(Prefix) : 0;
  }

  /// The possible roots that a mutator has found.
  class OfMutator {
   public:
    explicit OfMutator(Collector& collector) : collector_(collector) {
      const std::lock_guard lock(collector_.mutex_);
      collector_.mutators_.push_back(this);
    }
    ~OfMutator() {
      const std::lock_guard lock(collector_.mutex_);
      std::erase(collector_.mutators_, this);
      collector_.left_count_.fetch_add(roots_.count, std::memory_order_relaxed);
      collector_.left_.splice(roots_);
    }
    OfMutator(const OfMutator&) = delete;
    OfMutator& operator=(const OfMutator&) = delete;

    /// A reference to the object is about to be given up by who holds it.
    template <class T>
    [[gnu::always_inline]] void before_release(T* object) {
      if constexpr (watches<T>()) {
        if (object->count.value() != 1) add(object);
      }
    }
    void before_release(Header* object) {
      if (watches(object->type()) && object->count.value() != 1) add(object);
    }

   private:
    friend class Collector;
    void add(Header* object) {
      std::atomic<bool>& buffered = prefix_of(object).buffered;
      if (buffered.load(std::memory_order_relaxed)) return;
      if (!buffered.exchange(true, std::memory_order_relaxed)) roots_.push(object);
    }

    Collector& collector_;
    typename Collector::Roots roots_;
  };

  template <class T>
  void on_make(Header* object) {
    if constexpr (watches<T>()) new (&prefix_of(object)) Prefix;
  }
  /// Whether the memory of the dead object may be given back now.
  template <class T>
  static bool on_free(Header* object) {
    if constexpr (watches<T>()) {
      Prefix& prefix = prefix_of(object);
      if (prefix.buffered.load(std::memory_order_relaxed)) {
        prefix.life = Life::over;
        return false;
      }
    }
    return true;
  }
  /// The object is dead, and will be taken apart later: its count is no count any more.
  template <class T>
  static void on_death(T* object) {
    if constexpr (std::is_same_v<T, Header>) {
      if (!watches(object->type())) return;
    } else if constexpr (!watches<T>()) {
      return;
    }
    prefix_of(object).life = Life::ending;
  }

  /// Collects when there are enough possible roots.
  template <class T, class Reclaimer, class Locking>
  void before_make(Reclaimer& reclaimer, Locking& locking) {
    if constexpr (watches<T>()) {
      const std::size_t found =
          reclaimer.roots().roots_.count + left_count_.load(std::memory_order_relaxed);
      if (found >= enough_.load(std::memory_order_relaxed)) [[unlikely]] {
        collect_due(reclaimer, locking);
      }
    }
  }
  /// The caller is alone.
  template <class Reclaimer>
  void collect(Reclaimer& reclaimer);

 private:
  static Prefix& prefix_of(Header* object) { return *(reinterpret_cast<Prefix*>(object) - 1); }
  static bool is_gray(Header* object) { return prefix_of(object).colour == Colour::gray; }

  template <class F>
  static void for_each_watched_child(Header* object, F&& f) {
    for_each_child(object, object->type(), [&](Header* child) {
      if (watches(child->type())) f(child);
    });
  }

  template <class Reclaimer, class Locking>
  [[gnu::noinline]] void collect_due(Reclaimer& reclaimer, Locking& locking) {
    if (!runs_by_itself) return;
    locking.alone(StopCause::cycle_gc, [&] { collect(reclaimer); });
  }

  /// The possible roots of all mutators, but for those that have died.
  template <class Reclaimer>
  std::vector<Header*> take_roots(Reclaimer& reclaimer);
  /// Visits all that they reach, in the order of the result.
  std::vector<Header*> mark(const std::vector<Header*>& roots);
  /// Blackens what is reachable from outside.
  static void restore(const std::vector<Header*>& visited);
  template <class Reclaimer>
  static void delete_garbage(const std::vector<Header*>& garbage, Reclaimer& reclaimer);

  std::mutex mutex_;
  std::vector<OfMutator*> mutators_;        // guarded by mutex_
  Roots left_;                              // guarded by mutex_: of mutators that have gone
  std::atomic<std::size_t> left_count_{0};  ///< of those, what no collection has looked at
  std::atomic<std::size_t> enough_{roots_least};
};

template <class Header>
template <class Reclaimer>
void TrialDeletion::Collector<Header>::collect(Reclaimer& reclaimer) {
  const std::vector<Header*> roots = take_roots(reclaimer);
  std::vector<Header*> visited = mark(roots);
  enough_.store(std::max({roots_least, roots.size(), visited.size()}), std::memory_order_relaxed);
  restore(visited);
  std::erase_if(visited, [](Header* object) { return !is_gray(object); });
  delete_garbage(visited, reclaimer);
  // Roots that were found while the garbage was taken apart, and died of it.
  for (Header* object : take_roots(reclaimer)) {
    prefix_of(object).buffered.store(true, std::memory_order_relaxed);
    reclaimer.roots().roots_.push(object);
  }
}

template <class Header>
template <class Reclaimer>
std::vector<Header*> TrialDeletion::Collector<Header>::take_roots(Reclaimer& reclaimer) {
  Roots all;
  const std::lock_guard lock(mutex_);
  all.splice(left_);
  left_count_.store(0, std::memory_order_relaxed);
  for (OfMutator* mutator : mutators_) all.splice(mutator->roots_);
  std::vector<Header*> roots;
  while (all.first != nullptr) {
    Header* object = all.pop();
    Prefix& prefix = prefix_of(object);
    switch (prefix.life) {
      case Life::lasts:
        prefix.buffered.store(false, std::memory_order_relaxed);
        roots.push_back(object);
        break;
      case Life::ending:  // has still to be taken apart
        left_.push(object);
        break;
      case Life::over:
        reclaimer.memory().release(&prefix);
    }
  }
  return roots;
}

template <class Header>
std::vector<Header*> TrialDeletion::Collector<Header>::mark(const std::vector<Header*>& roots) {
  std::vector<Header*> visited;
  const auto visit = [&visited](Header* object) {
    if (is_gray(object)) return;
    prefix_of(object).colour = Colour::gray;
    prefix_of(object).references = object->count.value();
    visited.push_back(object);
  };
  for (Header* root : roots) visit(root);
  for (std::size_t i = 0; i < visited.size(); ++i) {  // which grows meanwhile
    for_each_watched_child(visited[i], [&](Header* child) {
      visit(child);
      --prefix_of(child).references;
    });
  }
  return visited;
}

template <class Header>
void TrialDeletion::Collector<Header>::restore(const std::vector<Header*>& visited) {
  std::vector<Header*> reachable;
  const auto blacken = [&reachable](Header* object) {
    if (!is_gray(object)) return;
    prefix_of(object).colour = Colour::black;
    reachable.push_back(object);
  };
  for (Header* object : visited) {
    if (prefix_of(object).references != 0) blacken(object);
    while (!reachable.empty()) {
      Header* next = reachable.back();
      reachable.pop_back();
      for_each_watched_child(next, blacken);
    }
  }
}

/// Holds all of it, clears the references, which breaks the cycles, and lets go: counting does the
/// rest.
template <class Header>
template <class Reclaimer>
void TrialDeletion::Collector<Header>::delete_garbage(const std::vector<Header*>& garbage,
                                                      Reclaimer& reclaimer) {
  for (Header* object : garbage) object->count.retain();
  for (Header* object : garbage) {
    for_each_child(object, object->type(), [&](Header*& slot) {
      Header* child = std::exchange(slot, nullptr);
      if (watches(child->type()) && is_gray(child)) {
        child->count.release();  // it is held, and no root of anything
      } else if (reclaimer.release(child)) {
        reclaimer.bury(child, nullptr);
      }
    });
  }
  for (Header* object : garbage) {
    prefix_of(object).colour = Colour::black;
    if (reclaimer.release(object)) reclaimer.bury(object, nullptr);
  }
}

}  // namespace reclaim::rc
