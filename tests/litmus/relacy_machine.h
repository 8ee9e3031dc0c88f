// The machine of the Relacy race detector (Vyukov 2008): the shipped protocols are templates over
// their machine, so on this one every atomic operation is a scheduling point, loads may return any
// value that the C++ memory model allows, and plain data is checked for races.
//
// Relacy takes memory orders, new and malloc for its own by macros: the protocols come first, and
// what it defines is undone at once.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <utility>

#include "models/parts/locked_slot.h"
#include "models/parts/monitor_protocol.h"
#include "models/parts/safepoint.h"
#include "models/parts/wait_graph.h"
#include "models/parts/weak_cell.h"
#include "models/rc/biased_count.h"
#include "models/rc/counts.h"
#include "models/rc/gil.h"
#include "models/rc/locked_count.h"
#include "models/rc/tick_gil.h"
// Must stand behind the protocols.
#include <relacy/relacy.hpp>
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef errno
#undef sched_yield
#undef futex

namespace reclaim::litmus {

/// Which orders a mutant weakens to relaxed.
enum class Weakened { nothing, acquire, release, sequential };

/// One machine for all protocols: counting, the GIL, monitors.
template <Weakened weakened = Weakened::nothing>
struct RelacyMachine {
  static constexpr rl::memory_order order(std::memory_order order) {
    const bool acquires = weakened != Weakened::acquire;
    const bool releases = weakened != Weakened::release;
    switch (order) {
      case std::memory_order_relaxed:
        return rl::mo_relaxed;
      case std::memory_order_consume:
      case std::memory_order_acquire:
        return acquires ? rl::mo_acquire : rl::mo_relaxed;
      case std::memory_order_release:
        return releases ? rl::mo_release : rl::mo_relaxed;
      case std::memory_order_acq_rel:
        return !acquires ? rl::mo_release : !releases ? rl::mo_acquire : rl::mo_acq_rel;
      default:
        return weakened == Weakened::sequential ? rl::mo_relaxed : rl::mo_seq_cst;
    }
  }

  template <class T>
  class Atomic {
   public:
    Atomic(T value = T{}) { value_.store(value, rl::mo_relaxed, $); }
    T load(std::memory_order o) const { return value_.load(order(o), $); }
    void store(T value, std::memory_order o) { value_.store(value, order(o), $); }
    T fetch_add(T n, std::memory_order o) { return value_.fetch_add(n, order(o), $); }
    T fetch_sub(T n, std::memory_order o) { return value_.fetch_sub(n, order(o), $); }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order o,
                                 std::memory_order failed) {
      return value_.compare_exchange_strong(expected, desired, order(o), $, order(failed), $) ||
             missed(o, failed);
    }
    bool compare_exchange_weak(T& expected, T desired, std::memory_order o,
                               std::memory_order failed) {
      return value_.compare_exchange_weak(expected, desired, order(o), $, order(failed), $) ||
             missed(o, failed);
    }

   private:
    /// Relacy takes a failure that acquires for relaxed where success only releases, which C++ has
    /// allowed since 2017: what the failure read is acquired here.
    bool missed(std::memory_order o, std::memory_order failed) {
      if (o == std::memory_order_release && failed == std::memory_order_acquire) load(failed);
      return false;
    }

    rl::atomic<T> value_;
  };

  /// Plain data, checked for races.
  template <class T>
  class Plain {
   public:
    Plain(T value) { value_($) = value; }
    operator T() const { return value_($); }
    Plain& operator=(T value) {
      value_($) = value;
      return *this;
    }

   private:
    mutable rl::var<T> value_;
  };

  class Mutex {
   public:
    void lock() { mutex_.lock($); }
    void unlock() { mutex_.unlock($); }
    rl::mutex& native() { return mutex_; }

   private:
    rl::mutex mutex_;
  };
  using Lock = std::unique_lock<Mutex>;

  class Condition {
   public:
    /// May time out at any moment: time is the scheduler's to decide.
    bool wait_for(Lock& lock, std::int64_t) {
      return condition_.wait_for(lock.mutex()->native(), 0, $);
    }
    void notify_one() { condition_.notify_one($); }
    void notify_all() { condition_.notify_all($); }

   private:
    rl::condition_variable_any condition_;
  };
  static constexpr int looks_before_sleep = 1;

  class Parker {
   public:
    void park() {
      const Lock lock{mutex_};
      while (!permit_) condition_.wait(mutex_.native(), $);
      permit_ = false;
    }
    /// The time may be up at any moment.
    bool park_until(std::int64_t) {
      const Lock lock{mutex_};
      if (!permit_) condition_.wait_for(mutex_.native(), 0, $);
      return std::exchange(permit_, false);
    }
    void unpark() {
      const Lock lock{mutex_};
      permit_ = true;
      condition_.notify_one($);
    }

   private:
    Mutex mutex_;
    rl::condition_variable_any condition_;
    bool permit_ = false;
  };

  using WaitGraph = parts::NoWaitGraph;

  static void pause() { rl::yield(1, $); }
  static void yield() { rl::yield(1, $); }
  /// Runs fast, so that what happens after a long wait happens here too.
  static std::int64_t clock_ns() { return clock() += 400'000; }
  static std::int64_t& clock() {
    static std::int64_t ns = 0;
    return ns;
  }
};

/// Relacy's words, in memory that it does not manage: what is allocated during a simulation belongs
/// to the simulation.
class Report : public std::streambuf {
 public:
  void clear() { setp(text_.data(), text_.data() + text_.size()); }
  std::string text() const { return {text_.data(), static_cast<std::size_t>(pptr() - pbase())}; }

 private:
  int_type overflow(int_type character) override { return character; }  // enough has been said
  std::array<char, 1 << 16> text_{};
};

/// What became of a search through the executions of a program.
struct Verdict {
  bool correct = false;
  std::string report;  ///< Relacy's: the kind of error and the execution that leads to it
};

/// Every execution of a small program; of a larger one, as many random ones as said (always the
/// same).
template <class Program>
Verdict search(unsigned random_executions = 0) {
  static Report report;
  report.clear();
  std::ostream output{&report};
  rl::test_params parameters;
  parameters.output_stream = parameters.progress_stream = &output;
  parameters.search_type = random_executions == 0 ? rl::sched_full : rl::sched_random;
  parameters.iteration_count = random_executions == 0 ? 1'000'000 : random_executions;
  parameters.execution_depth_limit = 20'000;
  Verdict verdict;
  verdict.correct = rl::simulate<Program>(parameters);
  verdict.report = report.text();
  return verdict;
}

}  // namespace reclaim::litmus
