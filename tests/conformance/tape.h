// A random tape of operations, played on the model and on a shadow heap at once. The model's graph
// is walked and compared again and again; at the end the census must be what the shadow says.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "conformance.h"
#include "shadow.h"

namespace reclaim::conformance {

/// What the tapes build graphs of: 56 bytes as asked for on every model. May be part of cycles.
struct Node : M::template Object<Node, Cyclic> {
  Field<Node> left, right;
  Field<Array<Node>> kids;  // owned by this node alone
  Field<Blob> data;         // owned by this node alone
  std::int64_t id = 0;
  std::uint64_t seal = 0;
  std::uint64_t visit = 0;  // the walk that was here last
  static constexpr auto refs() {
    return std::tuple{&Node::left, &Node::right, &Node::kids, &Node::data};
  }
};

/// What a heap's census has to say after tapes were played on it. Contributions are added.
struct ExpectedCensus {
  TypeCensus nodes, arrays, blobs;
};

/// Plays one tape in the calling thread. Not copyable: the frames point into it.
class Tape {
 public:
  static constexpr std::size_t most_nodes = 4000;

  Tape(Heap& heap, Mutator& m, std::uint64_t seed)
      : m_(m), seed_(seed), rng_(seed), first_{heap}, second_{heap} {}

  /// `steps` operations. Returns false, and has reported why, when the model's graph is not the
  /// shadow's.
  bool play(int steps) {
    std::optional<LeaksOnPurpose> cycles_leak;
    if (counts_only) cycles_leak.emplace();
    Local<Array<Node>> ledger{m_, m_.make_array<Node>(ledger_length)};
    count(expected_.arrays, ledger_length * sizeof(void*), 0);
    ledger_ = &ledger;
    steps_left_ = steps;
    while (steps_left_ > 0 && !broken_) {
      Id id = no_object;
      Local<Node> result{m_, frame(0, id)};
      if (!broken_) verify_all(result, id);
    }
    m_.store(first_, nullptr);
    m_.store(second_, nullptr);
    globals_[0] = globals_[1] = no_object;
    if (!broken_) {
      sweep();
      drop(m_, ledger);
    }
    ledger_ = nullptr;
    return !broken_;
  }

  /// Adds what this tape made, and what the model must have left of it.
  void expect_in(ExpectedCensus& sum) const {
    ExpectedCensus mine = expected_;
    const std::vector<bool> counted = shadow_.left_by_counting();
    for (std::size_t i = 0; counts_only && i < shadow_.size(); ++i) {
      if (!counted[i]) continue;
      const ShadowObject& object = shadow_.objects[i];
      leak(mine.nodes, node_bytes);
      if (object.has_kids) leak(mine.arrays, object.kids.size() * sizeof(void*));
      if (object.has_data) leak(mine.blobs, object.data.size());
    }
    if (!traits.reclaims) {
      for (TypeCensus* row : {&mine.nodes, &mine.arrays, &mine.blobs}) {
        row->leaked_objects = row->allocated_objects;
        row->leaked_bytes = row->allocated_bytes;
      }
    }
    add(sum.nodes, mine.nodes);
    add(sum.arrays, mine.arrays);
    add(sum.blobs, mine.blobs);
  }

 private:
  static constexpr std::uint64_t node_bytes = 56;
  /// Where objects must be freed by hand, the ledger remembers all of them, reachable or not.
  static constexpr std::size_t ledger_length = traits.wants_discard ? most_nodes : 0;
  static constexpr int deepest_frame = 12;

  struct Held {
    Local<Node>* local;
    Id id;
  };

  static void count(TypeCensus& row, std::uint64_t bytes, std::uint64_t leaked) {
    row.allocated_objects += 1;
    row.allocated_bytes += bytes;
    row.leaked_objects += leaked;
  }
  static void leak(TypeCensus& row, std::uint64_t bytes) {
    row.leaked_objects += 1;
    row.leaked_bytes += bytes;
  }
  static void add(TypeCensus& sum, const TypeCensus& row) {
    sum.allocated_objects += row.allocated_objects;
    sum.allocated_bytes += row.allocated_bytes;
    sum.leaked_objects += row.leaked_objects;
    sum.leaked_bytes += row.leaked_bytes;
  }

  Held& any() { return held_[rng_.below(held_.size())]; }
  /// A held object that is not null, if a few tries find one.
  Held* some() {
    for (int i = 0; i < 4; ++i) {
      Held& held = any();
      if (held.id != no_object) return &held;
    }
    return nullptr;
  }

  void fail(const std::string& what) {
    if (!broken_) ADD_FAILURE() << what << " (seed " << seed_ << ", step " << steps_ << ")";
    broken_ = true;
  }

  Fresh<Node> make(Id& id) {
    if (shadow_.size() == most_nodes) return nullptr;
    Local<Node> node{m_, m_.make<Node>()};
    if (node->left || node->right || node->kids || node->data || node->id != 0 || node->seal != 0 ||
        node->visit != 0) {
      fail("a new object was not empty");
    }
    id = shadow_.add();
    count(expected_.nodes, node_bytes, 0);
    node->id = id;
    node->seal = pattern(seed_, static_cast<std::uint64_t>(id));
    if constexpr (traits.wants_discard) {
      m_.store(*ledger_, static_cast<std::size_t>(id), node);
    }
    return m_.escape(node);
  }

  /// A call: a few Locals of its own, some steps, perhaps deeper calls, a result.
  Fresh<Node> frame(int depth, Id& result) {
    Local<Node> a{m_}, b{m_}, c{m_};
    const std::size_t base = held_.size();
    for (Local<Node>* local : {&a, &b, &c}) held_.push_back({local, no_object});
    const auto length = static_cast<int>(rng_.below(120)) + 5;
    for (int i = 0; i < length && steps_left_ > 0 && !broken_; ++i) {
      if (depth < deepest_frame && rng_.below(25) == 0) {
        Id id = no_object;
        Fresh<Node> fresh = frame(depth + 1, id);
        Held& held = any();
        *held.local = std::move(fresh);
        held.id = id;
      } else {
        step();
      }
    }
    result = held_[base + 1].id;
    held_.resize(base);
    return m_.escape(b);
  }

  void step() {
    --steps_left_;
    ++steps_;
    switch (rng_.below(16)) {
      case 0:
      case 1:
      case 2: {
        Id id = no_object;
        Fresh<Node> fresh = make(id);
        Held& held = any();
        *held.local = std::move(fresh);
        held.id = id;
        break;
      }
      case 3:
      case 4:
        store_field();
        break;
      case 5:
      case 6:
        load_field();
        break;
      case 7:
        store_fresh();
        break;
      case 8: {
        Held& from = any();
        Held& to = any();
        *to.local = m_.copy(*from.local);
        to.id = from.id;
        break;
      }
      case 9: {
        Held& held = any();
        *held.local = nullptr;
        held.id = no_object;
        break;
      }
      case 10:
        new_kids();
        break;
      case 11:
        store_kid();
        break;
      case 12:
        load_kid();
        break;
      case 13:
        new_data();
        break;
      case 14:
        use_global();
        break;
      default:
        pause();
        break;
    }
    if (rng_.below(200) == 0) {
      const std::size_t i = rng_.below(held_.size());
      verify_all(*held_[i].local, held_[i].id);
    }
    if (rng_.below(100) == 0) sweep();
  }

  void store_field() {
    Held* owner = some();
    if (owner == nullptr) return;
    Held& value = any();
    const bool left = rng_.below(2) == 0;
    if (value.id != no_object) {
      m_.store(*owner->local, left ? &Node::left : &Node::right, *value.local);
    } else {
      m_.store(*owner->local, left ? &Node::left : &Node::right, nullptr);
    }
    (left ? shadow_[owner->id].left : shadow_[owner->id].right) = value.id;
  }

  void store_fresh() {
    Held* owner = some();
    if (owner == nullptr) return;
    Id id = no_object;
    m_.store(*owner->local, &Node::right, make(id));
    shadow_[owner->id].right = id;
  }

  void load_field() {
    Held* owner = some();
    if (owner == nullptr) return;
    const bool left = rng_.below(2) == 0;
    const Id id = left ? shadow_[owner->id].left : shadow_[owner->id].right;
    Held& to = any();
    *to.local = m_.load(*owner->local, left ? &Node::left : &Node::right);
    to.id = id;
    if (static_cast<bool>(*to.local) != (id != no_object)) fail("load: null where it must not be");
  }

  void new_kids() {
    Held* owner = some();
    if (owner == nullptr) return;
    const std::size_t length = rng_.below(50) == 0 ? rng_.below(9000) : rng_.below(12);
    if (discards<M> && (*owner->local)->kids) {
      Local<Array<Node>> old{m_, m_.load(*owner->local, &Node::kids)};
      m_.store(*owner->local, &Node::kids, nullptr);
      m_.discard(old);
    }
    shadow_[owner->id].has_kids = true;
    shadow_[owner->id].kids.assign(length, no_object);
    m_.store(*owner->local, &Node::kids, m_.make_array<Node>(length));
    count(expected_.arrays, length * sizeof(void*), 0);
  }

  /// Calls f(array, index, shadow's slot) for a random element of some held node's kids.
  template <class F>
  void with_kid(F&& f) {
    Held* owner = some();
    if (owner == nullptr || shadow_[owner->id].kids.empty()) return;
    const Id owner_id = owner->id;
    const std::size_t i = rng_.below(shadow_[owner_id].kids.size());
    Local<Array<Node>> kids{m_, m_.load(*owner->local, &Node::kids)};
    f(kids, i, shadow_[owner_id].kids[i]);
  }

  void store_kid() {
    with_kid([&](const Local<Array<Node>>& kids, std::size_t i, Id& slot) {
      Held& value = any();
      if (value.id != no_object) {
        m_.store(kids, i, *value.local);
      } else {
        m_.store(kids, i, nullptr);
      }
      slot = value.id;
    });
  }

  void load_kid() {
    with_kid([&](const Local<Array<Node>>& kids, std::size_t i, Id& slot) {
      Held& to = any();
      *to.local = m_.load(kids, i);
      to.id = slot;
    });
  }

  void new_data() {
    Held* owner = some();
    if (owner == nullptr) return;
    const Id id = owner->id;  // resize and make_blob are safepoints; the shadow may grow elsewhere
    const std::size_t size = rng_.below(60) == 0 ? rng_.below(50000) : rng_.below(300);
    std::vector<std::byte>& data = shadow_[id].data;
    if (shadow_[id].has_data && rng_.below(2) == 0) {
      Local<Blob> blob{m_, m_.load(*owner->local, &Node::data)};
      m_.store(*owner->local, &Node::data, nullptr);
      blob = m_.resize(blob, size);
      m_.store(*owner->local, &Node::data, blob);
      data.resize(size);
    } else {
      if (discards<M> && (*owner->local)->data) {
        Local<Blob> old{m_, m_.load(*owner->local, &Node::data)};
        m_.store(*owner->local, &Node::data, nullptr);
        m_.discard(old);
      }
      shadow_[id].alignment = std::size_t{8} << rng_.below(5);
      Local<Blob> blob{m_, m_.make_blob(size, shadow_[id].alignment)};
      data.resize(size);
      for (std::size_t i = 0; i < size; ++i) {
        data[i] = blob->data()[i] = static_cast<std::byte>(pattern(seed_, steps_ + i));
      }
      m_.store(*owner->local, &Node::data, blob);
      shadow_[id].has_data = true;
    }
    count(expected_.blobs, size, 0);
  }

  void use_global() {
    const std::size_t which = rng_.below(2);
    Global<Node>& global = which == 0 ? first_ : second_;
    Held& held = any();
    switch (rng_.below(4)) {
      case 0:
        m_.store(global, *held.local);
        globals_[which] = held.id;
        break;
      case 1:
        *held.local = m_.load(global);
        held.id = globals_[which];
        break;
      case 2:
        *held.local = m_.exchange(global, m_.escape(*held.local));
        std::swap(held.id, globals_[which]);
        break;
      default:
        m_.store(global, nullptr);
        globals_[which] = no_object;
        break;
    }
  }

  void pause() {
    switch (rng_.below(settings.stress ? 8 : 40)) {
      case 0:
        m_.collect();
        break;
      case 1:
        m_.blocking([] {});
        break;
      default:
        m_.poll();
        break;
    }
  }

  /// Walks everything that can be reached from the node, in the model and in the shadow at once.
  void verify_all(const Local<Node>& node, Id id) {
    ++walk_;
    visited_.assign(shadow_.size(), false);
    verify(node, id);
  }

  void verify(const Local<Node>& node, Id id) {
    if (broken_) return;
    if (static_cast<bool>(node) != (id != no_object)) return fail("null where it must not be");
    if (!node) return;
    if (node->id != id) return fail("another object stands in the slot");
    if (node->seal != pattern(seed_, static_cast<std::uint64_t>(id))) return fail("data changed");
    if (visited_[static_cast<std::size_t>(id)]) {
      if (node->visit != walk_) fail("one object became two");
      return;
    }
    visited_[static_cast<std::size_t>(id)] = true;
    node->visit = walk_;
    if (rng_.below(8) == 0) m_.poll();
    const ShadowObject& want = shadow_[id];
    verify(Local<Node>{m_, m_.load(node, &Node::left)}, want.left);
    verify(Local<Node>{m_, m_.load(node, &Node::right)}, want.right);
    if (static_cast<bool>(node->kids) != want.has_kids) return fail("kids: null or not");
    if (want.has_kids) {
      Local<Array<Node>> kids{m_, m_.load(node, &Node::kids)};
      if (kids->length() != want.kids.size()) return fail("kids: another length");
      for (std::size_t i = 0; i < want.kids.size(); ++i) {
        verify(Local<Node>{m_, m_.load(kids, i)}, want.kids[i]);
      }
    }
    if (static_cast<bool>(node->data) != want.has_data) return fail("data: null or not");
    if (want.has_data) {
      Local<Blob> blob{m_, m_.load(node, &Node::data)};
      if (blob->size() != want.data.size()) return fail("data: another size");
      if (!std::equal(want.data.begin(), want.data.end(), blob->data())) {
        fail("data: other bytes");
      }
      if (reinterpret_cast<std::uintptr_t>(blob->data()) % want.alignment != 0) {
        fail("data: not aligned");
      }
    }
  }

  /// Frees by hand what the shadow says is out of reach; nothing where a model sees to it.
  void sweep() {
    if constexpr (traits.wants_discard) {
      std::vector<Id> roots{globals_[0], globals_[1]};
      for (const Held& held : held_) roots.push_back(held.id);
      const std::vector<bool> alive = shadow_.reachable(roots);
      swept_.resize(shadow_.size());
      for (std::size_t i = 0; i < shadow_.size(); ++i) {
        if (alive[i] || swept_[i]) continue;
        swept_[i] = true;
        Local<Node> dead{m_, m_.load(*ledger_, i)};
        m_.store(*ledger_, i, nullptr);
        Local<Array<Node>> kids{m_, m_.load(dead, &Node::kids)};
        Local<Blob> data{m_, m_.load(dead, &Node::data)};
        m_.discard(dead);
        m_.discard(kids);
        m_.discard(data);
      }
    }
  }

  Mutator& m_;
  const std::uint64_t seed_;
  Rng rng_;
  Shadow shadow_;
  std::vector<Held> held_;  // every Local of every frame, oldest first
  Global<Node> first_, second_;
  Id globals_[2] = {no_object, no_object};
  Local<Array<Node>>* ledger_ = nullptr;
  std::vector<bool> swept_;
  std::vector<bool> visited_;
  std::uint64_t walk_ = 0;
  std::uint64_t steps_ = 0;
  int steps_left_ = 0;
  bool broken_ = false;
  ExpectedCensus expected_;
};

inline void expect_row(const Census& census, std::string_view type, const TypeCensus& want) {
  const TypeCensus got = row_of(census, type);
  EXPECT_EQ(got.allocated_objects, want.allocated_objects) << type;
  EXPECT_EQ(got.allocated_bytes, want.allocated_bytes) << type;
  EXPECT_EQ(got.leaked_objects, want.leaked_objects) << type;
  EXPECT_EQ(got.leaked_bytes, want.leaked_bytes) << type;
}

inline void expect_census(const Census& census, const ExpectedCensus& want) {
  expect_row(census, "Node", want.nodes);
  expect_row(census, "Array", want.arrays);
  expect_row(census, "Blob", want.blobs);
}

}  // namespace reclaim::conformance
