// What outlives the mutators of a counted heap: who may run, the cycle collector, the sums of the
// books, and references that were given up while nobody was there to act on it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "boundary/census.h"
#include "boundary/heap_options.h"
#include "boundary/stops.h"
#include "boundary/why.h"
#include "models/parts/monitor.h"
#include "models/parts/sited_memory.h"
#include "models/parts/why_walk.h"
#include "models/rc/discard_audit.h"

namespace reclaim::rc {

/// `Parts` names the policies and what they make of each other: see model.h.
template <class Parts>
class Heap {
  using Header = typename Parts::Header;

 public:
  explicit Heap(const HeapOptions& options = {})
      : stress_(options.stress),
        free_at_most_(options.free_at_most),
        cycle_collector_(options.cycle_collector),
        locking_(options),
        events_(options.keep_events) {
    if constexpr (Parts::Cycles::collects) cycles_.runs_by_itself = cycle_collector_;
  }
  /// Takes with it what a collection can find: a heap is a value. No mutator is attached.
  ~Heap() { collect_last(); }
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  /// Runs a last collection, where the cycle collector runs by itself. Call while no mutator is
  /// attached.
  Census census() {
    release_orphans(reclaimer_);
    if (cycle_collector_) collect_last();
    typename Parts::Counting sum;
    sum.add(counting_);
    sum.add(reclaimer_.counting());
    return sum.totals([](const TypeInfo& type) {
      return Parts::Cycles::prefix_bytes(type) + parts::mark_bytes<typename Parts::Counting>;
    });
  }
  const StopLog& stops() const { return stops_; }
  /// Stops count from here on. Call while no mutator is attached.
  void forget_stops() { stops_.clear(); }
  EventLog& events() { return events_; }
  /// What else is to be said of this heap, where there is anything. Call after census().
  std::vector<std::pair<std::string, double>> extra() const requires
      requires(const typename Parts::Parties::OfHeap& parties,
               const typename Parts::Reclaimer& reclaimer) {
    parties.extra(reclaimer.party().books());
  }
  { return parties_.extra(reclaimer_.party().books()); }
  /// What keeps what is left, where the cycle collector has a list of the objects. Call after
  /// census().
  std::vector<WhyAlive> why_left() const requires requires(const typename Parts::Cycles& cycles) {
    cycles.watched();
  }
  {
    const auto type_of = [](const void* object) -> const TypeInfo& {
      return static_cast<const Header*>(object)->type();
    };
    const auto count_of = [](const void* object) -> std::uint64_t {
      return static_cast<const Header*>(object)->count.value();
    };
    return parts::why_left(cycles_.watched(), type_of, count_of);
  }
  parts::MonitorTable& monitors() { return monitors_; }

  /// For the model's parts.
  typename Parts::Locking::OfHeap& locking() { return locking_; }
  typename Parts::Parties::OfHeap& parties() { return parties_; }
  typename Parts::Cycles& cycles() { return cycles_; }
  DiscardAudit<Header>& audit() { return audit_; }
  const StressOptions& stress() const { return stress_; }
  std::uint64_t free_at_most() const { return free_at_most_; }

  /// A Global has ended. Its thread may not be a mutator, or not hold the lock: the reference is
  /// given up by the next mutator that detaches or collects, or by the census. Thread-safe.
  void orphan(Header* object) {
    const std::lock_guard lock(mutex_);
    orphans_.push_back(object);
  }
  /// Gives them up. The caller may touch counts.
  void release_orphans(typename Parts::Reclaimer& reclaimer) {
    std::vector<Header*> orphans;
    {
      const std::lock_guard lock(mutex_);
      orphans.swap(orphans_);
    }
    for (Header* object : orphans) {
      if (reclaimer.release(object)) reclaimer.bury(object, nullptr);
    }
  }

  /// The books of a mutator that has gone. Thread-safe.
  void add(const typename Parts::Counting& counting, const StopLog& stops) {
    const std::lock_guard lock(mutex_);
    counting_.add(counting);
    stops_.add(stops);
  }

 private:
  void collect_last() {
    release_orphans(reclaimer_);
    cycles_.collect(reclaimer_);
  }

  const StressOptions stress_;
  const std::uint64_t free_at_most_;
  const bool cycle_collector_;
  typename Parts::Locking::OfHeap locking_;
  [[no_unique_address]] typename Parts::Parties::OfHeap parties_;
  typename Parts::Cycles cycles_;
  DiscardAudit<Header> audit_;
  parts::MonitorTable monitors_;
  EventLog events_;
  typename Parts::Reclaimer reclaimer_{cycles_, audit_, parties_,
                                       0};  // when no mutator is attached

  std::mutex mutex_;
  [[no_unique_address]] typename Parts::Counting counting_;  // guarded by mutex_
  StopLog stops_;                                            // guarded by mutex_
  std::vector<Header*> orphans_;                             // guarded by mutex_
};

/// A root seen by many threads: it owns a reference. How it may be raced is the locking's matter.
template <class T, class Parts>
class Global {
 public:
  explicit Global(Heap<Parts>& heap) : heap_(heap) {}
  ~Global() {
    slot_.update([&](void*& object) {
      if (object != nullptr) heap_.orphan(static_cast<T*>(object));
    });
  }
  Global(const Global&) = delete;
  Global& operator=(const Global&) = delete;

  /// For models only: what it holds, retained.
  T* load(typename Parts::Reclaimer& reclaimer) {
    return static_cast<T*>(slot_.update([&](void*& object) {
      if (object != nullptr) reclaimer.retain(static_cast<T*>(object));
      return object;
    }));
  }
  /// Takes over the reference `value`, hands out the one that was there.
  T* exchange(T* value) {
    return static_cast<T*>(
        slot_.update([&](void*& object) { return std::exchange(object, value); }));
  }

 private:
  Heap<Parts>& heap_;
  typename Parts::Locking::Slot slot_;
};

}  // namespace reclaim::rc
