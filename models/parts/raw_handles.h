// Handles of models that do not move and do not count: a pointer each, passed in a register.
#pragma once

#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "boundary/fresh_stamp.h"

namespace reclaim::parts {

/// A result on its way. Trivial to pass and to destroy: as cheap as T*.
template <class T>
class RawFresh {
 public:
  RawFresh() = default;
  RawFresh(std::nullptr_t) {}
  RawFresh(T* object, FreshStamp stamp) : object_(object), stamp_(stamp) {}
  RawFresh(RawFresh&&) noexcept = default;
  RawFresh& operator=(RawFresh&&) noexcept = default;

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return get(); }
  /// For models only.
  T* get() const {
    stamp_.verify();
    return object_;
  }
  T* word() const { return get(); }

 private:
  T* object_ = nullptr;
  [[no_unique_address]] FreshStamp stamp_;
};

/// A local variable that holds an object: under these models nothing needs to know.
template <class T, class Mutator>
class RawLocal {
 public:
  using Object = T;
  explicit RawLocal(Mutator&) {}
  RawLocal(Mutator&, RawFresh<T> fresh) : object_(fresh.get()) {}
  RawLocal(const RawLocal&) = delete;
  RawLocal& operator=(RawFresh<T> fresh) {
    object_ = fresh.get();
    return *this;
  }
  RawLocal& operator=(std::nullptr_t) {
    object_ = nullptr;
    return *this;
  }

  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const RawLocal& a, const RawLocal& b) { return a.object_ == b.object_; }
  T* operator->() const {
    if constexpr (checked) object_->verify_alive();
    return object_;
  }
  /// For models only.
  T* get() const { return object_; }
  T* word() const { return object_; }
  T* take() { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

/// Handles may hold, and have fields hold, something else than an object's address: a word, as the
/// handles' word() and take() give it. Here it is the address.
struct PlainWords {
  template <class T>
  static T* word_of(T* object) {
    return object;
  }
  /// `what`, `now`: what to say of a word that is no good, and where.
  template <class T>
  static T* object_of(T* word, const char*, Site) {
    return word;
  }
};

/// The choice "a Local is a pointer", for models that take their handles as a parameter.
struct RawHandles : PlainWords {
  struct Roots {};
  template <class T>
  using Fresh = RawFresh<T>;
  template <class T, class Mutator>
  using Local = RawLocal<T, Mutator>;
};

}  // namespace reclaim::parts
