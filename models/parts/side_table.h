// A table of things that are handed out by a small index, given back and used again, at addresses
// that never change and never go back to the system: a stale index always leads to a valid thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>

#include "base/assert.h"
#include "base/mapping.h"

namespace reclaim::parts {

/// Entry is constructed when its index is handed out first, and destroyed with the table.
/// Thread-safe.
template <class Entry, class Mutex, std::uint32_t most>
class SideTable {
 public:
  SideTable() : rooms_(most) {}
  ~SideTable() {
    for (std::uint32_t i = 0; i < made_; ++i) std::destroy_at(&at(i));
  }
  SideTable(const SideTable&) = delete;
  SideTable& operator=(const SideTable&) = delete;

  /// An index that nobody has. Ends the process with `when_full` when all are in use.
  std::uint32_t take(const char* when_full) {
    const std::lock_guard lock(mutex_);
    ++in_use_;
    ++taken_;
    if (first_free_ != 0) {
      const std::uint32_t index = first_free_ - 1;
      first_free_ = rooms_[index].next_free;
      return index;
    }
    require(made_ < most, when_full);
    new (rooms_[made_].bytes) Entry;
    return made_++;
  }
  void give_back(std::uint32_t index) {
    const std::lock_guard lock(mutex_);
    --in_use_;
    rooms_[index].next_free = first_free_;
    first_free_ = index + 1;
  }

  Entry& at(std::uint32_t index) {
    return *std::launder(reinterpret_cast<Entry*>(rooms_[index].bytes));
  }

  /// Indices that are handed out now, and how often one has been.
  std::uint32_t in_use() const {
    const std::lock_guard lock(mutex_);
    return in_use_;
  }
  std::uint64_t taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  struct Room {
    alignas(Entry) std::byte bytes[sizeof(Entry)];
    std::uint32_t next_free;  // index + 1; 0: the last
  };

  mutable Mutex mutex_;
  MappedArray<Room> rooms_;
  std::uint32_t made_ = 0;
  std::uint32_t first_free_ = 0;  // index + 1; 0: none
  std::uint32_t in_use_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace reclaim::parts
