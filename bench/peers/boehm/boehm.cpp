// The Boehm-Demers-Weiser collector as Debian ships it: conservative, stop-the-world, thread-local
// free lists, parallel marking. The array has no pointers in it and is told so.
#include <cstdint>
#include <cstring>
#include <vector>

#define GC_THREADS
#include <gc/gc.h>

#include "boundary/exhaustion.h"
#include "measure/clock.h"
#include "peers/native/gcbench.h"
#include "peers/native/rounds.h"

namespace {

std::uint64_t heap_limit_bytes = 0;
std::vector<std::int64_t> pauses_ns;  // grows under the collector's lock, in memory it does not own
std::int64_t stop_began_ns = 0;

void GC_CALLBACK on_event(GC_EventType event) {
  if (event == GC_EVENT_PRE_STOP_WORLD) stop_began_ns = reclaim::now_ns();
  if (event == GC_EVENT_POST_START_WORLD) {
    pauses_ns.push_back(reclaim::now_ns() - stop_began_ns);
  }
}

class Boehm {
 public:
  struct Node {
    Node *left, *right;
    std::int32_t i, j;
  };

  explicit Boehm(int thread) : registered_(thread != 0) {
    if (!registered_) return;
    GC_stack_base base;
    GC_get_stack_base(&base);
    GC_register_my_thread(&base);
  }
  ~Boehm() {
    if (registered_) GC_unregister_my_thread();
  }
  Boehm(const Boehm&) = delete;
  Boehm& operator=(const Boehm&) = delete;

  template <class T>
  T* make() {
    return static_cast<T*>(checked(GC_MALLOC(sizeof(T)), sizeof(T)));
  }
  double* make_doubles(std::size_t n) {
    const std::size_t bytes = n * sizeof(double);
    auto* array = static_cast<double*>(checked(GC_MALLOC_ATOMIC(bytes), bytes));
    std::memset(array, 0, bytes);
    return array;
  }

 private:
  static void* checked(void* memory, std::size_t bytes) {
    if (memory == nullptr) reclaim::out_of_memory("GC_MALLOC", bytes, heap_limit_bytes);
    return memory;
  }

  const bool registered_;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace reclaim::peers;
  const Order order = parse_order(argc, argv);
  heap_limit_bytes = order.heap_bytes;
  pauses_ns.reserve(1u << 16);
  GC_INIT();
  GC_allow_register_threads();
  if (heap_limit_bytes != 0) {
    GC_set_max_heap_size(heap_limit_bytes);
    // A heap that has its full size from the start, as the others have theirs.
    if (const auto now = GC_get_heap_size(); now < heap_limit_bytes) {
      GC_expand_hp(heap_limit_bytes - now);
    }
  }
  GC_set_on_collection_event(on_event);
  const auto before = GC_get_total_bytes();
  if (order.workload != "gcbench") no_such_workload(order);
  Account account = do_rounds<Gcbench<Boehm>>(order);
  account.allocated_bytes = GC_get_total_bytes() - before;
  account.pauses_ns = pauses_ns;
  tell(order, account);
}
