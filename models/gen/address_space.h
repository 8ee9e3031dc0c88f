// Addresses without memory: a heap reserves its whole range once and asks the system for pages as
// it grows into them, so that "which space is this in" is a comparison of addresses.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/bits.h"
#include "base/exhaustion.h"

namespace reclaim::gen {

inline constexpr std::size_t page_bytes = 4096;

/// A range of addresses. Not thread-safe.
class Reservation {
 public:
  /// Reserves `bytes` at a multiple of `alignment` (a power of two, at least a page). When the
  /// system has no such range, base() is null.
  explicit Reservation(std::size_t bytes, std::size_t alignment = page_bytes)
      : bytes_(align_up(bytes, page_bytes)), mapped_bytes_(bytes_ + alignment) {
    void* memory = ::mmap(nullptr, mapped_bytes_, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    mapped_ = static_cast<std::byte*>(memory);
    const auto address = reinterpret_cast<std::size_t>(memory);
    base_ = mapped_ + (align_up(address, alignment) - address);
  }
  ~Reservation() {
    if (mapped_ != nullptr) ::munmap(mapped_, mapped_bytes_);
  }
  Reservation(Reservation&& other) noexcept
      : bytes_(other.bytes_),
        mapped_bytes_(other.mapped_bytes_),
        mapped_(std::exchange(other.mapped_, nullptr)),
        base_(std::exchange(other.base_, nullptr)) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  Reservation& operator=(Reservation&&) = delete;

  std::byte* base() const { return base_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_;
  std::size_t mapped_bytes_;
  std::byte* mapped_ = nullptr;
  std::byte* base_ = nullptr;
};

/// Makes whole pages of a reservation usable; they read as zero. False: the system has no memory.
inline bool commit_pages(std::byte* begin, std::size_t bytes) {
  return ::mprotect(begin, bytes, PROT_READ | PROT_WRITE) == 0;
}

/// Gives the memory behind usable pages back; they stay usable and read as zero.
inline void release_pages(std::byte* begin, std::size_t bytes) {
  ::madvise(begin, bytes, MADV_DONTNEED);
}

/// Moves the memory behind usable pages, with what is written in it, to other usable pages that
/// have none; those it leaves stay usable and read as zero. False, and nothing done: the kernel
/// does not know it (before Linux 5.7), or has no room for another mapping.
inline bool move_pages(std::byte* from, std::size_t bytes, std::byte* to) {
  constexpr int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
  if (::mremap(from, bytes, bytes, flags, to) == to) return true;
  // Where it fails late, what was mapped at `to` is gone already.
  unsigned char page = 0;
  const bool is_mapped = ::mincore(to, page_bytes, &page) == 0;
  if (!is_mapped &&
      ::mmap(to, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) != to) {
    out_of_memory("gen", bytes, 0);
  }
  return false;
}

/// Has memory put behind usable pages at once, in one call instead of a fault for each. A wish
/// only: where the kernel does not know it (before Linux 5.14), the faults come as ever.
inline void populate_pages(std::byte* begin, std::size_t bytes) {
  ::madvise(begin, bytes, MADV_POPULATE_WRITE);
}

/// Asks for huge pages: fewer faults and fewer translations. A wish only.
inline void prefer_huge_pages(std::byte* begin, std::size_t bytes) {
  ::madvise(begin, bytes, MADV_HUGEPAGE);
}

/// A range that becomes usable from the front.
class CommittedPrefix {
 public:
  CommittedPrefix(std::byte* base, std::size_t bytes, std::size_t step)
      : base_(base), bytes_(bytes), step_(step) {}

  /// Makes [base, base + needed) usable; false: it is longer than the range, or no memory.
  bool reach(std::size_t needed) {
    if (needed <= committed_) [[likely]]
      return true;
    const std::size_t wanted = std::min(bytes_, align_up(needed, step_));
    if (wanted < needed || !commit_pages(base_ + committed_, wanted - committed_)) return false;
    committed_ = wanted;
    return true;
  }
  std::size_t committed() const { return committed_; }

 private:
  std::byte* base_;
  std::size_t bytes_;
  std::size_t step_;
  std::size_t committed_ = 0;
};

/// A table that covers a space and becomes usable as the space grows: zeroed T, never moved.
template <class T>
class SideTable {
 public:
  explicit SideTable(std::size_t most)
      : reservation_(most * sizeof(T)),
        prefix_(reservation_.base(), reservation_.bytes(), 1 << 16) {
    if (reservation_.base() == nullptr) out_of_memory("gen", reservation_.bytes(), 0);
  }
  void reach(std::size_t length) {
    if (!prefix_.reach(align_up(length * sizeof(T), page_bytes))) {
      out_of_memory("gen", length * sizeof(T), 0);
    }
  }
  T& operator[](std::size_t i) { return reinterpret_cast<T*>(reservation_.base())[i]; }
  const T& operator[](std::size_t i) const {
    return reinterpret_cast<const T*>(reservation_.base())[i];
  }
  T* data() { return reinterpret_cast<T*>(reservation_.base()); }
  std::size_t committed_bytes() const { return prefix_.committed(); }

 private:
  Reservation reservation_;
  CommittedPrefix prefix_;
};

/// A stack of trivial T that grows in place. Exhaustion of the system ends the process.
template <class T>
class GrowingStack {
  static constexpr std::size_t entry_bytes = sizeof(T);  // NOLINT(bugprone-sizeof-expression)

 public:
  /// `most`: entries that it can ever hold.
  explicit GrowingStack(std::size_t most)
      : reservation_(most * entry_bytes),
        prefix_(reservation_.base(), reservation_.bytes(), 1 << 18) {
    if (reservation_.base() == nullptr) out_of_memory("gen", reservation_.bytes(), 0);
    data_ = reinterpret_cast<T*>(reservation_.base());
  }

  void push(T value) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    data_[size_++] = value;
  }
  T pop() { return data_[--size_]; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }
  void shrink_to(std::size_t size) { size_ = size; }
  T& operator[](std::size_t i) { return data_[i]; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  std::size_t committed_bytes() const { return prefix_.committed(); }

  /// For whoever pushes and pops by pointer: entries may be written in [end(), limit()).
  T* limit() const { return data_ + capacity_; }
  void set_end(T* end) { size_ = static_cast<std::size_t>(end - data_); }

  /// Gives the memory of an empty stack back.
  void release() {
    size_ = 0;
    if (capacity_ != 0) release_pages(reservation_.base(), prefix_.committed());
  }

 private:
  [[gnu::noinline, gnu::cold]] void grow() {
    const std::size_t needed = align_up((size_ + 1) * entry_bytes, page_bytes);
    if (!prefix_.reach(needed)) out_of_memory("gen", needed, 0);
    capacity_ = prefix_.committed() / entry_bytes;
  }

  Reservation reservation_;
  CommittedPrefix prefix_;
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace reclaim::gen
