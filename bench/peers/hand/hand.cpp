// What one writes by hand in C++, as contenders of their own processes:
//   peer_hand malloc|shared_ptr WORKLOAD name=value...
#include <atomic>
#include <cstring>
#include <thread>

#include "bench/hand_written/gcbench.h"
#include "bench/hand_written/gcbench_shared_ptr.h"
#include "peers/native/rounds.h"

namespace reclaim::peers {

namespace {

bench::GcbenchSize size_of(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  return {.stretch = p.integer("stretch"),
          .long_lived = p.integer("long"),
          .array = static_cast<std::size_t>(p.integer("array")),
          .least = p.integer("least"),
          .most = p.integer("most"),
          .seed = context.seed};
}

class MallocPart {
 public:
  MallocPart(const WorkloadContext& context, int thread)
      : work_(size_of(context), memory_, memory_), thread_(thread) {}
  std::uint64_t run() { return work_.run(thread_).checksum; }

 private:
  bench::FromMalloc memory_;
  bench::HandWrittenGcbench<bench::FromMalloc> work_;
  const int thread_;
};

class SharedPtrPart {
 public:
  SharedPtrPart(const WorkloadContext& context, int thread)
      : work_(size_of(context)), thread_(thread) {}
  std::uint64_t run() { return work_.run(thread_).checksum; }

 private:
  bench::SharedPtrGcbench work_;
  const int thread_;
};

/// A second thread lives throughout: without one, libstdc++ counts without atomics, which no server
/// has the luck of.
Account with_a_second_thread(const Order& order) {
  std::atomic<bool> done{false};
  std::thread second{[&] { done.wait(false); }};
  Account account = do_rounds<SharedPtrPart>(order);
  done = true;
  done.notify_all();
  second.join();
  return account;
}

int run(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s malloc|shared_ptr WORKLOAD name=value...\n", argv[0]);
    return 2;
  }
  const Order order = parse_order(argc - 1, argv + 1);
  if (order.workload != "gcbench") no_such_workload(order);
  const bool counts = std::strcmp(argv[1], "shared_ptr") == 0;
  tell(order, counts ? with_a_second_thread(order) : do_rounds<MallocPart>(order));
  return 0;
}

}  // namespace
}  // namespace reclaim::peers

int main(int argc, char** argv) { return reclaim::peers::run(argc, argv); }
