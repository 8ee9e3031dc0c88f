// Handles that know which of the objects at an address they mean: a word with the address and,
// above it, the low bits of the stamp that the object had (checked_block.h). Fields and Globals
// hold such words too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/assert.h"
#include "boundary/fresh_stamp.h"
#include "models/manual/checked_block.h"

namespace reclaim::manual {

/// The word for an object that is alive, given its address. A word stays what it is. (No object's
/// stamp ends in sixteen zeros: so the two can be told apart.)
template <class T>
T* checked_word(T* object) {
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  if (address == 0 || address >> CheckedBlock::address_bits != 0) return object;
  const std::uintptr_t stamp =
      CheckedBlock::of(reinterpret_cast<void*>(address)).stamp.load(std::memory_order_acquire);
  return reinterpret_cast<T*>(address | stamp << CheckedBlock::address_bits);
}

/// The object that a word means. Ends the process if that has been freed; `what` is the mistake.
template <class T>
T* checked_object(T* word, const char* what = "use after free", Site now = {}) {
  constexpr std::uintptr_t address_mask = (std::uintptr_t{1} << CheckedBlock::address_bits) - 1;
  const auto bits = reinterpret_cast<std::uintptr_t>(word);
  auto* const object = reinterpret_cast<T*>(bits & address_mask);
  if (object == nullptr) return nullptr;
  const CheckedBlock& block = CheckedBlock::of(object);
  const auto stamp = static_cast<std::uint16_t>(block.stamp.load(std::memory_order_acquire));
  const auto meant = static_cast<std::uint16_t>(bits >> CheckedBlock::address_bits);
  if (stamp != meant) [[unlikely]] {
    const bool is_its_own = stamp == static_cast<std::uint16_t>(meant + 1);
    tell_mistake(what, block, is_its_own, now);
  }
  return object;
}

template <class T>
class CheckedFresh {
 public:
  CheckedFresh() = default;
  CheckedFresh(std::nullptr_t) {}
  CheckedFresh(T* word, FreshStamp stamp) : word_(word), stamp_(stamp) {}
  CheckedFresh(CheckedFresh&&) noexcept = default;
  CheckedFresh& operator=(CheckedFresh&&) noexcept = default;

  explicit operator bool() const { return word_ != nullptr; }
  T* operator->() const { return checked_object(word()); }
  /// For models only.
  T* word() const {
    stamp_.verify();
    return word_;
  }

 private:
  T* word_ = nullptr;
  [[no_unique_address]] FreshStamp stamp_;
};

template <class T, class Mutator>
class CheckedLocal {
 public:
  using Object = T;
  explicit CheckedLocal(Mutator&) {}
  CheckedLocal(Mutator&, CheckedFresh<T> fresh) : word_(fresh.word()) {}
  CheckedLocal(const CheckedLocal&) = delete;
  CheckedLocal& operator=(CheckedFresh<T> fresh) {
    word_ = fresh.word();
    return *this;
  }
  CheckedLocal& operator=(std::nullptr_t) {
    word_ = nullptr;
    return *this;
  }

  explicit operator bool() const { return word_ != nullptr; }
  friend bool operator==(const CheckedLocal& a, const CheckedLocal& b) {
    return a.word_ == b.word_;
  }
  T* operator->() const {
    T* const object = get();
    if constexpr (checked) object->verify_alive();
    return object;
  }
  /// For models only.
  T* get() const { return checked_object(word_); }
  T* word() const { return word_; }
  T* take() { return std::exchange(word_, nullptr); }

 private:
  T* word_ = nullptr;
};

/// The choice "a Local knows which object it means", for models that take their handles as a
/// parameter.
struct CheckedHandles {
  struct Roots {};
  template <class T>
  using Fresh = CheckedFresh<T>;
  template <class T, class Mutator>
  using Local = CheckedLocal<T, Mutator>;
  template <class T>
  static T* word_of(T* object) {
    return checked_word(object);
  }
  template <class T>
  static T* object_of(T* word, const char* what, Site now) {
    return checked_object(word, what, now);
  }
};

}  // namespace reclaim::manual
