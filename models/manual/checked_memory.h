// Memory that remembers whose it was. What is freed waits in a queue of its size, and is given to
// the next object only when enough others have been freed after it; nothing goes back to the system
// before the heap ends, so that what is known of an object can be read by a stale reference.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "base/exhaustion.h"
#include "boundary/census.h"
#include "models/manual/checked_block.h"

namespace reclaim::manual {

/// The memory policy of parts::RawModel for `manual+checked`.
class CheckedMemory {
 public:
  static constexpr bool reclaims = true;

  /// From the system, and cut into blocks by one mutator.
  struct Chunk {
    Chunk* next;
    std::size_t bytes;
  };

  /// What outlives the mutators: all blocks. Thread-safe.
  class OfHeap {
   public:
    OfHeap() = default;
    ~OfHeap() {
      while (Chunk* chunk = chunks_) {
        chunks_ = chunk->next;
        ::munmap(chunk, chunk->bytes);
      }
    }
    OfHeap(const OfHeap&) = delete;
    OfHeap& operator=(const OfHeap&) = delete;

    void keep(CheckedBlock* first, CheckedBlock* last) {
      const std::lock_guard lock(mutex_);
      last->next_of_all = std::exchange(all_, first);
    }
    void keep(Chunk* chunk) {
      const std::lock_guard lock(mutex_);
      chunk->next = std::exchange(chunks_, chunk);
    }
    /// Objects that were never freed, by type and by where they were made. While no mutator is
    /// attached.
    std::vector<LeakSite> leaks() const {
      std::map<std::tuple<std::string_view, std::string_view, int>, LeakSite> sites;
      for (CheckedBlock* block = all_; block != nullptr; block = block->next_of_all) {
        if (block->type == nullptr || !block->is_alive()) continue;
        const std::string_view path = short_path(block->made.file);
        LeakSite& site = sites[{block->type->name, path, block->made.line}];
        site.type = block->type->name;
        site.file = path;
        site.line = block->made.line;
        ++site.objects;
      }
      std::vector<LeakSite> all;
      for (auto& [key, site] : sites) all.push_back(site);
      return all;
    }

   private:
    std::mutex mutex_;
    CheckedBlock* all_ = nullptr;  // guarded by mutex_
    Chunk* chunks_ = nullptr;      // guarded by mutex_
  };

  static constexpr std::size_t bytes_in_front = sizeof(CheckedBlock);

  explicit CheckedMemory(OfHeap& heap) : heap_(heap) {}
  ~CheckedMemory() {
    if (first_ != nullptr) heap_.keep(first_, last_);
  }
  CheckedMemory(const CheckedMemory&) = delete;
  CheckedMemory& operator=(const CheckedMemory&) = delete;

  void* allocate(std::size_t bytes) {
    const std::uint32_t size_class = class_of(bytes);
    Queue& queue = queues_[size_class];
    CheckedBlock* block = nullptr;
    if (queue.length > held_back) {
      block = queue.first;
      queue.first = block->next_freed;
      --queue.length;
      block->begin_next();
    } else {
      block = fresh(bytes_of(size_class));
      block->size_class = size_class;
    }
    block->type = nullptr;
    block->bytes = bytes;
    block->guard_end();
    return block->memory();
  }
  void* allocate_zeroed(std::size_t bytes) { return std::memset(allocate(bytes), 0, bytes); }
  /// What is known of the object goes with it.
  void* reallocate(void* old, std::size_t old_bytes, std::size_t bytes, Site site) {
    void* memory = allocate(bytes);
    std::memcpy(memory, old, std::min(old_bytes, bytes));
    CheckedBlock& block = CheckedBlock::of(memory);
    block.type = CheckedBlock::of(old).type;
    block.made = CheckedBlock::of(old).made;
    release(old, site);
    return memory;
  }
  void on_make(void* object, const TypeInfo& type, Site site) {
    CheckedBlock& block = CheckedBlock::of(object);
    block.type = &type;
    block.made = site;
  }
  void release(void* memory, Site site = {}) {
    CheckedBlock& block = CheckedBlock::of(memory);
    if (!block.is_intact()) tell_mistake("written beside", block, true, site);
    block.freed = site;
    std::uint32_t stamp = block.stamp.load(std::memory_order_relaxed);
    if ((stamp & 1) != 0 ||
        !block.stamp.compare_exchange_strong(stamp, stamp + 1, std::memory_order_acq_rel)) {
      tell_mistake("double free", block, true, site);
    }
    std::memset(memory, 0xdb, block.bytes);
    Queue& queue = queues_[block.size_class];
    block.next_freed = nullptr;
    (queue.length == 0 ? queue.first : queue.last->next_freed) = &block;
    queue.last = &block;
    ++queue.length;
  }

 private:
  /// Blocks of one size that wait before one of them is used again.
  static constexpr std::size_t held_back = 64;
  static constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
  /// Up to linear_most in steps of 16 bytes, then powers of two.
  static constexpr std::size_t linear_most = 1024;
  static constexpr std::uint32_t linear_classes = linear_most / 16 + 1;
  static constexpr std::uint32_t class_count = linear_classes + 64;

  struct Queue {
    CheckedBlock* first = nullptr;
    CheckedBlock* last = nullptr;
    std::size_t length = 0;
  };

  static std::uint32_t class_of(std::size_t bytes) {
    if (bytes <= linear_most) return static_cast<std::uint32_t>((bytes + 15) / 16);
    return linear_classes + static_cast<std::uint32_t>(std::bit_width(bytes - 1));
  }
  static std::size_t bytes_of(std::uint32_t size_class) {
    if (size_class < linear_classes) return std::size_t{size_class} * 16;
    return std::size_t{1} << (size_class - linear_classes);
  }

  CheckedBlock* fresh(std::size_t room) {
    const std::size_t all = align_up(sizeof(CheckedBlock) + room + sizeof CheckedBlock::canary,
                                     alignof(std::max_align_t));
    auto* block = new (cut(all)) CheckedBlock;
    block->next_of_all = std::exchange(first_, block);
    if (last_ == nullptr) last_ = block;
    return block;
  }

  void* cut(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(end_ - top_)) {
      constexpr std::size_t head = align_up(sizeof(Chunk), alignof(std::max_align_t));
      const std::size_t length = align_up(std::max(head + bytes, chunk_bytes), 4096);
      void* memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (memory == MAP_FAILED) out_of_memory("manual+checked", length, 0);
      heap_.keep(new (memory) Chunk{nullptr, length});
      top_ = static_cast<std::byte*>(memory) + head;
      end_ = static_cast<std::byte*>(memory) + length;
    }
    return std::exchange(top_, top_ + bytes);
  }

  OfHeap& heap_;
  std::byte* top_ = nullptr;
  std::byte* end_ = nullptr;
  CheckedBlock* first_ = nullptr;
  CheckedBlock* last_ = nullptr;
  std::array<Queue, class_count> queues_{};
};

}  // namespace reclaim::manual
