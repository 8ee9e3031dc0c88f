// Locals as roots that a collector can find and change, without a list of them. A Local lies on its
// thread's stack and says so itself: beside its object it holds a seal, a word that is right at
// this address and for its mutator only,
//     seal == address of the Local ^ the mutator's key
// and that is wiped when the Local dies. No pointer of a program looks like it, so a walk over the
// stack finds each live Local and nothing else: as precise as a list, and entering and leaving a
// scope are stores whose addresses depend on nothing. A stack of roots beside the C++ stack, or a
// list through the Locals (Henderson 2002), lets each push wait for the one before, through the
// word that says where the top is: by the same observation a parallel shadow stack beats one with a
// pointer of its own (Dang, Maniatis, Wagner 2015). models/gen/README.md has the measurement.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/assert.h"
#include "models/parts/raw_handles.h"

namespace reclaim::parts {

/// What a Local is in memory: an object, and the seal that makes it a root.
class SealedRoot {
 public:
  SealedRoot(void* object, std::uintptr_t key) : object_(reinterpret_cast<Object*>(object)) {
    std::uintptr_t self;
    // Compilers learn that somebody knows this address, and so keep the object in memory while
    // functions are called. A root that lives between two calls costs nothing but its wiped seal.
    asm volatile("" : "=r"(self) : "0"(this));
    seal_ = self ^ key;
  }
  ~SealedRoot() { *static_cast<volatile std::uintptr_t*>(&seal_) = 0; }
  SealedRoot(const SealedRoot&) = delete;
  SealedRoot& operator=(const SealedRoot&) = delete;

  void* get() const { return reinterpret_cast<void*>(object_); }
  void set(void* object) { object_ = reinterpret_cast<Object*>(object); }

  /// Calls visit(void** object) for each one with this key in a stack [begin, end) that does not
  /// run. It reads between variables, where the sanitizers keep red zones.
  template <class Visit>
  __attribute__((no_sanitize("address", "thread", "undefined"))) static void for_each_in(
      const void* begin, const void* end, std::uintptr_t key, Visit&& visit) {
    constexpr std::uintptr_t step = alignof(SealedRoot);
    const auto last = reinterpret_cast<std::uintptr_t>(end) - sizeof(SealedRoot);
    auto at = (reinterpret_cast<std::uintptr_t>(begin) + step - 1) & ~(step - 1);
    for (; at <= last; at += step) {
      auto* const words = reinterpret_cast<volatile std::uintptr_t*>(at);
      if (words[1] == (at ^ key)) visit(reinterpret_cast<void**>(at));
    }
  }

 private:
  struct Object;  ///< a type of its own: no store of the workload can be one to a root
  Object* object_;
  std::uintptr_t seal_;
};
static_assert(sizeof(SealedRoot) == 2 * sizeof(void*));

/// The stack of the thread that made it, as far as it holds Locals.
class ThreadRoots {
 public:
  ThreadRoots() {
    pthread_attr_t attributes;
    void* lowest = nullptr;
    std::size_t bytes = 0;
    require(::pthread_getattr_np(::pthread_self(), &attributes) == 0 &&
                ::pthread_attr_getstack(&attributes, &lowest, &bytes) == 0,
            "a thread does not know where its stack is");
    ::pthread_attr_destroy(&attributes);
    base_ = static_cast<std::byte*>(lowest) + bytes;
    static std::atomic<std::uint16_t> mutators{0};
    const std::uintptr_t number = mutators.fetch_add(1, std::memory_order_relaxed) & 0x7fffu;
    key_ = ~(number << 48);
  }
  ThreadRoots(const ThreadRoots&) = delete;
  ThreadRoots& operator=(const ThreadRoots&) = delete;

  /// Inverts an address, so that no pointer is a seal; and in the sixteen bits that user space does
  /// not use says whose Local it is: a thread may have several mutators, each with its own heap.
  std::uintptr_t key() const { return key_; }

  /// Whoever stands at a safepoint says so first: the Locals of its callers are roots until it goes
  /// on.
  [[gnu::noinline]] void stand_here() { top_ = __builtin_frame_address(0); }

  /// Calls visit(void** object) for each root; while the thread stands.
  template <class Visit>
  void for_each_root(Visit&& visit) const {
    SealedRoot::for_each_in(top_, base_, key_, std::forward<Visit>(visit));
  }

  // --- checked builds ---
  [[gnu::noinline]] void expect_on_stack(const void* local) const {
    const void* here = __builtin_frame_address(0);
    if (local < here || local >= base_) {
      violation("Locals are variables of their thread's functions", "one lies elsewhere");
    }
  }

 private:
  std::uintptr_t key_;
  const void* base_;
  const void* top_ = nullptr;
};

/// A local variable that holds an object and is a root. On the stack of its mutator's thread.
template <class T, class Mutator>
class RootedLocal {
 public:
  using Object = T;
  explicit RootedLocal(Mutator& m) : RootedLocal(m, nullptr) {}
  RootedLocal(Mutator& m, RawFresh<T> fresh) : root_(fresh.get(), m.key()) {
    if constexpr (checked) m.expect_on_stack(this);
  }
  RootedLocal(const RootedLocal&) = delete;
  RootedLocal& operator=(RawFresh<T> fresh) {
    root_.set(fresh.get());
    return *this;
  }
  RootedLocal& operator=(std::nullptr_t) {
    root_.set(nullptr);
    return *this;
  }

  explicit operator bool() const { return root_.get() != nullptr; }
  friend bool operator==(const RootedLocal& a, const RootedLocal& b) {
    return a.root_.get() == b.root_.get();
  }
  T* operator->() const {
    if constexpr (checked) get()->verify_alive();
    return get();
  }
  /// For models only. The address does not outlive a safepoint.
  T* get() const { return static_cast<T*>(root_.get()); }
  T* word() const { return get(); }
  T* take() {
    T* object = get();
    root_.set(nullptr);
    return object;
  }

 private:
  SealedRoot root_;
};

/// The choice "a Local is a root", for models that take their handles as a parameter.
struct RootedHandles : PlainWords {
  using Roots = ThreadRoots;
  template <class T>
  using Fresh = RawFresh<T>;
  template <class T, class Mutator>
  using Local = RootedLocal<T, Mutator>;
};

}  // namespace reclaim::parts
