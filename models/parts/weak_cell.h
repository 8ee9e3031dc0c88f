// Weak references where no collector finds them: the object's word leads to a cell, and so do all
// weak references to it, as in Swift's side tables and shared_ptr's control block. The cell
// outlives the object: it is counted by the object and by each Weak and Ephemeron.
//
//   object [.. word ]-----> cell [ referent | references | ephemerons ] <----- Weak, Weak,
//   Ephemeron
//                                     |
//          ^--------------------------+     null once the object is dead
//
// Who loads a weak reference looks at the referent inside the cell's slot (which may be a lock:
// the model says), and takes a reference of its own before it leaves. Who takes an object apart
// clears the referent first. So nobody holds the address of an object that is gone.
//
// The ephemerons of a key are linked to its cell: their values die with the key.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace reclaim::parts {

/// Base of Ephemerons that are linked to the cell of their key. They do not move.
struct EphemeronLink {
  EphemeronLink* next = nullptr;
  EphemeronLink* previous = nullptr;
  void** value = nullptr;  ///< where the value is kept; null: not linked
};

/// Slot: made of an object; update(f) returns f(void*& object) while nobody else looks. As
/// thread-safe as that.
template <class Slot>
class WeakCell {
 public:
  /// Counted once, by the object.
  explicit WeakCell(void* object) : slot_(object) {}

  /// The referent if it is alive and keep(referent) says that it has been kept so; else null.
  template <class Keep>
  void* referent(Keep&& keep) {
    return slot_.update([&](void*& object) -> void* {
      return object != nullptr && keep(object) ? object : nullptr;
    });
  }
  /// The same for the value of an ephemeron whose key this is the cell of.
  template <class Keep>
  void* value(const EphemeronLink& link, Keep&& keep) {
    return slot_.update([&](void*& object) -> void* {
      // (Not linked: an ephemeron that is used on after its end, where counts may be wrong.)
      const bool kept =
          object != nullptr && link.value != nullptr && *link.value != nullptr && keep(*link.value);
      return kept ? *link.value : nullptr;
    });
  }
  /// The object is dead.
  void clear() {
    clear_if([] { return true; });
  }
  /// The object may be: dead() is asked while nobody loads a weak reference.
  template <class Dead>
  bool clear_if(Dead&& dead) {
    return slot_.update([&](void*& object) {
      if (!dead()) return false;
      object = nullptr;
      return true;
    });
  }

  void link(EphemeronLink& link, void** value) {
    slot_.update([&](void*&) {
      link.value = value;
      link.next = first_;
      if (first_ != nullptr) first_->previous = &link;
      first_ = &link;
    });
  }
  void unlink(EphemeronLink& link) {
    slot_.update([&](void*&) {
      if (link.value != nullptr) remove(link);
    });
  }
  /// What an ephemeron's value was, which may be null, and whether there may be more to take.
  struct Taken {
    void* value;
    bool more;
  };
  /// Of an object that is dead: unlinks an ephemeron.
  Taken take_value() {
    return slot_.update([&](void*&) -> Taken {
      if (first_ == nullptr) return {nullptr, false};
      EphemeronLink& link = *first_;
      void* const value = std::exchange(*link.value, nullptr);
      remove(link);
      return {value, first_ != nullptr};
    });
  }

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  /// True: it was the last; the cell's memory is the caller's.
  bool release() { return references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

 private:
  void remove(EphemeronLink& link) {
    (link.previous != nullptr ? link.previous->next : first_) = link.next;
    if (link.next != nullptr) link.next->previous = link.previous;
    link = {};
  }

  Slot slot_;
  std::atomic<std::uint32_t> references_{1};
  EphemeronLink* first_ = nullptr;  // inside the slot
};

}  // namespace reclaim::parts
