// Law 5 under counting, in checked builds: what was discarded must have died by its mutator's next
// safepoint. A walk may discard children before their parents, so a count need not be zero at once.
//
// Exempt is what a cycle keeps: objects of Cyclic types, and whatever is reachable from a discarded
// one of the same walk that has not died: its references are released when the cycle is
// reclaimed, which under counting alone is never. Nothing in unchecked builds.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/assert.h"
#include "models/rc/header.h"

namespace reclaim::rc {

template <class Header, bool = checked>
struct DiscardAudit {
  void on_discard(std::uint32_t, Header*, Site) {}
  void on_death(Header*) {}
  void at_safepoint(std::uint32_t) {}
};

/// One per heap. Thread-safe.
template <class Header>
class DiscardAudit<Header, true> {
 public:
  /// `object` was discarded by `thread` and is still referenced.
  void on_discard(std::uint32_t thread, Header* object, Site site) {
    const std::lock_guard lock(mutex_);
    pending_[thread].emplace(object, site);
  }

  void on_death(Header* object) {
    const std::lock_guard lock(mutex_);
    for (auto& [thread, objects] : pending_) objects.erase(object);
  }

  void at_safepoint(std::uint32_t thread) {
    const std::lock_guard lock(mutex_);
    const auto found = pending_.find(thread);
    if (found == pending_.end() || found->second.empty()) return;
    const std::unordered_set<Header*> kept = reachable_from_cyclic(found->second);
    for (const auto& [object, site] : found->second) {
      if (object->type().cyclic || kept.contains(object)) continue;
      violation("nothing reaches a discarded object",
                "an object that is in no cycle is still referenced at the next safepoint", site);
    }
    found->second.clear();
  }

 private:
  using Objects = std::unordered_map<Header*, Site>;

  static std::unordered_set<Header*> reachable_from_cyclic(const Objects& objects) {
    std::unordered_set<Header*> reached;
    std::vector<Header*> to_visit;
    for (const auto& [object, site] : objects) {
      if (object->type().cyclic) to_visit.push_back(object);
    }
    while (!to_visit.empty()) {
      Header* object = to_visit.back();
      to_visit.pop_back();
      for_each_child(object, object->type(), [&](Header* child) {
        if (reached.insert(child).second) to_visit.push_back(child);
      });
    }
    return reached;
  }

  std::mutex mutex_;
  std::unordered_map<std::uint32_t, Objects> pending_;
};

}  // namespace reclaim::rc
