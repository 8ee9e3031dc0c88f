// A root seen by many threads, under models that neither move nor count: an atomic pointer.
#pragma once

#include <atomic>

namespace reclaim::parts {

/// May be raced. The object behind a loaded pointer is the program's to keep alive.
template <class T>
class RawGlobal {
 public:
  template <class Heap>
  explicit RawGlobal(Heap&) {}
  RawGlobal(const RawGlobal&) = delete;
  RawGlobal& operator=(const RawGlobal&) = delete;

  T* load() const { return object_.load(std::memory_order_acquire); }
  T* exchange(T* object) { return object_.exchange(object, std::memory_order_acq_rel); }

 private:
  std::atomic<T*> object_{nullptr};
};

}  // namespace reclaim::parts
