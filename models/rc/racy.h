// What a heap and a mutator keep for counts that lose updates: all memory until the heap ends, and
// the books of what has come of it.
//
// Each mutator knows how often it counted up and down, and at the end each object knows what it was
// counted to. So
//   objects made + retains - releases - sum of all counts = increments lost - decrements lost
// A loss of each kind cancel in this difference: it says how far the counts have drifted, no more.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "models/manual/malloc_memory.h"
#include "models/rc/racy_count.h"

namespace reclaim::rc {

/// What is in front of each piece of memory: it is found by the heap when it ends.
struct KeptBlock {
  KeptBlock* next = nullptr;
  bool is_object = false;  ///< false: a cell of weak references

  void* memory() { return this + 1; }
  static KeptBlock& of(void* memory) { return *(static_cast<KeptBlock*>(memory) - 1); }
};
static_assert(sizeof(KeptBlock) == alignof(std::max_align_t));

struct RacyBooks {
  std::int64_t balance = 0;               ///< objects made + retains - releases
  std::uint64_t updates_of_the_dead = 0;  ///< references taken and given up after the end
  std::uint64_t second_deaths = 0;        ///< times that a dead object came to zero again

  void add(const RacyBooks& other) {
    balance += other.balance;
    updates_of_the_dead += other.updates_of_the_dead;
    second_deaths += other.second_deaths;
  }
};

template <class Header>
struct Racy {
  static constexpr bool finds_late = true;
  static constexpr bool keeps_the_dead = true;

  /// A reference in an object, that somebody may write meanwhile who should not be able to reach
  /// the object any more.
  template <class T>
  static T* held(T*& slot) {
    return std::atomic_ref{slot}.load(std::memory_order_acquire);
  }
  template <class T>
  static T* exchange(T*& slot, T* value) {
    const std::atomic_ref reference{slot};
    T* const old = reference.load(std::memory_order_acquire);
    reference.store(value, std::memory_order_release);
    return old;
  }

  /// Thread-safe.
  class OfHeap {
   public:
    OfHeap() = default;
    ~OfHeap() {
      for (KeptBlock* block = blocks_; block != nullptr;) {
        KeptBlock* const next = block->next;
        std::free(block);
        block = next;
      }
    }
    OfHeap(const OfHeap&) = delete;
    OfHeap& operator=(const OfHeap&) = delete;

    void add(const RacyBooks& books) {
      const std::lock_guard lock(mutex_);
      books_.add(books);
    }
    /// Takes over a list of blocks.
    void keep(KeptBlock* first, KeptBlock* last) {
      const std::lock_guard lock(mutex_);
      last->next = std::exchange(blocks_, first);
    }
    /// For the record, while no mutator is attached.
    std::vector<std::pair<std::string, double>> extra(const RacyBooks& of_heap) const {
      RacyBooks all = books_;
      all.add(of_heap);
      std::int64_t drift = all.balance;
      for (KeptBlock* block = blocks_; block != nullptr; block = block->next) {
        if (!block->is_object) continue;
        const auto* object = static_cast<const Header*>(block->memory());
        drift -= static_cast<std::int32_t>(object->count.value());
      }
      return {{"increments_lost_less_decrements_lost", static_cast<double>(drift)},
              {"updates_of_the_dead", static_cast<double>(all.updates_of_the_dead)},
              {"second_deaths", static_cast<double>(all.second_deaths)}};
    }

   private:
    std::mutex mutex_;
    RacyBooks books_;              // guarded by mutex_
    KeptBlock* blocks_ = nullptr;  // guarded by mutex_
  };

  /// The memory of a mutator: malloc's, and none goes back before the heap ends.
  class Memory {
   public:
    explicit Memory(OfHeap& heap) : heap_(heap) {}
    ~Memory() {
      if (first_ != nullptr) heap_.keep(first_, last_);
    }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    void* allocate(std::size_t bytes) { return kept(malloc_.allocate(sizeof(KeptBlock) + bytes)); }
    void* allocate_zeroed(std::size_t bytes) {
      return kept(malloc_.allocate_zeroed(sizeof(KeptBlock) + bytes));
    }
    void release(void*) {}

   private:
    void* kept(void* memory) {
      auto* block = new (memory) KeptBlock;
      block->next = std::exchange(first_, block);
      if (last_ == nullptr) last_ = block;
      return block->memory();
    }

    OfHeap& heap_;
    manual::MallocMemory malloc_;
    KeptBlock* first_ = nullptr;
    KeptBlock* last_ = nullptr;
  };

  class OfMutator {
   public:
    explicit OfMutator(OfHeap& heap) : heap_(heap) {}
    ~OfMutator() { heap_.add(books_); }
    OfMutator(const OfMutator&) = delete;
    OfMutator& operator=(const OfMutator&) = delete;

    void on_make(Header* object) {
      KeptBlock::of(object).is_object = true;
      ++books_.balance;
    }
    void retain(Header* object) {
      if (object->count.is_dead()) [[unlikely]]
        ++books_.updates_of_the_dead;
      ++books_.balance;
      object->count.retain();
    }
    bool release(Header* object) {
      if (object->count.is_dead()) [[unlikely]]
        ++books_.updates_of_the_dead;
      --books_.balance;
      if (!object->count.release()) return false;
      if (object->count.claim()) return true;
      ++books_.second_deaths;
      return false;
    }
    template <class Alone>
    bool release_observed(Header* object, Alone alone) {
      return release(object) && alone([] { return true; });
    }
    bool try_retain(Header* object) {
      if (object->count.is_dead()) return false;
      retain(object);
      return true;
    }
    /// Never known: the count may be wrong.
    static bool is_sole(const Header*) { return false; }
    static constexpr bool has_mail() { return false; }
    template <class F>
    static void read_mail(F&&) {}
    static constexpr bool leave() { return true; }

    const RacyBooks& books() const { return books_; }

   private:
    OfHeap& heap_;
    RacyBooks books_;
  };
};

}  // namespace reclaim::rc
