// Who may run: a policy of rc::Model. It says what a heap and a mutator keep for it, what happens
// at safepoints and around blocking calls, and how a Global is read while others write it.
//   FreeThreaded  mutators run side by side; the counts see to themselves
//   UnderGil      one mutator at a time, by the protocol in gil.h
//   UnderTickGil  one mutator at a time, by the protocol in tick_gil.h
//   Stoppable     mutators run side by side, until one of them wants to be alone (stoppable.h)
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "boundary/heap_options.h"
#include "boundary/stops.h"
#include "measure/clock.h"
#include "models/parts/locked_slot.h"
#include "models/parts/side_by_side.h"
#include "models/rc/gil.h"
#include "models/rc/tick_gil.h"

namespace reclaim::rc {

struct FreeThreaded : parts::SideBySide {
  /// The pointer of a Global.
  using Slot = parts::BasicLockedSlot<>;
};

/// Gil: BasicGil or BasicTickGil.
template <class Gil>
struct UnderLock {
  static constexpr bool parallel = false;

  struct OfHeap {
    explicit OfHeap(const HeapOptions& options) : gil(Gil::interval(options)) {}
    Gil gil;
    std::atomic<std::thread::id> holder{};  ///< to notice a thread that waits for itself
  };

  /// A mutator runs while it holds the lock, from attach to detach. Each wait for the lock is a
  /// stop.
  class OfMutator {
   public:
    OfMutator(OfHeap& heap, StopLog& stops, std::uint32_t) : heap_(heap), stops_(stops) {
      require(heap_.holder.load(std::memory_order_relaxed) != std::this_thread::get_id(),
              "under a GIL a thread attaches to a heap once: it would wait for itself");
      acquire();
    }
    OfMutator(const OfMutator&) = delete;
    OfMutator& operator=(const OfMutator&) = delete;

    /// Gives the lock up for good.
    void leave() {
      disown(LetGo::detached);
      heap_.gil.leave();
    }
    bool yields_now() const { return heap_.gil.yields_now(); }
    /// A stop: handing over and waiting for the lock are one; letting go of it is none by itself.
    [[gnu::noinline]] void yield() {
      if constexpr (Gil::hands_over) {
        const StopTimer timer{stops_, StopCause::gil_wait};
        disown(LetGo::asked);
        heap_.gil.release(this);
        heap_.gil.acquire(this);
        own();
      } else {
        release(LetGo::ticks);
        acquire();
      }
    }
    /// f() while no other runs, as a stop with this cause.
    template <class F>
    void alone(StopCause cause, F&& f) {
      const StopTimer timer{stops_, cause};
      std::forward<F>(f)();
    }
    /// Runs f without the lock.
    template <class F>
    decltype(auto) without(F&& f) {
      const Released released{*this};
      return std::forward<F>(f)();
    }

   private:
    struct Released {
      explicit Released(OfMutator& mutator) : mutator_(mutator) {
        mutator_.release(LetGo::blocking);
      }
      ~Released() { mutator_.acquire(); }
      Released(const Released&) = delete;
      OfMutator& mutator_;
    };

    void acquire() {
      if (!heap_.gil.try_acquire(this)) {
        const StopTimer timer{stops_, StopCause::gil_wait};
        heap_.gil.acquire(this);
      }
      own();
    }
    /// The clock is read only when another has asked for the lock: then it will have to wait.
    void release(LetGo why) {
      disown(why);
      const bool contended = heap_.gil.drop_requested();
      const std::int64_t begin_ns = contended ? now_ns() : 0;
      if (heap_.gil.release(this) && contended) {
        stops_.record(StopCause::gil_wait, begin_ns, now_ns());
      }
    }
    void own() {
      heap_.holder.store(std::this_thread::get_id(), std::memory_order_relaxed);
      if (stops_.keeps_holds()) owned_ns_ = now_ns();
    }
    void disown(LetGo why) {
      heap_.holder.store({}, std::memory_order_relaxed);
      if (stops_.keeps_holds()) stops_.held(owned_ns_, now_ns(), why);
    }

    OfHeap& heap_;
    StopLog& stops_;
    std::int64_t owned_ns_ = 0;
  };

  /// Whoever looks at a Global holds the lock.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(void* object) : object_(object) {}
    template <class F>
    decltype(auto) update(F&& f) {
      return std::forward<F>(f)(object_);
    }

   private:
    void* object_ = nullptr;
  };
};

using UnderGil = UnderLock<BasicGil<>>;
using UnderTickGil = UnderLock<BasicTickGil<>>;

}  // namespace reclaim::rc
