// Handles of counted objects. A Local owns one reference, a Fresh owns one on its way: it is moved,
// never copied, so handing an object from make to a Local to a field changes no count.
#pragma once

#include <cstddef>
#include <utility>

#include "boundary/fresh_stamp.h"

namespace reclaim::rc {

/// Sixteen bytes, as std::shared_ptr: the object, and the mutator whose books its end goes to.
template <class T, class Mutator>
class Fresh {
 public:
  Fresh() = default;
  Fresh(std::nullptr_t) {}
  /// For models only. Takes over one reference.
  Fresh(T* object, Mutator& mutator, FreshStamp stamp)
      : object_(object), mutator_(&mutator), stamp_(stamp) {}
  Fresh(Fresh&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)),
        mutator_(other.mutator_),
        stamp_(other.stamp_) {}
  Fresh& operator=(Fresh&& other) noexcept {
    Fresh old{std::move(*this)};
    object_ = std::exchange(other.object_, nullptr);
    mutator_ = other.mutator_;
    stamp_ = other.stamp_;
    return *this;
  }
  [[gnu::always_inline]] ~Fresh() {
    if (object_ != nullptr) mutator_->drop(object_);
  }

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const {
    stamp_.verify();
    return object_;
  }
  /// For models only: gives up the reference.
  T* take() {
    stamp_.verify();
    return std::exchange(object_, nullptr);
  }

 private:
  T* object_ = nullptr;
  Mutator* mutator_ = nullptr;
  [[no_unique_address]] FreshStamp stamp_;
};

template <class T, class Mutator>
class Local {
 public:
  using Object = T;
  explicit Local(Mutator& mutator) : mutator_(mutator) {}
  Local(Mutator& mutator, Fresh<T, Mutator> fresh) : object_(fresh.take()), mutator_(mutator) {}
  Local(const Local&) = delete;
  [[gnu::always_inline]] ~Local() { drop(object_); }
  Local& operator=(Fresh<T, Mutator> fresh) {
    drop(std::exchange(object_, fresh.take()));
    return *this;
  }
  Local& operator=(std::nullptr_t) {
    drop(take());
    return *this;
  }

  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Local& a, const Local& b) { return a.object_ == b.object_; }
  T* operator->() const {
    if constexpr (checked) object_->verify_alive();
    return object_;
  }
  /// For models only.
  T* get() const { return object_; }
  T* take() { return std::exchange(object_, nullptr); }

 private:
  [[gnu::always_inline]] void drop(T* object) {
    if (object != nullptr) mutator_.drop(object);
  }

  T* object_ = nullptr;
  Mutator& mutator_;
};

}  // namespace reclaim::rc
