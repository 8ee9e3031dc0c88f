// Locals as roots that a collector can find and change: a contiguous stack of pointers beside the
// C++ stack. A Local is the address of its entry; the entry holds the object. Entering and leaving
// a scope is a store and an addition each; the collector walks an array.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <utility>

#include "base/assert.h"
#include "models/parts/raw_handles.h"

namespace reclaim::parts {

/// An entry. A type of its own, and one that ends its life when it is popped, so that compilers
/// know two things: no store of the workload changes an entry, and what a dead one held is of no
/// matter. Then a Local that lives from a make to a return, with no call between, costs nothing at
/// all.
class RootSlot {
 public:
  explicit RootSlot(void* object) : object_(reinterpret_cast<Rooted*>(object)) {}
  ~RootSlot() {}  // NOLINT: not trivial on purpose
  void* get() const { return reinterpret_cast<void*>(object_); }
  void set(void* object) { object_ = reinterpret_cast<Rooted*>(object); }

 private:
  struct Rooted;
  Rooted* object_;
};

/// One thread's roots. Address space for eight million of them, more than a C++ stack of the usual
/// 8 MB can have; behind it lies a page that faults. Memory is taken as it is touched.
class ShadowStack {
 public:
  static constexpr std::size_t stack_bytes = std::size_t{64} << 20;

  ShadowStack() {
    void* memory = ::mmap(nullptr, stack_bytes + guard_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(memory != MAP_FAILED, "no address space for a mutator's roots");
    ::mprotect(static_cast<std::byte*>(memory) + stack_bytes, guard_bytes, PROT_NONE);
    base_ = top_ = static_cast<RootSlot*>(memory);
  }
  ~ShadowStack() { ::munmap(static_cast<void*>(base_), stack_bytes + guard_bytes); }
  ShadowStack(const ShadowStack&) = delete;
  ShadowStack& operator=(const ShadowStack&) = delete;

  RootSlot* push(void* object) {
    auto* slot = new (static_cast<void*>(top_)) RootSlot{object};
    top_ = slot + 1;
    return slot;
  }
  void pop(RootSlot* slot) {
    if constexpr (checked) {
      if (top_ != slot + 1) violation("Locals die in the reverse order of their birth", "not LIFO");
    }
    top_ = slot;
    slot->~RootSlot();
  }

  /// The entries in use. Read by another thread only while this one stands at a safepoint.
  RootSlot* begin() const { return base_; }
  RootSlot* end() const { return top_; }

 private:
  static constexpr std::size_t guard_bytes = 4096;
  RootSlot* top_;
  RootSlot* base_;
};

/// A local variable that holds an object and is a root. Strictly LIFO.
template <class T, class Mutator>
class ShadowLocal {
 public:
  using Object = T;
  explicit ShadowLocal(Mutator& m) : stack_(m), slot_(stack_.push(nullptr)) {}
  ShadowLocal(Mutator& m, RawFresh<T> fresh) : stack_(m), slot_(stack_.push(fresh.get())) {}
  ~ShadowLocal() { stack_.pop(slot_); }
  ShadowLocal(const ShadowLocal&) = delete;
  ShadowLocal& operator=(RawFresh<T> fresh) {
    slot_->set(fresh.get());
    return *this;
  }
  ShadowLocal& operator=(std::nullptr_t) {
    slot_->set(nullptr);
    return *this;
  }

  explicit operator bool() const { return slot_->get() != nullptr; }
  friend bool operator==(const ShadowLocal& a, const ShadowLocal& b) {
    return a.slot_->get() == b.slot_->get();
  }
  T* operator->() const {
    if constexpr (checked) get()->verify_alive();
    return get();
  }
  /// For models only. The address does not outlive a safepoint.
  T* get() const { return static_cast<T*>(slot_->get()); }
  T* take() {
    T* object = get();
    slot_->set(nullptr);
    return object;
  }

 private:
  ShadowStack& stack_;
  RootSlot* const slot_;
};

/// The choice "a Local is a root", for models that take their handles as a parameter.
struct ShadowStackHandles {
  static constexpr HandleKind kind = HandleKind::shadow_stack;
  using Roots = ShadowStack;
  template <class T>
  using Fresh = RawFresh<T>;
  template <class T, class Mutator>
  using Local = ShadowLocal<T, Mutator>;
};

}  // namespace reclaim::parts
