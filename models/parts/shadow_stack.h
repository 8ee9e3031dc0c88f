// Locals as roots that a collector can find and change: a contiguous stack of pointers beside the
// C++ stack. A Local is the address of its entry; the entry holds the object. Entering and leaving
// a scope is a store and an addition each; the collector walks an array.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "models/parts/raw_handles.h"

namespace reclaim::parts {

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
    base_ = top_ = static_cast<void**>(memory);
  }
  ~ShadowStack() { ::munmap(base_, stack_bytes + guard_bytes); }
  ShadowStack(const ShadowStack&) = delete;
  ShadowStack& operator=(const ShadowStack&) = delete;

  void** push(void* object) {
    void** slot = top_;
    *slot = object;
    top_ = slot + 1;
    return slot;
  }
  void pop(void** slot) {
    if constexpr (checked) {
      if (top_ != slot + 1) violation("Locals die in the reverse order of their birth", "not LIFO");
    }
    top_ = slot;
  }

  /// The entries in use. Read by another thread only while this one stands at a safepoint.
  void** begin() const { return base_; }
  void** end() const { return top_; }

 private:
  static constexpr std::size_t guard_bytes = 4096;
  void** top_;
  void** base_;
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
    *slot_ = fresh.get();
    return *this;
  }
  ShadowLocal& operator=(std::nullptr_t) {
    *slot_ = nullptr;
    return *this;
  }

  explicit operator bool() const { return *slot_ != nullptr; }
  friend bool operator==(const ShadowLocal& a, const ShadowLocal& b) {
    return *a.slot_ == *b.slot_;
  }
  T* operator->() const {
    if constexpr (checked) get()->verify_alive();
    return get();
  }
  /// For models only. The address does not outlive a safepoint.
  T* get() const { return static_cast<T*>(*slot_); }
  T* take() {
    T* object = get();
    *slot_ = nullptr;
    return object;
  }

 private:
  ShadowStack& stack_;
  void** const slot_;
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
