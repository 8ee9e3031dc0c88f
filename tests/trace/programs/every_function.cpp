// Calls each function that the recorder interposes once, between two objects of a telling size.
#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {
void mark() { std::free(std::malloc(1234567)); }
}  // namespace

int main() {
  mark();
  std::free(std::malloc(100));
  std::free(std::calloc(3, 41));
  void* grown = std::realloc(nullptr, 200);
  grown = std::realloc(grown, 300000);
  grown = reallocarray(grown, 7, 100);
  grown = std::realloc(grown, 0);  // frees
  if (grown != nullptr) return 1;
  std::free(aligned_alloc(64, 192));
  void* aligned = nullptr;
  if (posix_memalign(&aligned, 256, 1000) != 0) return 1;
  std::free(aligned);
  std::free(memalign(32, 33));
  std::free(valloc(10));
  std::free(pvalloc(11));
  ::operator delete(::operator new(50));
  ::operator delete[](::operator new[](51));
  ::operator delete (::operator new(52), std::size_t{52});
  ::operator delete[](::operator new[](53), std::size_t{53});
  ::operator delete(::operator new(54, std::nothrow));
  ::operator delete[](::operator new[](55, std::nothrow));
  ::operator delete (::operator new (56, std::align_val_t{128}), std::align_val_t{128});
  ::operator delete[](::operator new[](57, std::align_val_t{128}), std::size_t{57},
                      std::align_val_t{128});
  std::free(strdup("twelve chars"));
  std::free(std::malloc(0));
  std::free(nullptr);
  volatile std::size_t impossible = SIZE_MAX / 2;
  if (std::malloc(impossible) != nullptr) return 1;
  if (::operator new(impossible, std::nothrow) != nullptr) return 1;
  if (reallocarray(nullptr, impossible, 16) != nullptr) return 1;
  try {
    static_cast<void>(::operator new(impossible));
    return 1;
  } catch (const std::bad_alloc&) {
  }
  mark();
  static_cast<void>(std::malloc(77));  // never freed
  return 0;
}
