// Memory straight from the system, apart from every measured heap: what meters and models keep
// their own books in, so that the books never show up in malloc.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <type_traits>
#include <utility>

#include "base/exhaustion.h"

namespace reclaim {

/// A fixed array of zeroed T. Pages cost nothing until touched. T is trivial; zero bytes are a
/// valid T.
template <class T>
class MappedArray {
 public:
  explicit MappedArray(std::size_t length) : length_(length), bytes_(length * sizeof(T)) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (bytes_ == 0) return;
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) out_of_memory("the laboratory's own books", bytes_, 0);
    data_ = static_cast<T*>(memory);
  }
  ~MappedArray() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  MappedArray(MappedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), length_(other.length_), bytes_(other.bytes_) {}
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  MappedArray& operator=(MappedArray&&) = delete;

  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* data() { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + length_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + length_; }
  std::size_t size() const { return length_; }

 private:
  T* data_ = nullptr;
  std::size_t length_;
  std::size_t bytes_;
};

}  // namespace reclaim
