// The floor: the nodes of gcbench bump-allocated over one warm 8 MB slab, again and again. No
// model: it overwrites what it should keep, so its checksum means nothing. It says what making,
// stamping and linking the nodes cost when memory is free. (bench/hand_written/slab.h keeps the
// long-lived and walks what it frees: another floor, for the boundary.)
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "peers/native/gcbench.h"
#include "peers/native/rounds.h"

namespace {

constexpr std::size_t slab_bytes = 8u << 20;

class Bump {
 public:
  /// As large as gen's and a JVM's node: a word before 24 bytes of fields.
  struct Node {
    std::uint64_t header;
    Node *left, *right;
    std::int32_t i, j;
  };
  static_assert(sizeof(Node) == 32 && slab_bytes % sizeof(Node) == 0);

  explicit Bump(int thread)
      : slab_(warm_slab(thread)), next_(slab_), end_(slab_ + slab_bytes / sizeof(Node)) {}

  template <class>
  Node* make() {
    if (next_ == end_) next_ = slab_;
    Node* node = next_++;
    *node = Node{.header = 1, .left = nullptr, .right = nullptr, .i = 0, .j = 0};
    return node;
  }
  double* make_doubles(std::size_t n) {
    static thread_local std::vector<double> array;
    array.assign(n, 0.0);
    return array.data();
  }

 private:
  /// The same memory for a thread of the same number in every round.
  static Node* warm_slab(int thread) {
    static std::array<Node*, 256> slabs{};
    Node*& slab = slabs.at(static_cast<std::size_t>(thread));
    if (slab == nullptr) {
      slab = static_cast<Node*>(std::aligned_alloc(4096, slab_bytes));
      if (slab == nullptr) std::exit(1);
      std::memset(static_cast<void*>(slab), 0, slab_bytes);
    }
    return slab;
  }

  Node* const slab_;
  Node* next_;
  Node* const end_;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace reclaim::peers;
  const Order order = parse_order(argc, argv);
  if (order.workload != "gcbench") no_such_workload(order);
  Account account = do_rounds<Gcbench<Bump>>(order);
  account.checksums_count = false;
  tell(order, account);
}
