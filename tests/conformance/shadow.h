// The same graph in plain C++: numbers for objects, vectors for slots. It knows no model, so what
// it says about reachability, contents and leaks is independent of every collector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reclaim::conformance {

/// The number of an object: its index in Shadow::objects. Objects are never removed, so at the end
/// the shadow holds every object ever made with the last state of its slots.
using Id = std::int32_t;
inline constexpr Id no_object = -1;

struct ShadowObject {
  Id left = no_object;
  Id right = no_object;
  bool has_kids = false;
  std::vector<Id> kids;
  bool has_data = false;
  std::size_t alignment = 8;
  std::vector<std::byte> data;
};

struct Shadow {
  std::vector<ShadowObject> objects;

  ShadowObject& operator[](Id id) { return objects[static_cast<std::size_t>(id)]; }
  const ShadowObject& operator[](Id id) const { return objects[static_cast<std::size_t>(id)]; }
  std::size_t size() const { return objects.size(); }
  Id add() {
    objects.emplace_back();
    return static_cast<Id>(objects.size()) - 1;
  }

  template <class F>
  void for_each_reference(Id id, F&& f) const {
    const ShadowObject& object = (*this)[id];
    if (object.left != no_object) f(object.left);
    if (object.right != no_object) f(object.right);
    for (const Id kid : object.kids) {
      if (kid != no_object) f(kid);
    }
  }

  /// Which objects can be reached from the roots. Index: id.
  std::vector<bool> reachable(const std::vector<Id>& roots) const {
    std::vector<bool> seen(size());
    std::vector<Id> open;
    const auto visit = [&](Id id) {
      if (id == no_object || seen[static_cast<std::size_t>(id)]) return;
      seen[static_cast<std::size_t>(id)] = true;
      open.push_back(id);
    };
    for (const Id root : roots) visit(root);
    while (!open.empty()) {
      const Id id = open.back();
      open.pop_back();
      for_each_reference(id, visit);
    }
    return seen;
  }

  /// What counting leaves once every root is gone: the cycles, and what hangs on them. Garbage is
  /// never written to, so the last state of all objects ever made decides; an object that no cycle
  /// leads to has lost its last reference (Kahn's order reaches it), every other one has not.
  std::vector<bool> left_by_counting() const {
    std::vector<int> references(size());
    for (Id id = 0; id < static_cast<Id>(size()); ++id) {
      for_each_reference(id, [&](Id to) { ++references[static_cast<std::size_t>(to)]; });
    }
    std::vector<bool> left(size(), true);
    std::vector<Id> dead;
    for (Id id = 0; id < static_cast<Id>(size()); ++id) {
      if (references[static_cast<std::size_t>(id)] == 0) dead.push_back(id);
    }
    while (!dead.empty()) {
      const Id id = dead.back();
      dead.pop_back();
      left[static_cast<std::size_t>(id)] = false;
      for_each_reference(id, [&](Id to) {
        if (--references[static_cast<std::size_t>(to)] == 0) dead.push_back(to);
      });
    }
    return left;
  }
};

}  // namespace reclaim::conformance
