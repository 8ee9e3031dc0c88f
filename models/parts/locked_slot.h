// A pointer that many threads load and store, where a load also retains what it finds. These are
// two steps, and a store between them may release the last reference. So bit 0 of the pointer is a
// lock, held for a few instructions, as in libstdc++'s std::atomic<std::shared_ptr>.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "models/parts/machine.h"

namespace reclaim::parts {

/// Thread-safe. Objects are aligned to two bytes at least.
template <class Machine = parts::Machine>
class BasicLockedSlot {
 public:
  BasicLockedSlot() = default;
  explicit BasicLockedSlot(void* object) : word_(reinterpret_cast<std::uintptr_t>(object)) {}

  /// Returns f(void*& object), called while nobody else looks. f does not touch the slot again.
  template <class F>
  decltype(auto) update(F&& f) {
    Holding holding{word_, acquire()};
    return std::forward<F>(f)(holding.object);
  }

 private:
  using Word = typename Machine::template Atomic<std::uintptr_t>;
  static constexpr std::uintptr_t locked = 1;
  static constexpr int spins_before_yield = 64;

  struct Holding {
    Word& word;
    void* object;
    ~Holding() { word.store(reinterpret_cast<std::uintptr_t>(object), std::memory_order_release); }
  };

  void* acquire() {
    for (int spins = 0;; ++spins) {
      std::uintptr_t word = word_.load(std::memory_order_relaxed) & ~locked;
      if (word_.compare_exchange_weak(word, word | locked, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return reinterpret_cast<void*>(word);
      }
      if (spins >= spins_before_yield) Machine::yield();  // its holder may not be running
    }
  }

  Word word_{0};
};

}  // namespace reclaim::parts
