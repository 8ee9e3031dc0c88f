// A fixed number of objects that are neither copied nor moved, in memory apart from malloc: what a
// workload keeps beside the heap that is measured.
#pragma once

#include <cstddef>
#include <new>

#include "base/mapping.h"

namespace reclaim {

/// `length` times T(argument). Not thread-safe while it is made or destroyed.
template <class T>
class MappedObjects {
 public:
  template <class Argument>
  MappedObjects(std::size_t length, Argument& argument) : storage_(length) {
    for (; made_ < length; ++made_) new (&storage_[made_]) T(argument);
  }
  ~MappedObjects() {
    while (made_ != 0) (*this)[--made_].~T();
  }
  MappedObjects(const MappedObjects&) = delete;
  MappedObjects& operator=(const MappedObjects&) = delete;

  T& operator[](std::size_t i) { return *std::launder(reinterpret_cast<T*>(&storage_[i])); }
  std::size_t size() const { return made_; }

 private:
  struct Storage {
    alignas(T) std::byte bytes[sizeof(T)];
  };
  MappedArray<Storage> storage_;
  std::size_t made_ = 0;
};

}  // namespace reclaim
