// Where tracing begins: the mutators' Locals (models/parts/rooted_handles.h) and the Globals.
#pragma once

#include <atomic>
#include <mutex>

#include "models/gen/header.h"

namespace reclaim::gen {

/// A root seen by many threads; may be raced.
class GlobalRoot {
 public:
  Object* load() const { return object_.load(std::memory_order_acquire); }
  Object* exchange(Object* object) { return object_.exchange(object, std::memory_order_acq_rel); }

 protected:
  GlobalRoot() = default;
  ~GlobalRoot() = default;
  GlobalRoot(const GlobalRoot&) = delete;
  GlobalRoot& operator=(const GlobalRoot&) = delete;

 private:
  friend class GlobalRoots;
  std::atomic<Object*> object_{nullptr};
  GlobalRoot* previous_ = nullptr;
  GlobalRoot* next_ = nullptr;
};

/// All Globals of a heap. Thread-safe but for for_each, which is the collector's.
class GlobalRoots {
 public:
  void add(GlobalRoot& root) {
    const std::lock_guard lock(mutex_);
    root.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &root;
    first_ = &root;
  }
  void remove(GlobalRoot& root) {
    const std::lock_guard lock(mutex_);
    if (root.previous_ != nullptr) root.previous_->next_ = root.next_;
    if (root.next_ != nullptr) root.next_->previous_ = root.previous_;
    if (first_ == &root) first_ = root.next_;
  }

  /// visit(Object** slot) for each, with the world stopped. A Global may be made or destroyed by a
  /// thread that is not a mutator, so the list is locked all the same.
  template <class Visit>
  void for_each(Visit&& visit) {
    const std::lock_guard lock(mutex_);
    for (GlobalRoot* root = first_; root != nullptr; root = root->next_) {
      Object* object = root->object_.load(std::memory_order_relaxed);
      visit(&object);
      root->object_.store(object, std::memory_order_relaxed);
    }
  }

 private:
  std::mutex mutex_;
  GlobalRoot* first_ = nullptr;
};

}  // namespace reclaim::gen
