// Which object lives at an address. Open addressing with linear probing and deletion by shifting
// back (Knuth, vol. 3, 6.4, algorithm R): no tombstones, so a long trace stays as fast as a short
// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bits.h"

namespace reclaim::trace {

/// Addresses are not 0. Not thread-safe.
class AddressMap {
 public:
  AddressMap() : entries_(1024) {}

  /// Sets the object at `address`; returns the one that was there.
  std::optional<std::uint64_t> put(std::uint64_t address, std::uint64_t object) {
    if ((count_ + 1) * 10 > entries_.size() * 7) grow();
    Entry& entry = entries_[find(address)];
    if (entry.address == address) return std::exchange(entry.object, object);
    entry = Entry{address, object};
    ++count_;
    return std::nullopt;
  }

  /// The object at `address`, if any.
  std::optional<std::uint64_t> get(std::uint64_t address) const {
    const Entry& entry = entries_[find(address)];
    if (entry.address == 0) return std::nullopt;
    return entry.object;
  }

  /// Removes and returns the object at `address`, if any.
  std::optional<std::uint64_t> take(std::uint64_t address) {
    std::size_t hole = find(address);
    if (entries_[hole].address == 0) return std::nullopt;
    const std::uint64_t object = entries_[hole].object;
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t at = (hole + 1) & mask; entries_[at].address != 0; at = (at + 1) & mask) {
      const std::size_t home = home_of(entries_[at].address);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        entries_[hole] = entries_[at];
        hole = at;
      }
    }
    entries_[hole] = Entry{};
    --count_;
    return object;
  }

 private:
  struct Entry {
    std::uint64_t address = 0;
    std::uint64_t object = 0;
  };

  std::size_t home_of(std::uint64_t address) const { return mix(address) & (entries_.size() - 1); }

  /// Where `address` is, or the free entry where it would go.
  std::size_t find(std::uint64_t address) const {
    std::size_t at = home_of(address);
    while (entries_[at].address != 0 && entries_[at].address != address) {
      at = (at + 1) & (entries_.size() - 1);
    }
    return at;
  }

  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.address != 0) entries_[find(entry.address)] = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace reclaim::trace
