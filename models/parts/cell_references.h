// Weak, Ephemeron and identity hashes for models whose weak references meet in a cell
// (weak_cell.h): the types, and the operations over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <tuple>
#include <type_traits>

#include "base/assert.h"
#include "boundary/type_info.h"
#include "models/parts/identity.h"
#include "models/parts/layout.h"
#include "models/parts/weak_cell.h"

namespace reclaim::parts {

/// What the census counts for a Weak and for an Ephemeron: its references.
inline constexpr std::size_t weak_asked_bytes = sizeof(void*);
inline constexpr std::size_t ephemeron_asked_bytes = 2 * sizeof(void*);

template <class T>
inline constexpr bool refers_through_cell = requires {
  typename T::RefersThroughCell;
};

template <class OwnLayout, class Cell, class T>
class CellWeak : public OwnLayout::Head {
 public:
  using RefersThroughCell = Cell;
  static constexpr Shape shape = Shape::record;
  static constexpr Role role = Role::weak;
  static constexpr bool is_cyclic = false;
  static constexpr bool is_monitored = false;
  static constexpr bool is_weakly_referenced = false;
  static constexpr std::string_view name_of_type() { return "Weak"; }
  static constexpr std::size_t overhead_bytes() { return sizeof(CellWeak) - weak_asked_bytes; }

  /// For models only. `cell` was retained.
  void refer_to(Cell* cell) { cell_ = cell; }
  Cell* cell() const { return cell_; }
  /// The last thing that happens to it: gives up what refer_to was given.
  Cell* part() { return cell_; }

 private:
  Cell* cell_ = nullptr;
};

/// The value is a reference like any other, but that it goes when the key dies.
template <class OwnLayout, class Cell, class K, class V>
class CellEphemeron : public OwnLayout::Head {
 public:
  using RefersThroughCell = Cell;
  static constexpr Shape shape = Shape::record;
  static constexpr Role role = Role::ephemeron;
  static constexpr bool is_cyclic = true;  // the value may reach the key, and so the ephemeron
  static constexpr bool is_monitored = false;
  static constexpr bool is_weakly_referenced = false;
  static constexpr std::string_view name_of_type() { return "Ephemeron"; }
  static constexpr std::size_t overhead_bytes() {
    return sizeof(CellEphemeron) - ephemeron_asked_bytes;
  }
  static constexpr auto refs() { return std::tuple{&CellEphemeron::value_}; }

  /// For models only. `cell` was retained; the ephemeron's value has been stored.
  void refer_to(Cell* cell) {
    cell_ = cell;
    cell->link(link_, reinterpret_cast<void**>(&Access::slot(value_)));
  }
  Cell* cell() const { return cell_; }
  Cell* part() {
    if (cell_ != nullptr) cell_->unlink(link_);
    return cell_;
  }
  typename OwnLayout::template Field<V>& value() { return value_; }
  const EphemeronLink& link() const { return link_; }

 private:
  Cell* cell_ = nullptr;
  EphemeronLink link_;
  typename OwnLayout::template Field<V> value_;
};

/// Base of a model's Mutator, which gives
///   make<T>(site), store(owner, slot, local), fresh(object, site)   as elsewhere; fresh takes over
///   a reference keep(T*)                   takes a reference to an object that may be dying;
///   false: it is allocate_cell(bytes), release_cell(memory)
/// Types names the model's Cell, Weak, Ephemeron.
template <class Mutator, class Types>
class CellReferences {
  using Cell = typename Types::Cell;

 public:
  template <class T>
  using Local = typename Types::template Local<T>;
  template <class T>
  using Fresh = typename Types::template Fresh<T>;
  template <class T>
  using Weak = typename Types::template Weak<T>;
  template <class K, class V>
  using Ephemeron = typename Types::template Ephemeron<K, V>;

  /// A weak reference to the local's object. A safepoint.
  template <class T>
  Fresh<Weak<T>> make_weak(const Local<T>& referent, Site site = Site::here()) {
    verify_referent(referent.get(), site);
    Fresh<Weak<T>> weak = self().template make<Weak<T>>(site);
    weak->refer_to(retained_cell_of(referent.get()));
    return weak;
  }
  /// Its referent; null once that is reclaimed or discarded. Not a safepoint.
  template <class T>
  Fresh<T> load(const Local<Weak<T>>& weak, Site site = Site::here()) {
    return referent_of<T>(alive(weak.get())->cell(), site);
  }

  /// Keeps the value alive while both it and the key are. A safepoint.
  template <class K, class V>
  Fresh<Ephemeron<K, V>> make_ephemeron(const Local<K>& key, const Local<V>& value,
                                        Site site = Site::here()) {
    verify_referent(key.get(), site);
    Local<Ephemeron<K, V>> ephemeron{static_cast<Mutator&>(*this),
                                     self().template make<Ephemeron<K, V>>(site)};
    self().write(ephemeron.get(), ephemeron->value(), value);
    ephemeron->refer_to(retained_cell_of(key.get()));
    return self().escape(ephemeron, site);
  }
  /// Null once the key is reclaimed or discarded. Not safepoints.
  template <class K, class V>
  Fresh<K> load_key(const Local<Ephemeron<K, V>>& ephemeron, Site site = Site::here()) {
    return referent_of<K>(alive(ephemeron.get())->cell(), site);
  }
  template <class K, class V>
  Fresh<V> load_value(const Local<Ephemeron<K, V>>& ephemeron, Site site = Site::here()) {
    auto* object = alive(ephemeron.get());
    void* value = object->cell()->value(
        object->link(), [this](void* held) { return self().keep(static_cast<V*>(held)); });
    return self().fresh(static_cast<V*>(value), site);
  }

  /// The same for the same object while it lives; never 0. Not a safepoint.
  template <class T>
  std::uint64_t identity_hash(const Local<T>& local) {
    return identity_hash_of(alive(local.get()));
  }

 private:
  Mutator& self() { return static_cast<Mutator&>(*this); }

  template <class T>
  static T* alive(T* object) {
    if constexpr (checked) object->verify_alive();
    return object;
  }
  template <class T>
  static void verify_referent(T* object, Site site) {
    static_assert(T::is_weakly_referenced,
                  "a type that is referred to weakly opts in: Object<T, WeaklyReferenced>");
    if (object == nullptr)
      violation("a weak reference is made to an object", "the local is null", site);
    alive(object);
  }

  template <class T>
  Fresh<T> referent_of(Cell* cell, Site site) {
    void* referent =
        cell->referent([this](void* object) { return self().keep(static_cast<T*>(object)); });
    return self().fresh(static_cast<T*>(referent), site);
  }

  /// The object's cell, made if it has none. Many threads may ask at once.
  template <class T>
  Cell* retained_cell_of(T* object) {
    void* cell = object->WeakWord::cell.load(std::memory_order_acquire);
    if (cell == nullptr) {
      auto* made = new (self().allocate_cell(sizeof(Cell))) Cell{object};
      if (object->WeakWord::cell.compare_exchange_strong(cell, made, std::memory_order_acq_rel,
                                                         std::memory_order_acquire)) {
        cell = made;
      } else {
        self().release_cell(made);
      }
    }
    static_cast<Cell*>(cell)->retain();
    return static_cast<Cell*>(cell);
  }
};

}  // namespace reclaim::parts
