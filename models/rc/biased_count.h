// Biased counts: the mutator that made an object counts its own references without any
// synchronisation, all others share an atomic count (Choi, Shull, Torrellas, "Biased reference
// counting", PACT 2018; as in free-threaded CPython, PEP 703: Include/refcount.h,
// Objects/object.c).
//
//   owner   who counts in `local`; nobody, once the counts are merged
//   local   plain: read and written by the owner alone
//   shared  [count 30, may be negative][merged][queued]
//
//   references = local + shared count - (1 if in the mail)
//
// A reference may be counted here and given up there: the owner makes an object and hands it to
// another mutator, whose release brings the shared count below zero. So neither count alone says
// that an object is dead. Two ways lead to an end:
//   merge_empty  The owner's count comes to zero. If the shared word is untouched, that was the
//   last
//                reference. Otherwise the owner takes itself out, and who brings the shared count
//                of a merged object to zero has the dead object. (Who comes by a weak reference
//                could take one between the two; so for an object with weak references the owner
//                looks at the shared word while nobody can.)
//   merge        Another's release finds the shared word untouched: the reference that it gives up
//                is counted in `local`. It does not subtract: it marks the object as queued, and
//                posts it to its owner, and the reference goes with the mail. The owner adds the
//                counts up at its next safepoint and gives that reference up. Where the owner has
//                gone for good, whoever would have posted does it in its place.
// So an object that is given up last by another dies when its owner comes by, not at once.
//
// The orders: all is decided by read-modify-writes of the shared word, which acquire and release.
// An owner that finds it untouched acquires: the zero may have come from another's release.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "models/parts/machine.h"

namespace reclaim::rc {

template <class Header>
struct Biased;

/// Twelve bytes. A new object is owned once, by the Fresh that `make` returns.
///   Plain  what no two threads touch at once: a word, which one instruction counts up or down; a
///          model checker's own, to see that they do not
template <class Machine = parts::Machine, class Plain = std::uint32_t>
class BasicBiasedCount {
  using Word = typename Machine::template Atomic<std::uint32_t>;

 public:
  static constexpr bool guards_fields = false;
  template <class Header>
  using Parties = Biased<Header>;
  /// The number of a mutator: never used again when it has gone.
  using Owner = std::uint32_t;
  static constexpr Owner nobody = 0;

  /// For whoever makes the object, before others see it.
  void bias_to(Owner me) { owner_.store(me, std::memory_order_relaxed); }
  Owner owner() const { return owner_.load(std::memory_order_relaxed); }

  [[gnu::always_inline]] void retain(Owner me) {
    if (owner() == me) [[likely]] {
      local_ = local_ + 1;
    } else {
      shared_.fetch_add(one, std::memory_order_relaxed);
    }
  }
  /// True: it was the last reference. `post()` is called where the object is to be posted to its
  /// owner; it returns true if the owner has gone, and the object is dead. (By value: what it holds
  /// goes in registers to where it is called, and costs nothing where it is not.)
  template <class Post>
  [[gnu::always_inline]] bool release(Owner me, Post post) {
    if (owner() != me) [[unlikely]]
      return release_shared(post);
    if (!empties_local()) [[likely]]
      return false;
    if (shared_.load(std::memory_order_acquire) == 0) return true;
    return merge_empty();
  }
  /// The same for an object that somebody may try_retain meanwhile. `alone(dead)` returns dead(),
  /// which it calls while nobody is at that, and sees to it that nobody will be if it is true. The
  /// owner that asks there needs no read-modify-write; otherwise the end is decided in the shared
  /// word.
  template <class Post, class Alone>
  bool release_observed(Owner me, Post post, Alone alone) {
    const auto certainly = [] { return true; };
    if (owner() != me) [[unlikely]]
      return release_shared(post) && alone(certainly);
    if (!empties_local()) return false;
    const auto untouched = [this] { return shared_.load(std::memory_order_acquire) == 0; };
    return (untouched() && alone(untouched)) || (merge_empty() && alone(certainly));
  }
  /// For whoever comes by a weak reference. False: the object is dead.
  bool try_retain(Owner me) {
    if (owner() == me) {
      local_ = local_ + 1;
      return true;
    }
    std::uint32_t shared = shared_.load(std::memory_order_relaxed);
    while (shared != merged) {
      if (shared_.compare_exchange_weak(shared, shared + one, std::memory_order_relaxed,
                                        std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
  /// What the mail is for: adds the counts up and gives up the reference that came with it. True:
  /// it was the last. For the owner, or when there is none any more.
  bool merge() {
    const std::uint32_t counted_here = local_;
    local_ = 0;
    return merge_with(counted_here - 1);
  }
  /// Gives up a reference that is counted in the shared word.
  template <class Post>
  [[gnu::noinline]] bool release_shared(Post post) {
    std::uint32_t shared = shared_.load(std::memory_order_relaxed);
    std::uint32_t next = 0;
    do {
      next = shared == 0 ? queued : shared - one;
    } while (!shared_.compare_exchange_weak(shared, next, std::memory_order_acq_rel,
                                            std::memory_order_relaxed));
    return shared == 0 ? post() : next == merged;
  }

  /// Whether the caller's reference is known to be the only one.
  bool is_sole(Owner me) const {
    const std::uint32_t shared = shared_.load(std::memory_order_acquire);
    return owner() == me ? local_ == 1 && shared == 0 : shared == (one | merged);
  }

  /// For whoever watches, while nobody counts: what others than the owner have counted, which may
  /// be less than zero, and whether the object is in the mail.
  std::int32_t shared_references() const {
    return static_cast<std::int32_t>(shared_.load(std::memory_order_relaxed)) >> 2;
  }
  bool is_queued() const { return (shared_.load(std::memory_order_relaxed) & queued) != 0; }

  /// A word of a dead object is the reclaimer's.
  std::uint32_t value() const { return local_; }
  void reuse(std::uint32_t word) { local_ = word; }

 private:
  static constexpr std::uint32_t queued = 1;
  static constexpr std::uint32_t merged = 2;
  static constexpr std::uint32_t flags = 3;
  static constexpr std::uint32_t one = 4;

  bool empties_local() {
    const std::uint32_t left = local_ - 1;
    local_ = left;
    return left == 0;
  }
  [[gnu::noinline]] bool merge_empty() { return merge_with(0); }
  /// Nothing of the object is touched after the exchange: it may be gone.
  bool merge_with(std::uint32_t references) {
    owner_.store(nobody, std::memory_order_relaxed);
    std::uint32_t shared = shared_.load(std::memory_order_relaxed);
    std::uint32_t next = 0;
    do {
      next = ((shared & ~flags) + references * one) | merged;
    } while (!shared_.compare_exchange_weak(shared, next, std::memory_order_acq_rel,
                                            std::memory_order_relaxed));
    return next == merged;
  }

  Word owner_{nobody};
  Plain local_{1};
  Word shared_{0};
};

using BiasedCount = BasicBiasedCount<>;

}  // namespace reclaim::rc
