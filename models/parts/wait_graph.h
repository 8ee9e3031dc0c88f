// Deadlocks: threads that wait for each other's monitors in a circle. Nobody in it will ever run,
// so it is told, and the process ends, in place of a run that hangs.
//
// A thread that has slept for a while in front of a monitor walks along: who owns it, what does
// that one wait for, who owns that ... If the way leads back to it, it looks at the same way once
// more. A wait has a number of its own, so if nothing has changed, then between the two looks every
// thread on the way waited, all at the same time; a thread that waits gives up no monitor. So the
// circle was there, and stays: what is told is true (Chandy, Misra, Haas, "Distributed deadlock
// detection", TOCS 1983, call these chases). The last one to close a circle sleeps in front of a
// monitor after that; so each is found.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "base/exhaustion.h"
#include "base/mapping.h"
#include "boundary/type_info.h"
#include "measure/clock.h"
#include "models/parts/monitor_word.h"

namespace reclaim::parts {

/// Who waits for which monitor. Threads and monitors by number. Thread-safe.
class WaitGraph {
 public:
  /// How long a thread sleeps before it looks whether it sleeps for ever.
  static constexpr std::int64_t look_after_ns = 200'000'000;

  /// `thread` is going to sleep in front of `monitor`, an object's of this type; called by it, or,
  /// under the monitor's mutex, by whoever makes it wait there.
  void begin(std::uint32_t thread, std::uint32_t monitor, const TypeInfo* type) {
    Wait& wait = waits_[thread];
    wait.type.store(type, std::memory_order_relaxed);
    wait.word.store(number_of(wait) + one_number + monitor + 1, std::memory_order_release);
  }
  /// It has it; called by it.
  void end(std::uint32_t thread) {
    Wait& wait = waits_[thread];
    wait.word.store(number_of(wait), std::memory_order_release);
  }

  /// Parks the thread. `owner_of(monitor)`: the thread that holds it, or 0.
  template <class Parker, class OwnerOf>
  void park(Parker& parker, std::uint32_t thread, OwnerOf&& owner_of) {
    while (!parker.park_until(now_ns() + look_after_ns)) {
      const Circle circle = find(thread, owner_of);
      if (circle.length != 0) end_deadlocked(circle);
    }
  }

  /// The threads of a circle: each waits for what the next one holds, the last for the first's.
  /// Longer ones than fit are not found.
  struct Circle {
    struct Step {
      std::uint32_t thread;
      std::uint64_t wait;
    };
    std::array<Step, 256> steps;
    std::size_t length = 0;  ///< 0: none was found
  };

  /// The circle that `thread` is part of.
  template <class OwnerOf>
  Circle find(std::uint32_t thread, OwnerOf&& owner_of) const {
    Circle circle;
    std::uint32_t at = thread;
    do {
      const std::uint64_t wait = waits_[at].word.load(std::memory_order_acquire);
      const std::uint32_t next = holder_of(wait, owner_of);
      if (next == 0 || next == at || circle.length == circle.steps.size()) return {};
      circle.steps[circle.length++] = {at, wait};
      at = next;
    } while (at != thread);
    for (std::size_t i = 0; i < circle.length; ++i) {
      const auto& [waiting, wait] = circle.steps[i];
      if (waits_[waiting].word.load(std::memory_order_acquire) != wait ||
          holder_of(wait, owner_of) != circle.steps[(i + 1) % circle.length].thread) {
        return {};
      }
    }
    return circle;
  }

 private:
  /// word = [number of the wait: 32][0, or the number of the monitor + 1: 32]
  struct Wait {
    std::atomic<std::uint64_t> word;
    std::atomic<const TypeInfo*> type;
  };
  static constexpr std::uint64_t one_number = std::uint64_t{1} << 32;

  static std::uint64_t number_of(const Wait& wait) {
    return wait.word.load(std::memory_order_relaxed) & ~(one_number - 1);
  }
  /// Who holds what is waited for; 0: nobody, or nothing is.
  template <class OwnerOf>
  static std::uint32_t holder_of(std::uint64_t wait, OwnerOf&& owner_of) {
    const auto monitor = static_cast<std::uint32_t>(wait);
    return monitor == 0 ? 0 : owner_of(monitor - 1);
  }

  [[noreturn, gnu::cold, gnu::noinline]] void end_deadlocked(const Circle& circle) const {
    LastWords words;
    words.say("reclaim: deadlock: thread %u", circle.steps[0].thread);
    for (std::size_t i = 0; i < circle.length; ++i) {
      const auto& name = waits_[circle.steps[i].thread].type.load(std::memory_order_relaxed)->name;
      words.say("%s waits for the %.*s that thread %u holds", i == 0 ? "" : ", which",
                static_cast<int>(name.size()), name.data(),
                circle.steps[(i + 1) % circle.length].thread);
    }
    words.end(deadlock_exit_code);
  }

  MappedArray<Wait> waits_{lock_word::most_threads + 1};
};

/// For machines without time, where nobody looks.
struct NoWaitGraph {
  void begin(std::uint32_t, std::uint32_t, const TypeInfo*) {}
  void end(std::uint32_t) {}
  template <class Parker, class OwnerOf>
  void park(Parker& parker, std::uint32_t, OwnerOf&&) {
    parker.park();
  }
};

}  // namespace reclaim::parts
