// Gives memory to objects and takes it back: the part of a mutator that knows the allocator, the
// census and the cycle collector's books. A dead object's references are released at once, and what
// dies of that waits in a list threaded through the dead (header.h): neither recursion nor memory.
//
// Where a long stop is worse than memory that is given back late, a cascade may be cut into pieces
// (HeapOptions::free_at_most; lazy freeing: Weizenbaum, "Symmetric list processor", CACM 6(9),
// 1963): one operation takes so many apart, and the dead that still wait are put off until the next
// make or poll. A piece is a number of objects, not a time: an array gives up all its elements in
// one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "boundary/stops.h"
#include "boundary/type_info.h"
#include "measure/clock.h"
#include "models/parts/cell_references.h"
#include "models/parts/layout.h"
#include "models/parts/memory_of_mutator.h"
#include "models/parts/sited_memory.h"
#include "models/rc/discard_audit.h"
#include "models/rc/header.h"

namespace reclaim::rc {

/// One per mutator, and one of the heap for what dies when no mutator is there.
///   Layout   parts::Layout<Header>
///   Parties  what heap and mutator keep for the counts (counts.h: SameForAll), and its Memory:
///            allocate, allocate_zeroed, reallocate, release
///   Cycles   what the cycle collector of the heap wants to know of each object
///   Cell     parts::WeakCell: where weak references to an object meet
template <class Counting, class Layout, class Header, class Parties, class Cycles, class Cell>
class Reclaimer {
  using Memory = parts::MemoryOfMutator<parts::MemoryFor<Counting, typename Parties::Memory>,
                                        typename Parties::OfHeap>;

 public:
  /// `free_at_most`: HeapOptions::free_at_most.
  Reclaimer(Cycles& cycles, DiscardAudit<Header>& audit, typename Parties::OfHeap& parties,
            std::uint64_t free_at_most)
      : cycles_(cycles),
        audit_(audit),
        most_(free_at_most == 0 ? no_limit : free_at_most),
        roots_(cycles),
        party_(parties),
        memory_(parties) {
    static const bool filled = fill_runs();
    static_cast<void>(filled);
  }

  template <class T>
  void* allocate(std::size_t bytes) {
    constexpr std::size_t prefix = Cycles::template prefix_bytes<T>();
    return static_cast<std::byte*>(memory_.allocate(prefix + bytes)) + prefix;
  }
  template <class T>
  void* allocate_zeroed(std::size_t bytes) {
    constexpr std::size_t prefix = Cycles::template prefix_bytes<T>();
    return static_cast<std::byte*>(memory_.allocate_zeroed(prefix + bytes)) + prefix;
  }
  /// Books a new object.
  template <class T>
  void made(T* object) {
    static_cast<void>(&registrar<T>);  // its end may have to be found by the number of its type
    object->set_type(type_info<T>());
    party_.on_make(object);
    counting_.template on_make<T>(Layout::asked_bytes(object));
    cycles_.template on_make<T>(object);
  }

  /// For the census by site: beside made(), and when the object goes.
  template <class T>
  void note_site(T* object, Site site) {
    if constexpr (Counting::by_site) {
      parts::SiteMark::of(object, Cycles::template prefix_bytes<T>()).number =
          counting_.on_make_at(type_info<T>(), site, Layout::asked_bytes(object));
    }
  }
  template <class T>
  void forget_site(T* object) {
    if constexpr (Counting::by_site) {
      counting_.on_reclaim_at(
          parts::SiteMark::of(object, Cycles::template prefix_bytes<T>()).number,
          Layout::asked_bytes(object));
    }
  }

  /// Takes a reference; the caller has one.
  [[gnu::always_inline]] void retain(Header* object) { party_.retain(object); }
  /// Takes a reference to an object that may be dying; false: it is.
  bool try_retain(Header* object) { return party_.try_retain(object); }
  /// Whether the caller's reference is known to be the only one.
  bool is_sole(Header* object) const { return party_.is_sole(object); }

  /// Gives up a reference. True: it was the last, weak references to the object are null, and the
  /// dead object is the caller's to bury.
  template <class T>
  [[gnu::always_inline]] bool release(T* object) {
    roots_.before_release(object);
    if constexpr (T::is_weakly_referenced) return release_observed(object);
    return party_.release(object);
  }
  /// The same for an object whose type is known only at run time.
  bool release(Header* object) {
    roots_.before_release(object);
    if (object->type().weak_word_offset != 0) return release_observed(object);
    return party_.release(object);
  }
  /// Weak references to the object are null from here on.
  template <class T>
  static void clear_weak_references(T* object) {
    if (Cell* cell = cell_of(object)) cell->clear();
  }

  /// Takes apart an object whose count has come to zero, and all that dies of it, or as many as may
  /// be at once. A stop from free_cascade_least objects on, unless `stops` is null.
  template <class T>
  void bury(T* dead, StopLog* stops) {
    Cascade cascade{put_off_, most_};
    run<T>(dead, cascade);
    finish(cascade, stops);
  }
  /// The same for an object whose type is known only at run time.
  void bury(Header* dead, StopLog* stops) {
    Cascade cascade{dead, most_};
    dead->set_next_dead(put_off_);
    if (lazy()) unwatch(dead);
    finish(cascade, stops);
  }

  /// Whether a cascade was cut short, and some of the dead wait for go_on.
  bool has_put_off() const { return put_off_ != nullptr; }
  /// Takes apart as many of them as may be at once.
  [[gnu::noinline]] void go_on(StopLog& stops) {
    Cascade cascade{put_off_, most_};
    finish(cascade, &stops);
  }
  /// Takes them all apart.
  void catch_up(StopLog& stops) {
    Cascade cascade{put_off_, no_limit};
    finish(cascade, &stops);
  }

  /// Whether other mutators have found references that this one has to give up.
  bool has_mail() const { return party_.has_mail(); }
  [[gnu::noinline]] void read_mail(StopLog& stops) {
    party_.read_mail([&](Header* dead) {
      if (dead->type().weak_word_offset != 0) clear_weak_references(dead);
      bury(dead, &stops);
    });
  }
  /// Ends a mutator's part: nothing waits for it any more.
  void leave(StopLog& stops) {
    do {
      read_mail(stops);
      catch_up(stops);
    } while (!party_.leave());
  }

  /// For the cycle collector: what this mutator keeps for it.
  typename Cycles::OfMutator& roots() { return roots_; }
  Memory& memory() { return memory_; }
  const typename Parties::OfMutator& party() const { return party_; }
  Counting& counting() { return counting_; }

 private:
  /// Reading the clock at every death would cost more than the death. So it is read at object
  /// number clock_from, which most cascades do not reach, and the time of those before is taken to
  /// be what the later ones took on average:
  ///   duration = (end - begin) * n / (n - clock_from)      n >= free_cascade_least = 2 clock_from
  static constexpr std::uint64_t clock_from = free_cascade_least / 2;
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  struct Cascade {
    Cascade(Header* dead, std::uint64_t at_most)
        : waiting(dead), most(at_most), look_at(std::min(at_most, clock_from)) {}
    Header* waiting;           ///< the dead whose references are not released yet
    const std::uint64_t most;  ///< that may be buried
    std::uint64_t look_at;     ///< at which of them there is something to do
    std::uint64_t buried = 0;
    std::int64_t begin_ns = 0;

    bool is_cut_short() const { return buried == most; }
    void look() {
      if (buried == clock_from) begin_ns = now_ns();
      look_at = most;
    }
  };

  /// Buries `dead`, and goes on while the next to be buried is a T as well: the offsets of its
  /// references, its size and its place in the census are constants here. Of the Ts that die of an
  /// object the nearest in memory is next, the others wait. So trees built from the leaves and
  /// trees built from the root are both walked in the order in which they lie. (Were it always the
  /// last, as C++ destroys members, or always the first, one kind would cost 30 ns a node instead
  /// of 5 as soon as a tree is larger than the cache.)
  template <class T>
  void run(T* dead, Cascade& cascade) {
    Header* waiting = cascade.waiting;
    std::uint64_t buried = cascade.buried;
    const std::uint32_t type = type_info<T>().id;
    const bool may_be_put_off = lazy();
    const auto wait = [&]<class V>(V* object) {
      if (may_be_put_off) unwatch(object);
      object->set_next_dead(waiting);
      waiting = object;
    };
    while (true) {
      T* next = nullptr;
      if constexpr (has_reclaim_hook<T>) T::on_reclaim(reclaim_data_of(dead));
      if constexpr (T::is_weakly_referenced) end_ephemerons(dead, wait);
      if constexpr (parts::refers_through_cell<T>) part(dead->part());
      for_each_field(
          dead, [&]<class V>(V * child) __attribute__((always_inline)) {
            if (child == nullptr || !release(child)) return;
            if constexpr (std::is_same_v<V, T>) {
              if (next != nullptr) {
                put_nearer_first(dead, next, child);
                wait(child);
              } else {
                next = child;
              }
            } else {
              wait(child);
            }
          });
      free(dead);
      if (++buried == cascade.look_at) [[unlikely]] {
        cascade.buried = buried;
        cascade.look();
        if (cascade.is_cut_short()) {
          if (next != nullptr) wait(next);
          break;
        }
      }
      if (next == nullptr) {
        if (waiting == nullptr || waiting->type_id() != type) break;
        next = static_cast<T*>(waiting);
        waiting = waiting->next_dead();
      }
      dead = next;
    }
    cascade.waiting = waiting;
    cascade.buried = buried;
  }

  void finish(Cascade& cascade, StopLog* stops) {
    while (cascade.waiting != nullptr && !cascade.is_cut_short()) {
      Header* dead = cascade.waiting;
      cascade.waiting = dead->next_dead();
      runs[dead->type_id()](*this, dead, cascade);
    }
    put_off_ = cascade.waiting;
    if (cascade.buried >= free_cascade_least && stops != nullptr) {
      const std::int64_t end_ns = now_ns();
      const auto measured = static_cast<double>(end_ns - cascade.begin_ns);
      const auto n = static_cast<double>(cascade.buried);
      const auto duration = static_cast<std::int64_t>(measured * n / (n - double{clock_from}));
      stops->record(StopCause::free_cascade, end_ns - duration, end_ns);
    }
  }

  bool lazy() const { return most_ != no_limit; }
  /// The dead may wait for long: the cycle collector must not meet them meanwhile.
  template <class T>
  void unwatch(T* dead) {
    if constexpr (Cycles::collects) cycles_.on_death(dead);
  }

  /// Exchanges a and b when b lies nearer to `from`. Without a branch: nobody could predict it.
  template <class T>
  static void put_nearer_first(const T* from, T*& a, T*& b) {
    const auto address = reinterpret_cast<std::uintptr_t>(from);
    const auto first = reinterpret_cast<std::uintptr_t>(a);
    const auto second = reinterpret_cast<std::uintptr_t>(b);
    const auto distance = [address](std::uintptr_t to) {
      const auto difference = static_cast<std::intptr_t>(to - address);
      return difference ^ (difference >> 63);  // |difference|, or one less
    };
    const auto exchange = (distance(second) - distance(first)) >> 63;  // all ones or zero
    const std::uintptr_t mask = (first ^ second) & static_cast<std::uintptr_t>(exchange);
    a = reinterpret_cast<T*>(first ^ mask);
    b = reinterpret_cast<T*>(second ^ mask);
  }

  /// Calls f(V* child) for each reference field. Inlined whole: it is the inner loop of dying.
  template <class T, class F>
  [[gnu::always_inline]] static void for_each_field(T* object, F&& f) {
    if constexpr (T::shape == Shape::array) {
      const std::size_t length = object->length();
      for (std::size_t i = 0; i < length; ++i) {
        f(Parties::held(parts::Access::slot(object->at(i))));
      }
    } else {
      for_each_field(object, f, std::make_index_sequence<ref_count_of<T>()>{});
    }
  }
  template <class T, class F, std::size_t... i>
  [[gnu::always_inline]] static void for_each_field(T* object, F& f, std::index_sequence<i...>) {
    if constexpr (sizeof...(i) != 0) {
      constexpr auto refs = T::refs();
      (f(Parties::held(parts::Access::slot(object->*std::get<i>(refs)))), ...);
    }
  }

  /// Weak references are null before the count's word becomes a link of the dead.
  template <class T>
  [[gnu::noinline]] bool release_observed(T* object) {
    return party_.release_observed(object, [object](auto dead) {
      Cell* const cell = cell_of(object);
      return cell == nullptr ? dead() : cell->clear_if(dead);
    });
  }

  static Cell* cell_of(parts::WeakWord& word) {
    return static_cast<Cell*>(word.cell.load(std::memory_order_acquire));
  }
  template <class T>
  static Cell* cell_of(T* object) {
    if constexpr (std::is_same_v<T, Header>) {
      auto* word = reinterpret_cast<std::byte*>(object) + object->type().weak_word_offset;
      return cell_of(*reinterpret_cast<parts::WeakWord*>(word));
    } else {
      return cell_of(static_cast<parts::WeakWord&>(*object));
    }
  }
  /// The key is dead: so are the values that nothing else refers to.
  template <class T, class Wait>
  void end_ephemerons(T* key, Wait&& wait) {
    Cell* cell = cell_of(key);
    if (cell == nullptr) return;
    for (bool more = true; more;) {
      const auto taken = cell->take_value();
      auto* const value = static_cast<Header*>(taken.value);
      if (value != nullptr && release(value)) wait(value);
      more = taken.more;
    }
    part(cell);
  }
  void part(Cell* cell) {
    if (cell != nullptr && cell->release()) memory_.release(cell);
  }

  template <class T>
  void free(T* object) {
    counting_.template on_reclaim<T>(Layout::asked_bytes(object));
    forget_site(object);
    const bool is_free = cycles_.template on_free<T>(object);
    if constexpr (checked && !Parties::keeps_the_dead) scribble(object);
    if (!is_free) return;
    memory_.release(reinterpret_cast<std::byte*>(object) - Cycles::template prefix_bytes<T>());
  }

  /// What is left of a dead object: nothing, and a note that says so to a stale pointer.
  template <class T>
  void scribble(T* object) {
    audit_.on_death(object);
    const Site discarded_at = object->discarded() ? object->discarded_at : Site{"not discarded", 1};
    std::memset(static_cast<void*>(object), 0xdb, Layout::occupied_bytes(object));
    object->discarded_at = discarded_at;
  }

  /// How to bury an object of which only the number of its type is known. Each type made by such a
  /// model puts itself into a list before main, when types may not have their numbers yet; the
  /// first heap fills the table.
  using Run = void (*)(Reclaimer&, Header*, Cascade&);
  struct Registrar {
    Registrar(const TypeInfo& of, Run how) : type(of), run(how), next(first) { first = this; }
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;
    const TypeInfo& type;
    const Run run;
    Registrar* const next;
    static inline constinit Registrar* first = nullptr;
  };
  template <class T>
  static inline Registrar registrar{type_info<T>(),
                                    [](Reclaimer& self, Header* dead, Cascade& cascade) {
                                      self.run<T>(static_cast<T*>(dead), cascade);
                                    }};
  static inline constinit std::array<Run, max_types> runs{};

  static bool fill_runs() {
    for (Registrar* r = Registrar::first; r != nullptr; r = r->next) runs[r->type.id] = r->run;
    return true;
  }

  Cycles& cycles_;
  DiscardAudit<Header>& audit_;
  const std::uint64_t most_;   ///< that one operation buries
  Header* put_off_ = nullptr;  ///< the dead that wait
  [[no_unique_address]] typename Cycles::OfMutator roots_;
  [[no_unique_address]] typename Parties::OfMutator party_;
  [[no_unique_address]] Counting counting_;
  [[no_unique_address]] Memory memory_;
};

}  // namespace reclaim::rc
