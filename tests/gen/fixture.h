// What the tests of gen share: two types, and small programs over them.
#pragma once

#include <cstdint>
#include <tuple>
#include <utility>

#include "models/gen/gen.h"

namespace reclaim::gen_test {

using M = Gen<Counted>;
using Effort = gen::Heap::Effort;

struct Node : M::Object<Node> {
  M::Field<Node> left, right;
  std::int64_t value = 0;
  static constexpr auto refs() { return std::tuple{&Node::left, &Node::right}; }
};

/// A node whose references lie beyond the first 64 words: the collector's general way.
struct Wide : M::Object<Wide> {
  std::int64_t data[70] = {};
  M::Field<Node> far;
  static constexpr auto refs() { return std::tuple{&Wide::far}; }
};

template <class T>
using Local = M::Local<T>;
template <class T>
using Fresh = M::Fresh<T>;
using Nodes = M::Array<Node>;

inline Fresh<Node> make_node(M::Mutator& m, std::int64_t value) {
  Local<Node> node{m, m.make<Node>()};
  node->value = value;
  return m.escape(node);
}

/// A list of `length` nodes with the values first, first + 1, ... linked by right.
inline Fresh<Node> make_list(M::Mutator& m, std::int64_t length, std::int64_t first = 0) {
  Local<Node> head{m};
  for (std::int64_t i = length; i-- > 0;) {
    Local<Node> node{m, make_node(m, first + i)};
    m.store(node, &Node::right, head);
    head = m.escape(node);
  }
  return m.escape(head);
}

/// Whether the list is as make_list left it.
inline bool list_is_intact(M::Mutator& m, const Local<Node>& list, std::int64_t length,
                           std::int64_t first = 0) {
  Local<Node> node{m, m.copy(list)};
  for (std::int64_t i = 0; i < length; ++i) {
    if (!node || node->value != first + i) return false;
    node = m.load(node, &Node::right);
  }
  return !node;
}

/// Makes objects that die at once.
inline void make_garbage(M::Mutator& m, std::int64_t nodes) {
  for (std::int64_t i = 0; i < nodes; ++i) static_cast<void>(m.make<Node>());
}

inline void minor(M::Mutator& m) { m.heap().collect(m, Effort::minor); }
inline void major(M::Mutator& m) { m.heap().collect(m, Effort::major); }

/// Collects until the object of a local is old.
template <class T>
void make_old(M::Mutator& m, const Local<T>& local) {
  while (m.heap().is_young(local.get())) minor(m);
}

/// A heap and a mutator on it.
struct Lab {
  explicit Lab(std::uint64_t limit_bytes = 0, StressOptions stress = {})
      : heap{HeapOptions{.limit_bytes = limit_bytes, .stress = stress}}, m{heap} {}
  M::Heap heap;
  M::Mutator m;
};

}  // namespace reclaim::gen_test
