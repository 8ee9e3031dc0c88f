// Objects by their addresses: each that is added has a number, from 0 in the order in which they
// came. For walks over whole heaps: an address, and half full a table of four bytes an entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reclaim::parts {

class ObjectNumbers {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// Its number, and whether it is new.
  std::pair<std::uint32_t, bool> add(const void* object) {
    if (2 * (objects_.size() + 1) > table_.size()) grow();
    std::uint32_t& entry = table_[place_of(object)];
    if (entry != none) return {entry, false};
    entry = size();
    objects_.push_back(object);
    return {entry, true};
  }
  /// none: it was never added.
  std::uint32_t find(const void* object) const {
    return table_.empty() ? none : table_[place_of(object)];
  }
  const void* operator[](std::uint32_t number) const { return objects_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(objects_.size()); }

 private:
  /// Where the object stands, or would.
  std::size_t place_of(const void* object) const {
    const auto address = reinterpret_cast<std::uintptr_t>(object);
    std::size_t place = (address * 0x9e3779b97f4a7c15) >> shift_;
    while (table_[place] != none && objects_[table_[place]] != object) {
      place = (place + 1) & (table_.size() - 1);
    }
    return place;
  }
  void grow() {
    table_.assign(table_.empty() ? std::size_t{1} << 10 : 2 * table_.size(), none);
    shift_ = 64 - __builtin_ctzll(table_.size());
    for (std::uint32_t i = 0; i < size(); ++i) table_[place_of(objects_[i])] = i;
  }

  std::vector<const void*> objects_;
  std::vector<std::uint32_t> table_;
  int shift_ = 64;
};

}  // namespace reclaim::parts
