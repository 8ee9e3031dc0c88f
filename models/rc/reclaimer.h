// Gives memory to objects and takes it back: the part of a mutator that knows the allocator, the
// census and the cycle collector's books. A dead object's references are released at once, and what
// dies of that waits in a list threaded through the dead (header.h): neither recursion nor memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "boundary/stops.h"
#include "boundary/type_info.h"
#include "measure/clock.h"
#include "models/rc/discard_audit.h"
#include "models/rc/header.h"

namespace reclaim::rc {

/// One per mutator, and one of the heap for what dies when no mutator is there.
///   Layout   parts::Layout<Header>
///   Memory   allocate, allocate_zeroed, reallocate, release
///   Cycles   what the cycle collector of the heap wants to know of each object
template <class Counting, class Layout, class Header, class Memory, class Cycles>
class Reclaimer {
 public:
  Reclaimer(Cycles& cycles, DiscardAudit<Header>& audit) : cycles_(cycles), audit_(audit) {}

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
    object->set_type(type_info<T>());
    counting_.template on_make<T>(Layout::asked_bytes(object));
    cycles_.template on_make<T>(object);
  }

  /// Takes apart an object whose count has come to zero, and all that dies of it. A stop from
  /// free_cascade_least objects on, unless `stops` is null.
  ///
  /// Reading the clock at every death would cost more than the death. So it is read at object
  /// number clock_from, which most cascades do not reach, and the time of those before is taken to
  /// be what the later ones took on average:
  ///   duration = (end - t) * n / (n - clock_from)      n >= free_cascade_least = 2 clock_from
  void bury(Header* dead, StopLog* stops) {
    constexpr std::uint64_t clock_from = free_cascade_least / 2;
    Header* waiting = nullptr;
    std::uint64_t buried = 0;
    std::int64_t begin_ns = 0;
    while (true) {
      const TypeInfo& type = dead->type();
      for_each_child(dead, type, [&](Header* child) {
        if (!child->count.release()) return;
        child->set_next_dead(waiting);
        waiting = child;
      });
      free(dead, type);
      if (++buried == clock_from) begin_ns = now_ns();
      if (waiting == nullptr) break;
      dead = waiting;
      waiting = dead->next_dead();
    }
    if (buried >= free_cascade_least && stops != nullptr) {
      const auto measured = static_cast<double>(now_ns() - begin_ns);
      const auto n = static_cast<double>(buried);
      stops->record(StopCause::free_cascade, 0,
                    static_cast<std::int64_t>(measured * n / (n - double{clock_from})));
    }
  }

  Memory& memory() { return memory_; }
  Counting& counting() { return counting_; }

 private:
  void free(Header* object, const TypeInfo& type) {
    counting_.on_reclaim(type, asked_bytes(object, type));
    cycles_.on_free(object, type);
    if constexpr (checked) scribble(object, type);
    memory_.release(reinterpret_cast<std::byte*>(object) - Cycles::prefix_bytes(type));
  }

  static std::uint64_t asked_bytes(const Header* object, const TypeInfo& type) {
    if (type.shape == Shape::record) return type.asked_bytes;
    if (type.shape == Shape::array) return array_length(object, type) * sizeof(void*);
    return static_cast<const typename Layout::Blob*>(object)->size();
  }

  /// What is left of a dead object: nothing, and a note that says so to a stale pointer.
  void scribble(Header* object, const TypeInfo& type) {
    audit_.on_death(object);
    auto* head = static_cast<typename Layout::Head*>(object);
    const Site discarded_at = head->discarded() ? head->discarded_at : Site{"never discarded", 1};
    std::size_t bytes = type.head_bytes;
    if (type.shape == Shape::array) bytes += array_length(object, type) * sizeof(void*);
    if (type.shape == Shape::blob) bytes += static_cast<typename Layout::Blob*>(object)->size();
    std::memset(static_cast<void*>(object), 0xdb, bytes);
    head->discarded_at = discarded_at;
  }

  Cycles& cycles_;
  DiscardAudit<Header>& audit_;
  [[no_unique_address]] Counting counting_;
  [[no_unique_address]] Memory memory_;
};

}  // namespace reclaim::rc
