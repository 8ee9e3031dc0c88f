// Objects too large to copy. Each has a run of pages of its own and never moves; it is as young as
// any other new object, and dies by not having been reached. Runs are found first-fit from where
// the last search ended, neighbours that are free are joined on the way (Knuth, 2.5).
//
// A page table entry is kept per run, at its first page:  [ in use | dirty | pages in the run ].
// A clean free run holds no memory and reads as zero; a dirty one holds memory and old contents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "models/gen/address_space.h"
#include "models/gen/header.h"

namespace reclaim::gen {

/// Not thread-safe: mutators hold the heap's allocation lock, the collector has stopped the world.
class LargeSpace {
 public:
  LargeSpace(std::byte* base, std::size_t bytes);

  struct Run {
    std::byte* begin = nullptr;  ///< null: the range or the system's memory is exhausted
    bool dirty = false;          ///< holds old contents
  };
  /// Pages for an object of `bytes`; the caller enters the object into young() or old().
  Run allocate(std::size_t bytes);
  /// The object's pages; they keep their memory until release_free().
  void free(Object* object);
  void release_free();

  /// The objects that no collection has promoted yet, and the others.
  GrowingStack<Object*>& young() { return young_; }
  GrowingStack<Object*>& old() { return old_; }

  /// The most bytes in use at once since the last call.
  std::size_t take_most_used_bytes() {
    return std::exchange(most_used_pages_, used_pages_) * page_bytes;
  }
  std::size_t used_bytes() const { return used_pages_ * page_bytes; }
  std::size_t resident_bytes() const { return (used_pages_ + dirty_pages_) * page_bytes; }
  std::size_t free_resident_bytes() const { return dirty_pages_ * page_bytes; }
  static std::size_t rounded(std::size_t bytes) { return align_up(bytes, page_bytes); }
  bool contains(const void* p) const { return address_of(p) - address_of(base_) < bytes_; }
  std::byte* base() const { return base_; }

  // --- chunks: what a store into an old large array records ---
  static constexpr int chunk_shift = 9;
  static constexpr std::size_t chunk_slots = (std::size_t{1} << chunk_shift) / sizeof(void*);
  /// The dirty mark of the chunk of addresses that p lies in.
  std::uint8_t& chunk_mark(const void* p) {
    return chunk_marks_[(address_of(p) - address_of(base_)) >> chunk_shift];
  }
  std::size_t metadata_bytes() const {
    return runs_.committed_bytes() + chunk_marks_.committed_bytes();
  }

 private:
  using Entry = std::uint32_t;
  static constexpr Entry in_use = 1u << 31;
  static constexpr Entry dirty = 1u << 30;
  static constexpr Entry pages_mask = dirty - 1;

  std::size_t page_of(const void* p) const {
    return (address_of(p) - address_of(base_)) / page_bytes;
  }
  /// Joins the free run at `page` with those that follow; returns its length.
  std::size_t join(std::size_t page);
  Run find(std::size_t pages);
  Run extend(std::size_t pages);
  Run take(std::size_t page, std::size_t run_pages, std::size_t pages);

  std::byte* base_;
  std::size_t bytes_;
  CommittedPrefix memory_;
  SideTable<Entry> runs_;
  SideTable<std::uint8_t> chunk_marks_;
  GrowingStack<Object*> young_;
  GrowingStack<Object*> old_;
  std::size_t end_page_ = 0;  ///< pages from here on have never been used
  std::size_t cursor_ = 0;
  std::size_t used_pages_ = 0;
  std::size_t most_used_pages_ = 0;
  std::size_t dirty_pages_ = 0;
};

}  // namespace reclaim::gen
