// Replaces only the two plain operators, with a header before each object: every other operator has
// to reach these, and a free of the inner address would end the program.
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {
constexpr std::size_t header_bytes = 32;
constexpr unsigned long telltale = 0x0b57ac1eu;
}  // namespace

void* operator new(std::size_t size) {
  auto* memory = static_cast<unsigned long*>(std::malloc(size + header_bytes));
  if (memory == nullptr) throw std::bad_alloc();
  *memory = telltale;
  return reinterpret_cast<char*>(memory) + header_bytes;
}
void operator delete(void* object) noexcept {
  if (object == nullptr) return;
  auto* memory = reinterpret_cast<unsigned long*>(static_cast<char*>(object) - header_bytes);
  if (*memory != telltale) std::_Exit(9);
  std::free(memory);
}

int main() {
  for (int i = 0; i < 100; ++i) {
    std::unique_ptr<int[]> array(new int[100]);
    auto* object = new std::string(200, 'x');
    ::operator delete (::operator new(70), std::size_t{70});
    ::operator delete[](::operator new[](71), std::size_t{71});
    ::operator delete(::operator new(72, std::nothrow));
    delete object;
    const std::vector<int> numbers(50, 3);
    if (numbers[49] != 3) return 1;
  }
}
