// What does not keep alive: weak references, ephemerons, and objects whose end somebody wants to
// hear of. Each such object is listed when it is made, and a collection looks at the lists once it
// has traced everything else. Their hidden words are in no refs(), so tracing passes them by, and
// they are written once, when the object is new, so no barrier watches them.
//
// A list is in two parts. An entry is young while the object or anything that it refers to is: a
// minor collection looks at those, a major one at all. What has been cleared, or is dead, leaves
// the list.
//
// Order within a collection (Java's): ephemerons to a fixed point, for a value may reach the key of
// another (Hayes 1997; a chain that lies in the list in reverse order takes a round a link); then
// weak references to what is dead all the same; then the dead whose hook is to be called. The hooks
// themselves run after the world has resumed, in the thread that has collected: they may take
// locks and time, and a stopped world has no use for either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "boundary/type_info.h"
#include "models/gen/kind.h"

namespace reclaim::gen {

/// A reference that keeps nothing alive. An object like any other; the referent is set once.
template <class T>
class Weak : public ObjectLayout::Head {
 public:
  static constexpr Shape shape = Shape::record;
  static constexpr Role role = Role::weak;
  static constexpr bool is_cyclic = false;
  static constexpr bool is_monitored = false;
  static constexpr bool is_weakly_referenced = false;
  static constexpr std::string_view name_of_type() { return "Weak"; }
  static constexpr std::size_t overhead_bytes() { return head_bytes; }

  T* referent = nullptr;  ///< null: reclaimed
};

/// Keeps the value alive while the key is; both are set once.
template <class K, class V>
class Ephemeron : public ObjectLayout::Head {
 public:
  static constexpr Shape shape = Shape::record;
  static constexpr Role role = Role::ephemeron;
  static constexpr bool is_cyclic = true;
  static constexpr bool is_monitored = false;
  static constexpr bool is_weakly_referenced = false;
  static constexpr std::string_view name_of_type() { return "Ephemeron"; }
  static constexpr std::size_t overhead_bytes() { return head_bytes; }

  K* key = nullptr;  ///< null: reclaimed, and then so is the value
  V* value = nullptr;
};

/// Any of them, as the collector sees it.
using AnyWeak = Weak<Object>;
using AnyEphemeron = Ephemeron<Object, Object>;

/// A collection that has traced all it could, as the lists see it:
///   survivor(object)  where the object is now; null: it is dead as far as is known
///   keep(slot)        the slot's object is alive after all
///   drain()           traces what that entails
///   is_young(object)  whether the next minor collection has to look at it
class WeakTracing {
 public:
  virtual Object* survivor(Object* object) = 0;
  virtual void keep(Object** slot) = 0;
  virtual void drain() = 0;
  virtual bool is_young(const Object* object) const = 0;

 protected:
  ~WeakTracing() = default;
};

/// One per heap. Mutators add, thread-safe; the collector has stopped the world.
class WeakTable {
 public:
  // The object is new and complete.
  void add_weak(Object* weak) { add(weaks_, weak); }
  void add_ephemeron(Object* ephemeron) { add(ephemerons_, ephemeron); }
  void add_hooked(Object* object) { add(hooked_, object); }

  /// Clears what refers to the dead, and keeps the values of living keys. Before any space is
  /// freed. Minor: old objects count as alive.
  void after_tracing(WeakTracing& tracing, bool major);

  /// The objects will be slid: moved(object) says where to. Before they are.
  template <class Moved>
  void update(Moved&& moved) {
    const auto update = [&](Object*& slot) {
      if (slot != nullptr) slot = moved(slot);
    };
    weaks_.for_each([&](Object*& weak) {
      update(static_cast<AnyWeak*>(weak)->referent);
      update(weak);
    });
    ephemerons_.for_each([&](Object*& ephemeron) {
      update(static_cast<AnyEphemeron*>(ephemeron)->key);
      update(static_cast<AnyEphemeron*>(ephemeron)->value);
      update(ephemeron);
    });
    hooked_.for_each(update);
  }

  /// Calls the hooks of the objects that collections have found dead, each once, outside of any
  /// lock. The world runs. Thread-safe.
  void call_hooks();

  std::size_t metadata_bytes() const;

 private:
  friend class Verifier;

  struct List {
    std::vector<Object*> young, old;
    template <class F>
    void for_each(F&& f) {
      for (Object*& entry : young) f(entry);
      for (Object*& entry : old) f(entry);
    }
  };
  /// An object's last words.
  struct Told {
    void (*hook)(const void* data);
    alignas(void*) std::byte data[reclaim_data_bytes_most];
  };

  void add(List& list, Object* object) {
    const std::lock_guard lock(mutex_);
    list.young.push_back(object);
  }
  /// Takes out the entries that this collection looks at.
  static std::vector<Object*> take(List& list, bool major);
  void keep_values(WeakTracing& tracing, bool major);
  void clear_weaks(WeakTracing& tracing, bool major);
  void find_dead(WeakTracing& tracing, bool major);

  std::mutex mutex_;  ///< mutators against each other
  List weaks_, ephemerons_, hooked_;
  std::mutex told_mutex_;
  std::vector<Told> told_;
};

}  // namespace reclaim::gen
