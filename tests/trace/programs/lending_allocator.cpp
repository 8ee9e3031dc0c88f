// An allocator, preloaded behind the recorder, that gives other threads every chance to get an
// address in the moment between its being given back and the return of free or realloc.
#include <sched.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace {

constexpr std::size_t header_bytes = 16;
constexpr std::size_t block_bytes = 512;  // of the blocks that are used again

alignas(16) unsigned char memory[std::size_t{64} << 20];
std::size_t used = 0;
void* free_blocks = nullptr;
std::atomic_flag busy;

struct Lock {
  Lock() {
    while (busy.test_and_set()) sched_yield();
  }
  ~Lock() { busy.clear(); }
};

std::size_t& size_of(void* block) {
  return *reinterpret_cast<std::size_t*>(static_cast<unsigned char*>(block) - header_bytes);
}

void* take(std::size_t size) {
  const Lock lock;
  const std::size_t room = size <= block_bytes ? block_bytes : (size + 15) & ~std::size_t{15};
  void* block = free_blocks;
  if (size <= block_bytes && block != nullptr) {
    std::memcpy(&free_blocks, block, sizeof free_blocks);
  } else {
    if (used + header_bytes + room > sizeof memory) {
      errno = ENOMEM;
      return nullptr;
    }
    block = memory + used + header_bytes;
    used += header_bytes + room;
  }
  size_of(block) = size;
  return block;
}

void give_back(void* block) {
  if (block == nullptr) return;
  if (size_of(block) <= block_bytes) {
    const Lock lock;
    std::memcpy(block, &free_blocks, sizeof free_blocks);
    free_blocks = block;
  }
  for (int i = 0; i < 3; ++i) sched_yield();
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) noexcept { return take(size); }
void free(void* block) noexcept { give_back(block); }
void* calloc(std::size_t count, std::size_t size) noexcept {
  void* block = take(count * size);
  return block == nullptr ? nullptr : std::memset(block, 0, count * size);
}
void* realloc(void* old, std::size_t size) noexcept {
  void* block = take(size);
  if (old != nullptr && block != nullptr) {
    std::memcpy(block, old, size_of(old) < size ? size_of(old) : size);
    give_back(old);
  }
  return block;
}
}
