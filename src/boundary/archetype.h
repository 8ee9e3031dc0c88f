// The archetype: the least type that satisfies the concept Model. A concept binds only those who
// implement it; a workload that used more than it grants (a raw pointer, a copied handle, a monitor
// on a type that never asked for one) would still compile on the models that happen to give it. So
// every workload is also compiled, never run, against this type, which gives nothing else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "boundary/model.h"

namespace reclaim {

/// With `by_hand` the program frees by hand: both sides of `if constexpr (discards<M>)` are seen.
template <bool by_hand>
struct Archetype {
  static constexpr ModelTraits traits{.id = "archetype",
                                      .like = "nothing",
                                      .summary = "the least that satisfies the concept",
                                      .wants_discard = by_hand};

  class Heap;
  class Mutator;

  template <class T, class... Options>
  struct Object {
    static constexpr bool archetype_may_be_locked = has_option<Monitored, Options...>;
    static constexpr bool archetype_may_be_weak = has_option<WeaklyReferenced, Options...>;
    static constexpr bool archetype_has_hash = has_option<IdentityHashed, Options...>;
  };

  template <class T>
  class Field {
   public:
    explicit operator bool() const { return false; }
  };

  /// What `handle->member` goes through: there is no way to keep the pointer.
  template <class T>
  class Arrow {
   public:
    T* operator->() const {
      static T object;
      return &object;
    }

   private:
    friend Archetype;
    Arrow() = default;
  };

  template <class T>
  class Fresh {
   public:
    Fresh(Fresh&&) noexcept {}
    Fresh& operator=(Fresh&&) noexcept { return *this; }
    explicit operator bool() const { return false; }
    Arrow<T> operator->() const { return arrow<T>(); }

   private:
    friend Mutator;
    Fresh() = default;
  };

  template <class T>
  class Local {
   public:
    explicit Local(Mutator&) {}
    Local(Mutator&, Fresh<T>) {}
    Local(const Local&) = delete;
    Local& operator=(Fresh<T>) { return *this; }
    Local& operator=(std::nullptr_t) { return *this; }
    explicit operator bool() const { return false; }
    friend bool operator==(const Local&, const Local&) { return true; }
    Arrow<T> operator->() const { return arrow<T>(); }
  };

  template <class T>
  class Array {
   public:
    std::size_t length() const { return 0; }
  };

  class Blob {
   public:
    std::byte* data() { return payload_; }
    std::size_t size() const { return 0; }

   private:
    std::byte payload_[8] = {};
  };

  template <class T>
  class Weak {};

  template <class K, class V>
  class Ephemeron {};

  template <class T>
  class Global {
   public:
    explicit Global(Heap&) {}
    Global(const Global&) = delete;
    Global& operator=(const Global&) = delete;
  };

  class Heap {
   public:
    explicit Heap(const HeapOptions&) {}
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    Census census() { return {}; }
    const StopLog& stops() const { return stops_; }

   private:
    StopLog stops_;
  };

  class Mutator {
   public:
    explicit Mutator(Heap& heap) : heap_(heap) {}
    Mutator(const Mutator&) = delete;
    Mutator& operator=(const Mutator&) = delete;

    template <class T>
    Fresh<T> make() {
      return {};
    }
    template <class T>
    Fresh<Array<T>> make_array(std::size_t) {
      return {};
    }
    Fresh<Blob> make_blob(std::size_t) { return {}; }
    Fresh<Blob> make_blob(std::size_t, std::size_t) { return {}; }

    template <class O, class B, class V>
    Fresh<V> load(const Local<O>&, Field<V> B::*) {
      return {};
    }
    template <class V>
    Fresh<V> load(const Local<Array<V>>&, std::size_t) {
      return {};
    }
    template <class V>
    Fresh<V> load(Global<V>&) {
      return {};
    }

    template <class O, class B, class V>
    void store(const Local<O>&, Field<V> B::*, const Local<V>&) {}
    template <class O, class B, class V>
    void store(const Local<O>&, Field<V> B::*, Fresh<V>) {}
    template <class O, class B, class V>
    void store(const Local<O>&, Field<V> B::*, std::nullptr_t) {}
    template <class V>
    void store(const Local<Array<V>>&, std::size_t, const Local<V>&) {}
    template <class V>
    void store(const Local<Array<V>>&, std::size_t, Fresh<V>) {}
    template <class V>
    void store(const Local<Array<V>>&, std::size_t, std::nullptr_t) {}
    template <class V>
    void store(Global<V>&, const Local<V>&) {}
    template <class V>
    void store(Global<V>&, std::nullptr_t) {}
    template <class V>
    Fresh<V> exchange(Global<V>&, Fresh<V>) {
      return {};
    }

    template <class T>
    Fresh<T> copy(const Local<T>&) {
      return {};
    }
    template <class T>
    Fresh<T> escape(Local<T>&) {
      return {};
    }
    template <class T>
    void discard(Local<T>&) {}
    template <class T>
    void discard(Fresh<T>) {}

    template <class T>
    Fresh<Weak<T>> make_weak(const Local<T>&) {
      static_assert(T::archetype_may_be_weak, "a type that is referred to weakly opts in");
      return {};
    }
    template <class T>
    Fresh<T> load(const Local<Weak<T>>&) {
      return {};
    }
    template <class K, class V>
    Fresh<Ephemeron<K, V>> make_ephemeron(const Local<K>&, const Local<V>&) {
      static_assert(K::archetype_may_be_weak, "a type that is referred to weakly opts in");
      return {};
    }
    template <class K, class V>
    Fresh<K> load_key(const Local<Ephemeron<K, V>>&) {
      return {};
    }
    template <class K, class V>
    Fresh<V> load_value(const Local<Ephemeron<K, V>>&) {
      return {};
    }
    template <class T>
    std::uint64_t identity_hash(const Local<T>&) {
      static_assert(T::archetype_has_hash, "a type whose identity is hashed opts in");
      return 1;
    }

    Fresh<Blob> resize(Local<Blob>&, std::size_t) { return {}; }
    std::byte* pin(const Local<Blob>&) { return nullptr; }
    void unpin(const Local<Blob>&) {}

    template <class T, class F>
    decltype(auto) synchronized(const Local<T>&, F&& f) {
      static_assert(T::archetype_may_be_locked, "a type that is locked opts in");
      return std::forward<F>(f)();
    }
    template <class T>
    void wait(const Local<T>&) {
      static_assert(T::archetype_may_be_locked, "a type that is locked opts in");
    }
    template <class T>
    bool wait_for(const Local<T>&, std::chrono::nanoseconds) {
      static_assert(T::archetype_may_be_locked, "a type that is locked opts in");
      return false;
    }
    template <class T>
    void notify(const Local<T>&) {
      static_assert(T::archetype_may_be_locked, "a type that is locked opts in");
    }
    template <class T>
    void notify_all(const Local<T>&) {
      static_assert(T::archetype_may_be_locked, "a type that is locked opts in");
    }

    void poll() {}
    void collect() {}
    template <class F>
    decltype(auto) blocking(F&& f) {
      return std::forward<F>(f)();
    }
    Heap& heap() { return heap_; }

   private:
    Heap& heap_;
  };

 private:
  template <class T>
  static Arrow<T> arrow() {
    return {};
  }
};

static_assert(Model<Archetype<true>> && Model<Archetype<false>>);

}  // namespace reclaim
