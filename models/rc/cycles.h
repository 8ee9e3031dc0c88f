// Unreachable cycles: a policy of rc::Model.
//   CyclesLeak          nothing is done about them, as in Swift, Rust and C++
//   GenerationalCycles  CPython 3.11's collector (Modules/gcmodule.c, by Neil Schemenauer after an
//                       idea of Tim Peters), with its thresholds and its rule for full collections
//   TrialDeletion       where no lock keeps the counts still (trial_deletion.h)
//
// How CPython finds garbage among counted objects, without knowing any root: of the objects of the
// young generations, take each one's count, and subtract the references that come from among them.
// What is left over comes from outside. Whoever has some left is reachable, and so is everything
// that it refers to; the rest is garbage. That is exact, for under counting every reference that is
// not in an object (Locals, Fresh, Globals, pins) is counted too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "boundary/stops.h"
#include "boundary/type_info.h"
#include "models/rc/gc_list.h"
#include "models/rc/header.h"

namespace reclaim::rc {

/// What a mutator keeps for a collector that asks nothing of it.
template <class Collector>
struct NoPossibleRoots {
  explicit NoPossibleRoots(Collector&) {}
  template <class T>
  static void before_release(T*) {}
};

struct CyclesLeak {
  /// Kept by the heap. Does nothing.
  template <class Header>
  struct Collector {
    static constexpr bool collects = false;
    template <class T>
    static constexpr std::size_t prefix_bytes() {
      return 0;
    }
    static constexpr std::size_t prefix_bytes(const TypeInfo&) { return 0; }
    using OfMutator = NoPossibleRoots<Collector>;
    template <class T>
    void on_make(Header*) {}
    template <class T>
    static constexpr bool on_free(Header*) {
      return true;
    }
    template <class T, class Reclaimer, class Locking>
    void before_make(Reclaimer&, Locking&) {}
    template <class Reclaimer>
    void collect(Reclaimer&) {}
  };
};

struct GenerationalCycles {
  static constexpr std::size_t generation_count = 3;
  /// gc.get_threshold() of CPython 3.11.
  static constexpr std::array<std::uint32_t, generation_count> thresholds{700, 10, 10};

  /// Kept by the heap. One thread at a time.
  template <class Header>
  class Collector;
};

template <class Header>
class GenerationalCycles::Collector {
 public:
  static constexpr bool collects = true;
  using OfMutator = NoPossibleRoots<Collector>;

  bool runs_by_itself = true;  ///< as after gc.enable()

  /// Only containers are watched: objects of types with references.
  template <class T>
  static constexpr bool watches() {
    return T::shape == Shape::array || ref_count_of<T>() != 0;
  }
  static bool watches(const TypeInfo& type) {
    return type.shape == Shape::array || type.ref_count != 0;
  }
  template <class T>
  static constexpr std::size_t prefix_bytes() {
    return watches<T>() ? sizeof(GcHead) : 0;
  }
  static std::size_t prefix_bytes(const TypeInfo& type) {
    return watches(type) ? sizeof(GcHead) : 0;
  }

  template <class T>
  void on_make(Header* object) {
    if constexpr (watches<T>()) {
      (new (head_of(object)) GcHead)->append_to(generations_[0].objects);
    }
  }
  /// Whether the memory of the dead object may be given back now: always.
  template <class T>
  bool on_free(Header* object) {
    if constexpr (watches<T>()) {
      head_of(object)->unlink();
      if (generations_[0].count > 0) --generations_[0].count;
    }
    return true;
  }

  /// The object is dead, and may be freed much later: it stands in no list of a generation from
  /// here on, but in one of its own, which on_free may take it out of once more.
  template <class T>
  void on_death(T* object) {
    if constexpr (std::is_same_v<T, Header>) {
      if (!watches(object->type())) return;
    } else if constexpr (!watches<T>()) {
      return;
    }
    GcHead* head = head_of(object);
    head->unlink();
    head->reset();
  }

  /// Counts an allocation, and collects when it is one too many.
  template <class T, class Reclaimer, class Locking>
  void before_make(Reclaimer& reclaimer, Locking& locking) {
    if constexpr (watches<T>()) {
      if (++generations_[0].count > thresholds[0]) [[unlikely]] {
        collect_due(reclaimer, locking);
      }
    }
  }

  /// A full collection, as gc.collect(). The caller is alone.
  template <class Reclaimer>
  void collect(Reclaimer& reclaimer) {
    collect_generation(generation_count - 1, reclaimer);
  }

  /// All objects that may be part of a ring.
  std::vector<const void*> watched() const {
    std::vector<const void*> all;
    for (const Generation& generation : generations_) {
      for (const GcHead* head = generation.objects.next(); head != &generation.objects;
           head = head->next()) {
        all.push_back(head + 1);
      }
    }
    return all;
  }

  /// For tests: how often each generation was collected, and which one an object is in.
  std::uint64_t collections(std::size_t generation) const {
    return generations_[generation].collections;
  }
  std::size_t objects(std::size_t generation) const {
    std::size_t n = 0;
    const GcHead& list = generations_[generation].objects;
    for (const GcHead* head = list.next(); head != &list; head = head->next()) ++n;
    return n;
  }

 private:
  struct Generation {
    GcHead objects;
    std::uint32_t count = 0;  ///< 0: allocations minus frees; else collections of the one below
    std::uint64_t collections = 0;
  };

  static GcHead* head_of(Header* object) { return reinterpret_cast<GcHead*>(object) - 1; }
  static Header* object_of(GcHead* head) { return reinterpret_cast<Header*>(head + 1); }

  /// Calls f(GcHead&) for each container that the object refers to.
  template <class F>
  static void for_each_watched_child(GcHead* head, F&& f) {
    Header* object = object_of(head);
    for_each_child(object, object->type(), [&](Header* child) {
      if (watches(child->type())) f(*head_of(child));
    });
  }

  /// The oldest generation whose count is over its threshold. A full collection waits until the
  /// objects that have survived the middle generation since the last one are a quarter of all that
  /// survived it: else n objects that stay would be looked at O(n^2) times in all.
  template <class Reclaimer, class Locking>
  [[gnu::noinline]] void collect_due(Reclaimer& reclaimer, Locking& locking) {
    if (!runs_by_itself) {
      generations_[0].count = 0;
      return;
    }
    for (std::size_t i = generation_count; i-- > 0;) {
      if (generations_[i].count <= thresholds[i]) continue;
      if (i == generation_count - 1 && long_lived_pending_ < long_lived_total_ / 4) continue;
      locking.alone(StopCause::cycle_gc, [&] { collect_generation(i, reclaimer); });
      break;
    }
  }

  template <class Reclaimer>
  void collect_generation(std::size_t generation, Reclaimer& reclaimer) {
    const bool full = generation == generation_count - 1;
    if (!full) ++generations_[generation + 1].count;
    for (std::size_t i = 0; i <= generation; ++i) generations_[i].count = 0;
    for (std::size_t i = 0; i < generation; ++i) {
      generations_[generation].objects.merge(generations_[i].objects);
    }
    ++generations_[generation].collections;
    GcHead& young = generations_[generation].objects;
    GcHead& old = full ? young : generations_[generation + 1].objects;

    GcHead unreachable;
    const std::size_t watched = update_references(young);
    subtract_references(young);
    const std::size_t garbage = move_unreachable(young, unreachable);
    const std::size_t survivors = watched - garbage;
    if (full) {
      long_lived_pending_ = 0;
      long_lived_total_ = survivors;
    } else {
      if (generation == generation_count - 2) long_lived_pending_ += survivors;
      old.merge(young);
    }
    delete_garbage(unreachable, old, reclaimer);
  }

  /// references = count, for each young object. Returns how many there are.
  static std::size_t update_references(GcHead& young) {
    std::size_t n = 0;
    for (GcHead* head = young.next(); head != &young; head = head->next()) {
      head->start_collecting(object_of(head)->count.value());
      ++n;
    }
    return n;
  }

  /// references = count - (references from young objects).
  static void subtract_references(GcHead& young) {
    for (GcHead* head = young.next(); head != &young; head = head->next()) {
      for_each_watched_child(head, [](GcHead& child) {
        if (child.collecting()) child.subtract_reference();
      });
    }
  }

  /// Splits `young`: what can be reached from outside stays, the rest goes to `unreachable`. An
  /// object without references from outside is moved there tentatively, and back to the end of
  /// `young` when a reachable one turns out to refer to it. The prev words of `young`, which held
  /// the numbers of references, become links again on the way. Returns how many are unreachable.
  static std::size_t move_unreachable(GcHead& young, GcHead& unreachable) {
    std::size_t moved = 0;
    GcHead* prev = &young;
    GcHead* head = young.next();
    while (head != &young) {
      if (head->references() != 0) {
        for_each_watched_child(head, [&](GcHead& child) {
          if (!child.collecting()) return;
          if (child.unreachable()) {
            move_back(child, young);
            --moved;
          } else if (child.references() == 0) {
            child.set_references(1);
          }
        });
        head->set_prev(prev);
        head->clear_collecting();
        prev = head;
      } else {
        prev->set_next(head->next());
        head->append_to(unreachable);
        head->set_unreachable();
        ++moved;
      }
      head = prev->next();
    }
    young.set_prev(prev);
    for (head = unreachable.next(); head != &unreachable; head = head->next()) {
      head->clear_unreachable();
    }
    return moved;
  }

  static void move_back(GcHead& head, GcHead& young) {
    head.unlink();
    head.clear_unreachable();
    head.append_to(young);
    head.set_references(1);
  }

  /// Clears the references of each, which breaks the cycles: counting does the rest.
  template <class Reclaimer>
  static void delete_garbage(GcHead& unreachable, GcHead& old, Reclaimer& reclaimer) {
    while (!unreachable.empty()) {
      GcHead* head = unreachable.next();
      Header* object = object_of(head);
      object->count.retain();
      for_each_child(object, object->type(), [&](Header*& slot) {
        Header* child = slot;
        slot = nullptr;
        if (reclaimer.release(child)) reclaimer.bury(child, nullptr);
      });
      if (reclaimer.release(object)) {
        reclaimer.bury(object, nullptr);
      } else {
        head->clear_collecting();
        head->unlink();
        head->append_to(old);
      }
    }
  }

  std::array<Generation, generation_count> generations_;
  std::size_t long_lived_pending_ = 0;  ///< survivors of the middle generation since the last full
  std::size_t long_lived_total_ = 0;    ///< survivors of the last full collection
};

}  // namespace reclaim::rc
