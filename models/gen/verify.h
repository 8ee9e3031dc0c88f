// An independent look at the heap, before and after each collection in checked builds: traces it
// again from the roots with a set of its own, and asks of every reference, every header and every
// edge from old to young whether it is as it should be. Shares no code with the collectors.
#pragma once

#include <unordered_set>
#include <vector>

#include "models/gen/heap.h"

namespace reclaim::gen {

/// A broken invariant is reported as a violation. The world is stopped and buffers are flushed.
class Verifier {
 public:
  explicit Verifier(Heap& heap) : heap_(heap) {}
  /// What mutators did: every reference is to an object; every edge from old to young is
  /// remembered.
  void before_collection();
  /// What the collector did: the same, and freed space is in nobody's hands.
  /// `full`: after a major collection nothing refers weakly to what is not reachable.
  void after_collection(bool full);

 private:
  void trace();
  void reach(Object* object);
  void drain();
  void gather_remembered();
  void check_reference(const Object* object);
  void check_place(const Object* object, std::size_t bytes);
  void check_edges(Object* object);
  void check_limit();
  void gather_weak();
  bool trace_values();
  void check_weak(const Object* object);
  void fail(const char* what) const;

  Heap& heap_;
  const char* when_ = "";
  std::unordered_set<const void*> reached_;
  std::unordered_set<const void*> remembered_;  ///< objects, and chunks of large arrays
  std::unordered_set<const void*> large_;
  std::unordered_set<const void*> listed_, listed_young_;  ///< weak references, ephemerons
  bool full_ = false;  ///< a full collection has just been: what is dead is gone
  std::vector<Object*> stack_;
  std::vector<Object*> weak_;  ///< weak references and ephemerons that are reached
};

}  // namespace reclaim::gen
