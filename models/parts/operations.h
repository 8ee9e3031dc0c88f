// load, store, copy and escape in all their shapes, in terms of what each model does with one slot:
//   read(owner, field, site)     -> Fresh     the reference that the slot holds
//   write(owner, field, local)                the owner's slot comes to hold the local's object too
//   write(owner, field, fresh)                ... takes over what the Fresh holds
//   write(owner, field, nullptr)
// `owner` is the object that the slot lies in: what a write barrier needs to know, or a lock.
#pragma once

#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "models/parts/layout.h"

namespace reclaim::parts {

/// Base of a model's Mutator. Types names the model's Local, Fresh, Field, Array.
template <class Mutator, class Types>
class Operations {
 public:
  template <class T>
  using Local = typename Types::template Local<T>;
  template <class T>
  using Fresh = typename Types::template Fresh<T>;
  template <class T>
  using Field = typename Types::template Field<T>;
  template <class T>
  using Array = typename Types::template Array<T>;

  /// What the slot holds. Not a safepoint.
  template <class O, class B, class V>
  Fresh<V> load(const Local<O>& owner, Field<V> B::*slot, Site site = Site::here()) {
    return self().read(owner.get(), alive(owner)->*slot, site);
  }
  template <class V>
  Fresh<V> load(const Local<Array<V>>& owner, std::size_t i, Site site = Site::here()) {
    return self().read(owner.get(), alive(owner)->at(i, site), site);
  }

  /// Lets the slot hold the value: a Local, a Fresh or nullptr. Not a safepoint.
  template <class O, class B, class V>
  void store(const Local<O>& owner, Field<V> B::*slot, const Local<V>& value) {
    self().write(owner.get(), alive(owner)->*slot, value);
  }
  template <class O, class B, class V>
  void store(const Local<O>& owner, Field<V> B::*slot, Fresh<V> value) {
    self().write(owner.get(), alive(owner)->*slot, std::move(value));
  }
  template <class O, class B, class V>
  void store(const Local<O>& owner, Field<V> B::*slot, std::nullptr_t) {
    self().write(owner.get(), alive(owner)->*slot, nullptr);
  }
  template <class V>
  void store(const Local<Array<V>>& owner, std::size_t i, const Local<V>& value,
             Site site = Site::here()) {
    self().write(owner.get(), alive(owner)->at(i, site), value);
  }
  template <class V>
  void store(const Local<Array<V>>& owner, std::size_t i, Fresh<V> value,
             Site site = Site::here()) {
    self().write(owner.get(), alive(owner)->at(i, site), std::move(value));
  }
  template <class V>
  void store(const Local<Array<V>>& owner, std::size_t i, std::nullptr_t,
             Site site = Site::here()) {
    self().write(owner.get(), alive(owner)->at(i, site), nullptr);
  }

 private:
  Mutator& self() { return static_cast<Mutator&>(*this); }

  template <class O>
  static O* alive(const Local<O>& owner) {
    if constexpr (checked) owner.get()->verify_alive();
    return owner.get();
  }
};

}  // namespace reclaim::parts
