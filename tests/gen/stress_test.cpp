// Mutators against a shadow of their heap: random operations, done on the heap and on plain
// containers beside it, must agree; under collections at each allocation, at each poll, and at
// random.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

/// What a slot should hold: the value of a node, and that of the node it refers to.
struct Expected {
  std::int64_t value;
  std::optional<std::int64_t> left;
};

/// A mutator's own array of nodes, a blob, and the shadow of both.
class Player {
 public:
  Player(M::Mutator& m, std::uint64_t seed, std::size_t slots)
      : m_(m),
        rng_(seed),
        slots_{m, m.make_array<Node>(slots)},
        blob_{m, m.make_blob(8)},
        shadow_(slots) {}

  bool play(int operations) {
    for (int i = 0; i < operations; ++i) {
      step();
      if (wrong_) return false;
    }
    for (std::size_t i = 0; i < shadow_.size(); ++i) check(i);
    return !wrong_;
  }

 private:
  void step() {
    const std::size_t i = rng_.below(shadow_.size()), j = rng_.below(shadow_.size());
    switch (rng_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const auto value = static_cast<std::int64_t>(rng_.next() >> 1);
        m_.store(slots_, i, make_node(m_, value));
        shadow_[i] = Expected{value, std::nullopt};
        return;
      }
      case 4:
        m_.store(slots_, i, nullptr);
        shadow_[i].reset();
        return;
      case 5: {  // what refers to i's node keeps it when i lets go of it
        if (!shadow_[i] || !shadow_[j] || i == j) return;
        Local<Node> owner{m_, m_.load(slots_, j)};
        m_.store(owner, &Node::left, m_.load(slots_, i));
        shadow_[j]->left = shadow_[i]->value;
        m_.store(slots_, i, nullptr);
        shadow_[i].reset();
        return;
      }
      case 6: {
        if (!shadow_[i]) return;
        Local<Node> owner{m_, m_.load(slots_, i)};
        const auto value = static_cast<std::int64_t>(rng_.next() >> 1);
        m_.store(owner, &Node::left, make_node(m_, value));
        shadow_[i]->left = value;
        return;
      }
      case 7: {
        const std::size_t bytes = 1 + rng_.below(rng_.below(16) == 0 ? 30'000 : 300);
        blob_ = m_.resize(blob_, bytes);
        for (std::size_t at = 0; at < std::min(bytes, bytes_); ++at) {
          if (blob_->data()[at] != fill_) wrong_ = true;
        }
        fill_ = std::byte{static_cast<unsigned char>(rng_.next())};
        for (std::size_t at = 0; at < bytes; ++at) blob_->data()[at] = fill_;
        bytes_ = bytes;
        return;
      }
      case 8:
        m_.poll();
        return;
      case 9:
        if (rng_.below(20) == 0) m_.blocking([] { std::this_thread::yield(); });
        return;
      case 10:
        if (rng_.below(50) == 0) {
          if (rng_.below(4) == 0) {
            major(m_);
          } else {
            minor(m_);
          }
        }
        return;
      default:
        check(i);
    }
  }

  void check(std::size_t i) {
    Local<Node> node{m_, m_.load(slots_, i)};
    if (!agrees(node, shadow_[i])) wrong_ = true;
  }

  bool agrees(const Local<Node>& node, const std::optional<Expected>& expected) {
    if (!node || !expected) return !node && !expected;
    if (node->value != expected->value) return false;
    Local<Node> left{m_, m_.load(node, &Node::left)};
    if (!left || !expected->left) return !left && !expected->left;
    return left->value == *expected->left;
  }

  M::Mutator& m_;
  Rng rng_;
  Local<Nodes> slots_;
  Local<M::Blob> blob_;
  std::vector<std::optional<Expected>> shadow_;
  std::byte fill_{0};
  std::size_t bytes_ = 0;
  bool wrong_ = false;
};

struct Setting {
  int threads;
  int operations;
  std::size_t slots;
  StressOptions stress;
  std::uint64_t limit_bytes;
};

void PrintTo(const Setting& s, std::ostream* out) {
  *out << s.threads << " threads, " << s.slots << " slots, every "
       << s.stress.collect_every_nth_make << "th make, "
       << (s.stress.collect_at_each_poll ? "each poll, " : "")
       << (s.stress.collect_together ? "together, " : "") << s.limit_bytes << " bytes";
}

class ShadowHeap : public testing::TestWithParam<Setting> {};

TEST_P(ShadowHeap, AgreesWithTheHeap) {
  const Setting setting = GetParam();
  constexpr std::uint64_t seed = 20240229;
  SCOPED_TRACE(seed);
  M::Heap heap{
      HeapOptions{.limit_bytes = setting.limit_bytes, .collectors = 4, .stress = setting.stress}};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < setting.threads; ++t) {
    threads.emplace_back([&, t] {
      M::Mutator m{heap};
      Player player{m, seed + static_cast<std::uint64_t>(t), setting.slots};
      if (!player.play(setting.operations)) ++wrong;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(heap.census().leaked_objects, 0u);
}

constexpr std::uint64_t megabyte = 1 << 20;
constexpr int scale = checked ? 4 : 20;

INSTANTIATE_TEST_SUITE_P(
    Stress, ShadowHeap,
    testing::Values(
        Setting{1, 20'000 * scale, 500, {}, 0},
        Setting{1, 2'000 * scale, 50, {.collect_every_nth_make = 1}, 0},
        Setting{1, 2'000 * scale, 3'000, {.collect_every_nth_make = 7}, 0},
        Setting{1, 2'000 * scale, 50, {.collect_at_each_poll = true}, 0},
        Setting{1, 5'000 * scale, 2'000, {.collect_together = true}, 0},
        Setting{1, 1'000 * scale, 50, {.collect_every_nth_make = 5, .collect_together = true}, 0},
        Setting{2, 10'000 * scale, 500, {}, 8 * megabyte},
        Setting{2,
                10'000 * scale,
                500,
                {.collect_together = true, .delay_workers = true},
                8 * megabyte},
        Setting{4, 300 * scale, 50, {.collect_every_nth_make = 3, .collect_together = true}, 0},
        Setting{4, 500 * scale, 50, {.collect_every_nth_make = 3}, 0},
        Setting{8, 5'000 * scale, 2'000, {}, 16 * megabyte},
        Setting{8, 200 * scale, 20, {.collect_at_each_poll = true}, 0},
        Setting{64, 500 * scale, 100, {}, 24 * megabyte},
        Setting{64, 300 * scale, 20, {}, 4 * megabyte}));

}  // namespace
}  // namespace reclaim::gen_test
