// A model that damages one object: at the n-th load of a reference, one bit of the plain data of
// the object that was loaded. For the law that checksums cannot be constants.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "boundary/type_info.h"
#include "models/null/null.h"

namespace reclaim::mutants {

/// Which load does the damage, over all mutators of the process.
struct Damage {
  std::atomic<std::uint64_t> loads = 0;  ///< seen so far, of objects that have data to damage
  std::uint64_t at = 0;                  ///< 0: never; set while nothing runs
};
inline Damage damage;

/// The first byte behind the references, or of the payload; nullptr when there is none.
template <class T>
std::byte* plain_data(T* object) {
  if constexpr (T::shape == Shape::blob) {
    return object->size() == 0 ? nullptr : object->data();
  } else if constexpr (T::shape == Shape::array || requires { T::role; }) {
    return nullptr;
  } else {
    const TypeInfo& type = type_info<T>();
    std::size_t at = T::overhead_bytes();
    for (std::size_t i = 0; i < type.ref_count; ++i) {
      at = std::max<std::size_t>(at, type.ref_offsets[i] + sizeof(void*));
    }
    return at < sizeof(T) ? reinterpret_cast<std::byte*>(object) + at : nullptr;
  }
}

struct Damaging : Null<> {
  struct Mutator : Null<>::Mutator {
    using Base = Null<>::Mutator;
    using Base::Base;

    template <class... Arguments>
    auto load(Arguments&&... arguments) {
      auto fresh = Base::load(std::forward<Arguments>(arguments)...);
      if (fresh) {
        std::byte* data = plain_data(fresh.get());
        if (data != nullptr && ++damage.loads == damage.at) *data ^= std::byte{1};
      }
      return fresh;
    }
  };
};

}  // namespace reclaim::mutants
