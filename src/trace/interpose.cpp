// The functions that the preloaded recorder puts before the program's allocator: the C family and
// the C++ operators. The operators call one another and malloc exactly as libstdc++'s do, always by
// way of the program's definitions: nothing is counted twice, a program that replaces one of them
// or malloc keeps its own, and an allocator whose operators bypass malloc (mimalloc, jemalloc) is
// seen.

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "trace/recorder.h"

using reclaim::trace::RawKind;
using reclaim::trace::Recorder;

namespace {

struct RealFunctions {
  void* (*malloc)(std::size_t);
  void* (*calloc)(std::size_t, std::size_t);
  void* (*realloc)(void*, std::size_t);
  void (*free)(void*);
  void* (*aligned_alloc)(std::size_t, std::size_t);
  int (*posix_memalign)(void**, std::size_t, std::size_t);
  void* (*memalign)(std::size_t, std::size_t);
  void* (*valloc)(std::size_t);
  void* (*pvalloc)(std::size_t);
  int (*pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
};
RealFunctions real;  // those behind this library

struct ProgramFunctions {
  void* (*malloc)(std::size_t);
  void* (*aligned_alloc)(std::size_t, std::size_t);
  void (*free)(void*);
  void* (*operator_new)(std::size_t);
  void* (*operator_new_aligned)(std::size_t, std::align_val_t);
  void (*operator_delete)(void*);
  void (*operator_delete_array)(void*);
  void (*operator_delete_aligned)(void*, std::align_val_t);
  void (*operator_delete_array_aligned)(void*, std::align_val_t);
};
ProgramFunctions
    program;  // those that a call by name reaches: the program's own, or this library's

/// What operator new tells the malloc or aligned_alloc that it calls; size as the program asked.
struct OperatorCall {
  bool active;
  std::size_t size;
};
__attribute__((tls_model("initial-exec"))) thread_local OperatorCall operator_call;

enum class Resolution : int { none, under_way, done };
std::atomic<Resolution> resolution{Resolution::none};

/// Serves what dlsym itself allocates while the real functions are looked up. Never given back.
constexpr std::size_t early_bytes = 64 * 1024;
alignas(16) unsigned char early_memory[early_bytes];
std::atomic<std::size_t> early_used{0};

void* early_allocate(std::size_t size) {
  const std::size_t rounded = (size + 31) & ~std::size_t{15};  // 16 bytes in front hold the size
  const std::size_t at = early_used.fetch_add(rounded);
  if (size > early_bytes || at + rounded > early_bytes) return nullptr;
  *reinterpret_cast<std::size_t*>(early_memory + at) = size;
  return early_memory + at + 16;
}
bool is_early(const void* address) {
  const auto* byte = static_cast<const unsigned char*>(address);
  return byte >= early_memory && byte < early_memory + early_bytes;
}

template <class Function>
void look_up(Function& function, const char* name, void* where = RTLD_NEXT) {
  void* address = dlsym(where, name);
  __builtin_memcpy(&function, &address, sizeof function);
}

/// True once the real functions are known; false inside the look-up itself.
bool resolve() {
  if (__builtin_expect(
          static_cast<long>(resolution.load(std::memory_order_acquire) == Resolution::done), 1L) !=
      0) {
    return true;
  }
  Resolution none = Resolution::none;
  if (!resolution.compare_exchange_strong(none, Resolution::under_way)) {
    return none == Resolution::done;
  }
  look_up(real.malloc, "malloc");
  look_up(real.calloc, "calloc");
  look_up(real.realloc, "realloc");
  look_up(real.free, "free");
  look_up(real.aligned_alloc, "aligned_alloc");
  look_up(real.posix_memalign, "posix_memalign");
  look_up(real.memalign, "memalign");
  look_up(real.valloc, "valloc");
  look_up(real.pvalloc, "pvalloc");
  look_up(real.pthread_create, "pthread_create");
  look_up(program.malloc, "malloc", RTLD_DEFAULT);
  look_up(program.aligned_alloc, "aligned_alloc", RTLD_DEFAULT);
  look_up(program.free, "free", RTLD_DEFAULT);
  look_up(program.operator_new, "_Znwm", RTLD_DEFAULT);
  look_up(program.operator_new_aligned, "_ZnwmSt11align_val_t", RTLD_DEFAULT);
  look_up(program.operator_delete, "_ZdlPv", RTLD_DEFAULT);
  look_up(program.operator_delete_array, "_ZdaPv", RTLD_DEFAULT);
  look_up(program.operator_delete_aligned, "_ZdlPvSt11align_val_t", RTLD_DEFAULT);
  look_up(program.operator_delete_array_aligned, "_ZdaPvSt11align_val_t", RTLD_DEFAULT);
  resolution.store(Resolution::done, std::memory_order_release);
  return true;
}

void* no_memory() {
  errno = ENOMEM;
  return nullptr;
}

/// Records an object that was just made. `alignment` 0: malloc's own.
void* made(RawKind way, void* address, std::size_t size, std::size_t alignment = 0) {
  if (address == nullptr) return nullptr;
  const std::uint64_t sequence = Recorder::begin();
  if (sequence != 0) Recorder::make(way, sequence, address, size, alignment);
  return address;
}

void* allocate(std::size_t size) {
  if (!resolve()) return early_allocate(size);
  const OperatorCall call = operator_call;
  operator_call.active = false;
  void* address = real.malloc(size);
  return call.active ? made(RawKind::make_new, address, call.size)
                     : made(RawKind::make_malloc, address, size);
}

void release(void* address) {
  if (address == nullptr || is_early(address) || !resolve()) return;
  const std::uint64_t sequence = Recorder::begin();
  if (sequence != 0) Recorder::free(sequence, address);
  real.free(address);
}

void* resize(void* address, std::size_t size) {
  if (address == nullptr) {
    if (!resolve()) return early_allocate(size);
    return made(RawKind::make_realloc, real.realloc(nullptr, size), size);
  }
  if (is_early(address)) {
    const std::size_t old_size = *reinterpret_cast<std::size_t*>(static_cast<char*>(address) - 16);
    void* moved = allocate(size);
    if (moved != nullptr) __builtin_memcpy(moved, address, old_size < size ? old_size : size);
    return moved;
  }
  if (!resolve()) return no_memory();
  const std::uint64_t sequence = Recorder::begin();
  if (sequence == 0) return real.realloc(address, size);
  // The event stays open across the call: what a signal handler does in it has no place in order.
  const auto old_address = reinterpret_cast<std::uintptr_t>(address);
  void* result = real.realloc(address, size);
  const void* old = reinterpret_cast<const void*>(old_address);
  if (result == nullptr) {
    if (size == 0) {
      Recorder::free(sequence, old);
    } else {
      Recorder::cancel();
    }
  } else if (reinterpret_cast<std::uintptr_t>(result) == old_address) {
    Recorder::resize(sequence, old, size);
  } else {
    Recorder::move(sequence, old, size, Recorder::next_sequence(), result);
  }
  return result;
}

std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

/// A failure is left to the next definition (libstdc++'s), which calls the new-handler and throws:
/// this library throws nothing.
template <class... Rest>
void* next_operator(const char* symbol, std::size_t size, Rest... rest) {
  void* (*next)(std::size_t, Rest...) = nullptr;
  look_up(next, symbol);
  return next != nullptr ? next(size, rest...) : nullptr;
}

void* allocate_new(std::size_t size) {
  if (!resolve()) return early_allocate(size);
  operator_call = OperatorCall{true, size};
  void* address = program.malloc(size == 0 ? 1 : size);
  operator_call.active = false;
  return address != nullptr ? address : next_operator("_Znwm", size);
}

void* allocate_new(std::size_t size, std::align_val_t alignment) {
  if (!resolve()) return nullptr;
  const auto bytes = static_cast<std::size_t>(alignment);
  const std::size_t rounded = (size == 0 ? bytes : size + bytes - 1) & ~(bytes - 1);
  operator_call = OperatorCall{true, size};
  void* address = rounded < size ? nullptr : program.aligned_alloc(bytes, rounded);
  operator_call.active = false;
  return address != nullptr ? address : next_operator("_ZnwmSt11align_val_t", size, alignment);
}

struct ThreadStart {
  void* (*function)(void*);
  void* argument;
  std::uint32_t thread;
};

void* begin_thread(void* memory) {
  auto* start = static_cast<ThreadStart*>(memory);
  const ThreadStart copy = *start;
  Recorder::adopt_thread(copy.thread);
  real.free(start);
  return copy.function(copy.argument);
}

}  // namespace

#define RECLAIM_EXPORT extern "C" __attribute__((visibility("default")))

RECLAIM_EXPORT void* malloc(std::size_t size) noexcept { return allocate(size); }

RECLAIM_EXPORT void* calloc(std::size_t count, std::size_t size) noexcept {
  if (!resolve()) {  // dlsym's own; the early memory is zero and used once
    std::size_t bytes = 0;
    return __builtin_mul_overflow(count, size, &bytes) ? nullptr : early_allocate(bytes);
  }
  return made(RawKind::make_calloc, real.calloc(count, size), count * size);
}

RECLAIM_EXPORT void* realloc(void* address, std::size_t size) noexcept {
  return resize(address, size);
}

RECLAIM_EXPORT void* reallocarray(void* address, std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  return __builtin_mul_overflow(count, size, &bytes) ? no_memory() : resize(address, bytes);
}

RECLAIM_EXPORT void free(void* address) noexcept { release(address); }
RECLAIM_EXPORT void cfree(void* address) noexcept { release(address); }

RECLAIM_EXPORT void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (!resolve()) return no_memory();
  const OperatorCall call = operator_call;
  operator_call.active = false;
  void* address = real.aligned_alloc(alignment, size);
  return call.active ? made(RawKind::make_new, address, call.size, alignment)
                     : made(RawKind::make_malloc, address, size, alignment);
}

RECLAIM_EXPORT void* memalign(std::size_t alignment, std::size_t size) noexcept {
  if (!resolve()) return no_memory();
  return made(RawKind::make_malloc, real.memalign(alignment, size), size, alignment);
}

RECLAIM_EXPORT int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  if (!resolve()) return ENOMEM;
  const int error = real.posix_memalign(result, alignment, size);
  if (error == 0) made(RawKind::make_malloc, *result, size, alignment);
  return error;
}

RECLAIM_EXPORT void* valloc(std::size_t size) noexcept {
  if (!resolve()) return no_memory();
  return made(RawKind::make_malloc, real.valloc(size), size, page_size());
}

RECLAIM_EXPORT void* pvalloc(std::size_t size) noexcept {
  if (!resolve()) return no_memory();
  return made(RawKind::make_malloc, real.pvalloc(size), size, page_size());
}

RECLAIM_EXPORT int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                  void* (*function)(void*), void* argument) noexcept {
  if (!resolve()) return EAGAIN;
  // From the real malloc: the program did not ask for it, so it is not recorded.
  auto* start = static_cast<ThreadStart*>(real.malloc(sizeof(ThreadStart)));
  if (start == nullptr) return EAGAIN;
  *start = ThreadStart{function, argument, Recorder::start_thread()};
  const int error = real.pthread_create(thread, attributes, begin_thread, start);
  if (error != 0) real.free(start);
  return error;
}

#define RECLAIM_OPERATOR __attribute__((visibility("default")))

RECLAIM_OPERATOR void* operator new(std::size_t size) { return allocate_new(size); }
RECLAIM_OPERATOR void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_new(size, alignment);
}
RECLAIM_OPERATOR void* operator new[](std::size_t size) {
  return resolve() ? program.operator_new(size) : allocate_new(size);
}
RECLAIM_OPERATOR void* operator new[](std::size_t size, std::align_val_t alignment) {
  return resolve() ? program.operator_new_aligned(size, alignment) : allocate_new(size, alignment);
}
RECLAIM_OPERATOR void operator delete(void* address) noexcept {
  if (resolve()) program.free(address);
}
RECLAIM_OPERATOR void operator delete(void* address, std::size_t) noexcept {
  if (resolve()) program.operator_delete(address);
}
RECLAIM_OPERATOR void operator delete[](void* address) noexcept {
  if (resolve()) program.operator_delete(address);
}
RECLAIM_OPERATOR void operator delete[](void* address, std::size_t) noexcept {
  if (resolve()) program.operator_delete_array(address);
}
RECLAIM_OPERATOR void operator delete(void* address, std::align_val_t) noexcept {
  if (resolve()) program.free(address);
}
RECLAIM_OPERATOR void operator delete(void* address, std::size_t,
                                      std::align_val_t alignment) noexcept {
  if (resolve()) program.operator_delete_aligned(address, alignment);
}
RECLAIM_OPERATOR void operator delete[](void* address, std::align_val_t alignment) noexcept {
  if (resolve()) program.operator_delete_aligned(address, alignment);
}
RECLAIM_OPERATOR void operator delete[](void* address, std::size_t,
                                        std::align_val_t alignment) noexcept {
  if (resolve()) program.operator_delete_array_aligned(address, alignment);
}
