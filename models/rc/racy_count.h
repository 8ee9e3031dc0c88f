// Counts that nobody synchronises: an update is a load and a store, so that of two at the same time
// one can be lost.
//   a lost increment  the object dies while it is still referred to
//   a lost decrement  it never dies
//
// What dies too early is used on, and comes to zero again. So that a wrong count stays just that:
//   - an object dies once: whoever finds zero first claims it
//   - the dead wait for their end by a link of their own: the count's word goes on being counted
//   - memory is never given to anybody else while the heap lives, and what the dead refer to stays
//     written in them (racy.h)
// Atomic, but never read-modify-write: the compiler may not invent or drop a load or store, and the
// program has no data race. Loads acquire and stores release, which costs nothing on x86: whoever
// comes to zero sees the object as those left it whose updates it has read.
#pragma once

#include <atomic>
#include <cstdint>

#include "models/parts/machine.h"

namespace reclaim::rc {

template <class Header>
struct Racy;

/// Sixteen bytes. A new object is owned once, by the Fresh that `make` returns.
template <class Machine = parts::Machine>
class BasicRacyCount {
 public:
  static constexpr bool guards_fields = false;
  template <class Header>
  using Parties = Racy<Header>;

  void retain() { add(1); }
  /// True: the count came to zero. The object may have been dead before.
  bool release() { return add(-1) == 0; }
  /// Makes the object dead. True for the first who does: it is the caller's to take apart.
  bool claim() { return !dead_.exchange(true, std::memory_order_acq_rel); }
  bool is_dead() const { return dead_.load(std::memory_order_relaxed); }

  std::uint32_t value() const { return value_.load(std::memory_order_relaxed); }
  /// Of a dead object, for whoever has claimed it.
  void* link() const { return link_; }
  void set_link(void* next) { link_ = next; }

 private:
  std::uint32_t add(int n) {
    const auto sum = value_.load(std::memory_order_acquire) + static_cast<std::uint32_t>(n);
    value_.store(sum, std::memory_order_release);
    return sum;
  }

  typename Machine::template Atomic<std::uint32_t> value_{1};
  typename Machine::template Atomic<bool> dead_{false};
  void* link_ = nullptr;
};

using RacyCount = BasicRacyCount<>;

}  // namespace reclaim::rc
