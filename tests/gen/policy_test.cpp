// What the policies promise of a heap's size, and what --explain says of them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <tuple>

#include "base/rng.h"
#include "fixture.h"
#include "models/gen/policy.h"

namespace reclaim::gen_test {
namespace {

/// A temporary file that is gone with the test.
class Scratch {
 public:
  ~Scratch() { std::fclose(file_); }
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  int descriptor() const { return fileno(file_); }
  std::string text() const {
    std::string all(static_cast<std::size_t>(::lseek(descriptor(), 0, SEEK_END)), '\0');
    EXPECT_EQ(::pread(descriptor(), all.data(), all.size(), 0), static_cast<ssize_t>(all.size()));
    return all;
  }

 private:
  std::FILE* file_ = std::tmpfile();
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
  return times;
}

TEST(Explain, SaysALineForEachStop) {
  const Scratch scratch;
  M::Heap heap{HeapOptions{.limit_bytes = 20'000'000, .explain_descriptor = scratch.descriptor()}};
  {
    M::Mutator m{heap};
    Local<Node> list{m};
    for (int round = 0; round < 4; ++round) {
      list = make_list(m, 100'000);  // 4 MB; the one before is garbage
      make_garbage(m, 200'000);
    }
    major(m);
  }
  const std::string text = scratch.text();
  const auto stops = [&](StopCause cause) { return heap.stops().of(cause).count(); };
  EXPECT_GT(stops(StopCause::minor_gc), 0u);
  EXPECT_EQ(count(text, " minor: "), stops(StopCause::minor_gc)) << text;
  EXPECT_EQ(count(text, " major: "), stops(StopCause::major_gc)) << text;
  EXPECT_EQ(count(text, "\n"), count(text, " minor: ") + count(text, " major: ")) << text;
  EXPECT_EQ(count(text, " major: asked for;"), 1u) << text;
}

struct Grown {
  std::uint64_t majors = 0;
  std::size_t most_bytes = 0;  ///< of the old space, at the end of any of its rounds
};

/// So that a large heap has few objects.
struct Page : M::Object<Page> {
  M::Field<Page> next;
  std::int64_t data[120] = {};
  static constexpr auto refs() { return std::tuple{&Page::next}; }
};

Fresh<Page> make_pages(M::Mutator& m, std::size_t length) {
  Local<Page> head{m};
  for (std::size_t i = 0; i < length; ++i) {
    Local<Page> page{m, m.make<Page>()};
    m.store(page, &Page::next, head);
    head = m.escape(page);
  }
  return m.escape(head);
}

/// Ten parts of 4 MB live; others live until the next but seven comes, and die old.
Grown heap_grown(double growth) {
  M::Heap heap{HeapOptions{.growth = growth}};
  M::Mutator m{heap};
  constexpr std::size_t part = 4'000'000 / sizeof(Page);
  Local<Page> stays{m, make_pages(m, 10 * part)};
  Local<M::Array<Page>> recent{m, m.make_array<Page>(7)};
  Grown grown;
  for (std::size_t round = 0; round < 60; ++round) {
    Local<Page> pages{m, make_pages(m, part)};
    m.store(recent, round % 7, pages);
    grown.most_bytes =
        std::max(grown.most_bytes, heap.old_space().used_blocks() * gen::block_bytes);
  }
  std::size_t intact = 0;
  for (Local<Page> page{m, m.copy(stays)}; page; page = m.load(page, &Page::next)) ++intact;
  EXPECT_EQ(intact, 10 * part);
  grown.majors = heap.totals().major;
  return grown;
}

TEST(HeapWithoutALimit, GrowsToItsTargetRatio) {
  const Grown tight = heap_grown(1.3), wide = heap_grown(3);
  EXPECT_GT(tight.majors, 2 * wide.majors);
  EXPECT_LT(tight.most_bytes, wide.most_bytes / 4 * 3);
  EXPECT_GE(wide.majors, 1u);
}

/// After a full collection that nothing pins: of a block that stays where it is at most 1/8 is
/// unused; blocks that a slide could free are at most 1/8 of all; blocks filled anew are full but
/// for their ends. So  unused <= 1/8 + 15/16 * 1/8 < 1/4  and a block for each worker.
TEST(OldSpace, WastesLessThanAQuarterAfterAFullCollection) {
  constexpr std::uint64_t seed = 17;
  for (const std::uint64_t kept_percent : {3u, 10u, 50u, 80u, 85u, 90u, 97u}) {
    Rng rng{seed};
    Lab lab;
    M::Mutator& m = lab.m;
    constexpr std::size_t lists = checked ? 5'000 : 20'000;  // of 820 bytes
    Local<Nodes> table{m, m.make_array<Node>(lists)};
    for (std::size_t i = 0; i < lists; ++i) {
      Local<Node> list{m, make_list(m, static_cast<std::int64_t>(1 + rng.below(40)))};
      m.store(table, i, list);
    }
    major(m);
    for (std::size_t i = 0; i < lists; ++i) {
      if (rng.below(100) >= kept_percent) m.store(table, i, nullptr);
    }
    major(m);
    const gen::CollectionTotals& totals = lab.heap.totals();
    const auto used = static_cast<double>(totals.old_blocks_bytes);
    EXPECT_LE(used - static_cast<double>(totals.live_bytes),
              used / 4 + gen::workers_most * gen::block_bytes)
        << kept_percent << " % kept, seed " << seed;
    EXPECT_GE(totals.unused_most, gen::unused_share(totals.live_bytes, totals.old_blocks_bytes));
  }
}

/// Blocks that die as a whole are no reason to leave the others thin.
TEST(OldSpace, IsSlidAlsoWhenMostOfItsBlocksHaveDied) {
  Lab lab;
  M::Mutator& m = lab.m;
  constexpr std::size_t lists = 20'000, dead = lists / 10 * 9, length = 40;
  Local<Nodes> table{m, m.make_array<Node>(lists)};
  for (std::size_t i = 0; i < lists; ++i) {
    m.store(table, i, make_list(m, length, static_cast<std::int64_t>(i)));
  }
  major(m);
  for (std::size_t i = 0; i < lists; ++i) {
    if (i < dead || i % 10 != 0) m.store(table, i, nullptr);
  }
  major(m);
  const gen::CollectionTotals& totals = lab.heap.totals();
  EXPECT_EQ(totals.slides, 1u);
  const auto used = static_cast<double>(totals.old_blocks_bytes);
  EXPECT_LE(used - static_cast<double>(totals.live_bytes),
            used / 4 + gen::workers_most * gen::block_bytes);
  for (std::size_t i = dead; i < lists; i += 10) {
    Local<Node> list{m, m.load(table, i)};
    ASSERT_TRUE(list_is_intact(m, list, length, static_cast<std::int64_t>(i))) << "list " << i;
  }
}

}  // namespace
}  // namespace reclaim::gen_test
