// The Boehm-Demers-Weiser collector as Debian ships it: conservative, stop-the-world, thread-local
// free lists, parallel marking. What has no pointers in it is told so.
#include <cstdint>
#include <cstring>
#include <vector>

#define GC_THREADS
#include <gc/gc.h>

#include "base/exhaustion.h"
#include "measure/clock.h"
#include "peers/native/gcbench.h"
#include "peers/native/lru_cache.h"
#include "peers/native/quads.h"
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
  template <class T>
  T** make_array(std::size_t n) {
    return static_cast<T**>(checked(GC_MALLOC(n * sizeof(T*)), n * sizeof(T*)));
  }
  std::byte* make_bytes(std::size_t n) {
    void* bytes = checked(GC_MALLOC_ATOMIC(n), n);
    std::memset(bytes, 0, n);
    return static_cast<std::byte*>(bytes);
  }
  double* make_doubles(std::size_t n) {
    return reinterpret_cast<double*>(make_bytes(n * sizeof(double)));
  }
  void collect() { GC_gcollect(); }

 private:
  static void* checked(void* memory, std::size_t bytes) {
    if (memory == nullptr) reclaim::out_of_memory("GC_MALLOC", bytes, heap_limit_bytes);
    return memory;
  }

  const bool registered_;
};

using namespace reclaim::peers;

Account do_order(const Order& order) {
  if (order.workload == "gcbench") return do_rounds<Gcbench<Boehm>>(order);
  if (order.workload == "lru-cache") return do_rounds<LruCache<Boehm>>(order);
  if (order.workload == "quads") return do_rounds<Quads<Boehm>>(order);
  if (order.workload == "live-set") return do_rounds<LiveSet<Boehm>>(order);
  no_such_workload(order);
}

}  // namespace

int main(int argc, char** argv) {
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
  Account account = do_order(order);
  account.allocated_bytes = GC_get_total_bytes() - before;
  for (const std::int64_t ns : pauses_ns) account.pauses.push_back({.ns = ns, .full = true});
  tell(order, account);
}
