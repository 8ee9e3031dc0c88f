// Monitors: synchronized, wait and notify on an object, for every model. The protocol is in
// monitor_protocol.h; here it meets Locals, whose objects move, and the stop log.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "base/mapping.h"
#include "boundary/stops.h"
#include "models/parts/monitor_policy.h"
#include "models/parts/monitor_protocol.h"

namespace reclaim::parts {

using MachineMonitors = MonitorProtocol<MachinePolicy>;

/// Per heap: thread ids for lock words, and the inflated monitors. Thread-safe.
class MonitorTable : public MachineMonitors {
 public:
  /// An id in 1..32767 that no attached thread has.
  std::uint32_t attach_thread() {
    const std::lock_guard lock(mutex_);
    if (free_count_ != 0) return free_ids_[--free_count_];
    require(last_id_ < lock_word::most_threads, "more than 32767 threads are attached to a heap");
    return ++last_id_;
  }
  void detach_thread(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    free_ids_[free_count_++] = id;
  }

 private:
  std::mutex mutex_;
  MappedArray<std::uint32_t> free_ids_{lock_word::most_threads};
  std::uint32_t free_count_ = 0;
  std::uint32_t last_id_ = 0;
};

/// Base of a model's Mutator, which gives: thread(), monitors(), stops(), blocking(f), poll().
/// Without `parallel` (under a GIL) nobody spins: the owner cannot run while we do.
template <class Mutator, bool parallel = true>
class MonitorOperations {
 public:
  /// f() while holding the object's monitor. The local holds the same object until f is done.
  template <class Local, class F>
  decltype(auto) synchronized(const Local& local, F&& f) {
    if constexpr (checked) self().poll();  // entering may be a safepoint: here it always is
    const Held<Local> held{*this, local};
    return std::forward<F>(f)();
  }
  /// Inside synchronized: gives the monitor up until notified. A safepoint.
  template <class Local>
  void wait(const Local& local) {
    thread_.wants = &type_info<ObjectOf<Local>>();
    self().monitors().wait(word(local), thread(), give_up_everything());
  }
  /// The same for `time` at the most. True: was notified; false: the time was up first. Either way
  /// it holds the monitor again, which may take longer.
  template <class Local>
  bool wait_for(const Local& local, std::chrono::nanoseconds time) {
    constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();
    thread_.wants = &type_info<ObjectOf<Local>>();
    const std::int64_t now = now_ns();
    const std::int64_t deadline = time.count() < for_ever - now ? now + time.count() : for_ever;
    return self().monitors().wait_until(word(local), thread(), deadline, give_up_everything());
  }
  template <class Local>
  void notify(const Local& local) {
    self().monitors().notify(word(local), thread(), false);
  }
  template <class Local>
  void notify_all(const Local& local) {
    self().monitors().notify(word(local), thread(), true);
  }

 private:
  template <class Local>
  class Held {
   public:
    Held(MonitorOperations& operations, const Local& local)
        : operations_(operations), local_(local) {
      operations_.enter(local);
    }
    ~Held() { operations_.exit(local_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    MonitorOperations& operations_;
    const Local& local_;
  };

  template <class Local>
  using ObjectOf = std::remove_pointer_t<decltype(std::declval<const Local&>().get())>;

  Mutator& self() { return static_cast<Mutator&>(*this); }
  auto give_up_everything() {
    return [this](auto&& sleep) { self().blocking(sleep); };
  }
  MachineMonitors::Thread& thread() {
    thread_.id = self().thread();
    return thread_;
  }

  template <class Local>
  static MachineMonitors::Word& word(const Local& local) {
    auto* object = local.get();
    static_assert(ObjectOf<Local>::is_monitored,
                  "a type that is locked opts in: Object<T, Monitored>");
    if (__builtin_expect(static_cast<long>(object == nullptr), 0L) != 0) {
      violation("a monitor belongs to an object", "the local is null");
    }
    if constexpr (checked) object->verify_alive();
    return object->lock;
  }

  template <class Local>
  void enter(const Local& local) {
    if (!MachineMonitors::try_enter(word(local), self().thread())) {
      enter_slow<ObjectOf<Local>>(word(local));
    }
  }
  template <class Local>
  void exit(const Local& local) {
    if (!MachineMonitors::try_exit(word(local), self().thread())) exit_slow(word(local));
  }

  // The fast paths of inflated monitors in leaves of their own: they save no registers.
  template <class T>
  [[gnu::noinline]] void enter_slow(MachineMonitors::Word& word) {
    if (!self().monitors().try_enter_inflated(word, self().thread())) enter_contended<T>(word);
  }
  [[gnu::noinline]] void exit_slow(MachineMonitors::Word& word) {
    if (!self().monitors().try_exit_inflated(word, self().thread())) exit_contended(word);
  }
  template <class T>
  [[gnu::noinline]] void enter_contended(MachineMonitors::Word& word) {
    thread_.wants = &type_info<T>();
    const std::int64_t contended_ns =
        self().monitors().template enter<parallel>(word, thread(), give_up_everything());
    if (contended_ns != 0) {
      self().stops().record(StopCause::monitor_wait, contended_ns, now_ns());
    }
  }
  [[gnu::noinline]] void exit_contended(MachineMonitors::Word& word) {
    self().monitors().exit(word, thread());
  }

  MachineMonitors::Thread thread_;
};

}  // namespace reclaim::parts
