// Mutators that run side by side and can be stopped, all of them, by one: for a collector of cycles
// over atomic counts, which must see the references stand still.
#pragma once

#include <cstdint>
#include <utility>

#include "boundary/heap_options.h"
#include "boundary/stops.h"
#include "measure/clock.h"
#include "models/parts/locked_slot.h"
#include "models/parts/safepoint.h"

namespace reclaim::rc {

/// A locking policy (locking.h).
struct Stoppable {
  static constexpr bool parallel = true;
  /// The pointer of a Global.
  using Slot = parts::BasicLockedSlot<>;

  class OfMutator;

  struct OfHeap {
    explicit OfHeap(const HeapOptions& options) : safepoints(options.stress.collect_at_each_poll) {}
    parts::Safepoints<OfMutator> safepoints;
  };

  class OfMutator {
   public:
    OfMutator(OfHeap& heap, StopLog& stops, std::uint32_t thread)
        : safepoints_(heap.safepoints), stops_(stops), thread_(thread) {
      safepoints_.attach(*this);
    }
    OfMutator(const OfMutator&) = delete;
    OfMutator& operator=(const OfMutator&) = delete;

    void leave() {
      safepoints_.detach(*this, [] {});
    }
    bool yields_now() const { return stop_.attention.load(std::memory_order_relaxed); }
    [[gnu::noinline]] void yield() { safepoints_.stand(*this); }
    template <class F>
    decltype(auto) without(F&& f) {
      const Blocked blocked{*this};
      return std::forward<F>(f)();
    }
    /// f() while all others stand: a stop with this cause. Not called if another did so meanwhile.
    template <class F>
    void alone(StopCause cause, F&& f) {
      if (!safepoints_.stop_the_world(this)) return;
      std::forward<F>(f)();
      stops_.record(StopCause::time_to_safepoint, safepoints_.asked_ns(), safepoints_.reached_ns());
      stops_.record(cause, safepoints_.asked_ns(), now_ns());
      safepoints_.resume_the_world();
    }

    /// For Safepoints.
    parts::StopState<>& stop_state() { return stop_; }
    void stand_here() {}
    std::uint32_t thread() const { return thread_; }

   private:
    struct Blocked {
      explicit Blocked(OfMutator& mutator) : mutator_(mutator) {
        mutator_.safepoints_.enter_blocking(mutator_);
      }
      ~Blocked() { mutator_.safepoints_.leave_blocking(mutator_); }
      Blocked(const Blocked&) = delete;
      OfMutator& mutator_;
    };

    parts::Safepoints<OfMutator>& safepoints_;
    StopLog& stops_;
    const std::uint32_t thread_;
    parts::StopState<> stop_;
  };
};

}  // namespace reclaim::rc
