// What keeps objects alive: structures whose roots and ways are known, and what the heap says of
// them, exactly.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/gen/fixture.h"

namespace reclaim::gen_test {
namespace {

struct Cache : M::Object<Cache> {
  M::Field<Node> unused;
  M::Field<Nodes> entries;
  static constexpr auto refs() { return std::tuple{&Cache::unused, &Cache::entries}; }
};
struct Key : M::Object<Key, WeaklyReferenced> {
  M::Field<Node> next;
  static constexpr auto refs() { return std::tuple{&Key::next}; }
};
struct Value : M::Object<Value> {
  std::int64_t value = 0;
};

struct Link : M::Object<Link> {
  M::Field<Link> next;
  M::Field<Node> node;
  static constexpr auto refs() { return std::tuple{&Link::next, &Link::node}; }
};

/// What is said of the type; one that is not there has no objects.
WhyAlive why(const std::vector<WhyAlive>& all, std::string_view type) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const WhyAlive& row) { return row.type == type; });
  return found == all.end() ? WhyAlive{} : *found;
}

void expect(const std::vector<WhyAlive>& all, std::string_view type, std::uint64_t objects,
            std::uint64_t bytes, std::uint64_t distance, const char* path) {
  SCOPED_TRACE(type);
  const WhyAlive row = why(all, type);
  EXPECT_EQ(row.objects, objects);
  EXPECT_EQ(row.bytes, bytes);
  EXPECT_EQ(row.distance, distance);
  EXPECT_EQ(row.path, path);
  EXPECT_EQ(row.kept_by, KeptBy::root);
}

/// Global → Cache → Array → 3 lists of 2 nodes: 6 nodes, the first at distance 3.
void fill(M::Mutator& m, M::Global<Cache>& global) {
  Local<Cache> cache{m, m.make<Cache>()};
  Local<Nodes> entries{m, m.make_array<Node>(20)};
  m.store(cache, &Cache::entries, entries);
  for (const std::size_t i : {7u, 9u, 19u}) m.store(entries, i, make_list(m, 2));
  m.store(global, cache);
}

TEST(WhyAlive, NamesAShortestWayFromAGlobalToEachType) {
  Lab lab;
  M::Global<Cache> global{lab.heap};
  fill(lab.m, global);
  make_garbage(lab.m, 100);
  for (const char* age : {"young", "old"}) {
    SCOPED_TRACE(age);
    const std::vector<WhyAlive> all = lab.heap.why_alive(lab.m);
    ASSERT_EQ(all.size(), 3u);
    expect(all, "Cache", 1, 16, 1, "Global → Cache");
    expect(all, "Array", 1, 160, 2, "Global → Cache.1 → Array");
    expect(all, "Node", 6, 144, 3, "Global → Cache.1 → Array[7] → Node");
    major(lab.m);
  }
}

TEST(WhyAlive, PrefersTheShorterWayWhateverItsRoot) {
  Lab lab;
  M::Global<Cache> global{lab.heap};
  fill(lab.m, global);
  const Local<Node> node{lab.m, make_node(lab.m, 1)};
  expect(lab.heap.why_alive(lab.m), "Node", 7, 168, 1, "Local → Node");
}

TEST(WhyAlive, WatchedIsOfTheCollectionThatFoundTheMost) {
  Lab lab;
  lab.heap.watch_why();
  for (const std::int64_t length : {1'000, 200'000, 100'000}) {
    const Local<Node> list{lab.m, make_list(lab.m, length)};
    major(lab.m);
  }
  major(lab.m);
  expect(lab.heap.why_alive(lab.m), "Node", 200'000, 200'000 * 24, 1, "Local → Node");
  const Local<Node> list{lab.m, make_list(lab.m, 300'000)};
  expect(lab.heap.why_alive(lab.m), "Node", 300'000, 300'000 * 24, 1, "Local → Node");
}

TEST(WhyAlive, WatchedIsNotMisledByGarbageThatWasPromoted) {
  Lab lab;
  lab.heap.watch_why();
  for (int i = 0; i < 8; ++i) {
    const Local<Node> list{lab.m, make_list(lab.m, 100'000)};
    for (int age = 0; age < 4; ++age) minor(lab.m);
  }
  {
    const Local<Node> list{lab.m, make_list(lab.m, 200'000)};
    major(lab.m);
  }
  expect(lab.heap.why_alive(lab.m), "Node", 200'000, 200'000 * 24, 1, "Local → Node");
}

TEST(WhyAlive, SaysNothingOfWhatNoRootReaches) {
  Lab lab;
  {
    M::Global<Cache> global{lab.heap};
    fill(lab.m, global);
  }
  make_garbage(lab.m, 10);
  EXPECT_TRUE(lab.heap.why_alive(lab.m).empty());
}

TEST(WhyAlive, CountsEachOfARingOnceAndEndsThere) {
  Lab lab;
  const Local<Node> one{lab.m, make_node(lab.m, 1)};
  {
    const Local<Node> two{lab.m, make_node(lab.m, 2)};
    lab.m.store(one, &Node::right, two);
    lab.m.store(two, &Node::left, one);
  }
  expect(lab.heap.why_alive(lab.m), "Node", 2, 48, 1, "Local → Node");
}

TEST(WhyAlive, OfALongWayNamesBothEnds) {
  Lab lab;
  const Local<Link> first{lab.m, lab.m.make<Link>()};
  {
    Local<Link> link{lab.m, lab.m.copy(first)};
    for (int i = 1; i < 1000; ++i) {
      Local<Link> next{lab.m, lab.m.make<Link>()};
      lab.m.store(link, &Link::next, next);
      link = lab.m.escape(next);
    }
    lab.m.store(link, &Link::node, make_node(lab.m, 1));
  }
  const std::vector<WhyAlive> all = lab.heap.why_alive(lab.m);
  expect(all, "Link", 1000, 16'000, 1, "Local → Link");
  expect(all, "Node", 1, 24, 1001,
         "Local → Link.0 → Link.0 → Link.0 → … 996 more … → Link.1 → Node");
}

TEST(WhyAlive, SeesLargeObjectsAndPinnedBlobs) {
  Lab lab;
  Local<Nodes> large{lab.m, lab.m.make_array<Node>(100'000)};
  lab.m.store(large, 99'999, make_node(lab.m, 1));
  Local<M::Blob> blob{lab.m, lab.m.make_blob(1000)};
  lab.m.pin(blob);
  const std::vector<WhyAlive> all = lab.heap.why_alive(lab.m);
  expect(all, "Array", 1, 800'000, 1, "Local → Array");
  expect(all, "Node", 1, 24, 2, "Local → Array[99999] → Node");
  expect(all, "Blob", 1, 1000, 1, "pin → Blob");
  lab.m.unpin(blob);
  expect(lab.heap.why_alive(lab.m), "Blob", 1, 1000, 1, "Local → Blob");
}

TEST(WhyAlive, GoesThroughNoWeakReference) {
  Lab lab;
  Local<Key> key{lab.m, lab.m.make<Key>()};
  const Local<M::Weak<Key>> weak{lab.m, lab.m.make_weak(key)};
  expect(lab.heap.why_alive(lab.m), "Key", 1, 8, 1, "Local → Key");
  key = nullptr;
  const std::vector<WhyAlive> all = lab.heap.why_alive(lab.m);
  EXPECT_EQ(why(all, "Key").objects, 0u);
  EXPECT_EQ(why(all, "Weak").objects, 1u);
}

TEST(WhyAlive, GoesThroughAnEphemeronWhileItsKeyIsReached) {
  Lab lab;
  Local<Key> key{lab.m, lab.m.make<Key>()};
  Local<M::Ephemeron<Key, Value>> ephemeron{lab.m};
  {
    const Local<Value> value{lab.m, lab.m.make<Value>()};
    ephemeron = lab.m.make_ephemeron(key, value);
  }
  expect(lab.heap.why_alive(lab.m), "Value", 1, 8, 2, "Local → Ephemeron.value → Value");
  key = nullptr;
  EXPECT_EQ(why(lab.heap.why_alive(lab.m), "Value").objects, 0u);
}

}  // namespace
}  // namespace reclaim::gen_test
