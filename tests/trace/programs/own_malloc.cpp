// A program with an allocator of its own, as one linked against a static jemalloc has.
#include <cstddef>
#include <cstring>

namespace {
alignas(16) unsigned char memory[1 << 22];
std::size_t used = 0;
}  // namespace

extern "C" {
void* malloc(std::size_t size) noexcept {
  void* result = memory + used;
  used += (size + 15) & ~std::size_t{15};
  return used <= sizeof memory ? result : nullptr;
}
void free(void*) noexcept {}
void* calloc(std::size_t count, std::size_t size) noexcept { return malloc(count * size); }
void* realloc(void* old, std::size_t size) noexcept {
  void* result = malloc(size);
  if (old != nullptr && result != nullptr) std::memcpy(result, old, size);
  return result;
}
}

int main() {
  char* text = strdup("from my own memory");
  const auto* byte = reinterpret_cast<unsigned char*>(text);
  int* number = new int(3);  // libstdc++'s operator must find the malloc above
  const auto* word = reinterpret_cast<unsigned char*>(number);
  const bool mine = byte >= memory && byte < memory + sizeof memory && word >= memory &&
                    word < memory + sizeof memory;
  delete number;
  return mine ? 0 : 1;
}
