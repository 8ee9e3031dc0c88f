// Counting to zero and the lock of a Global, operation by operation: the shipped headers over
// atomics that write down what is done to them. Whether two threads meet is luck; whether a count
// is one read-modify-write with the right order is not.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "models/parts/locked_slot.h"
#include "models/rc/counts.h"

namespace reclaim::rc {
namespace {

std::string name_of(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    default:
      return "other";
  }
}

struct RecordingMachine {
  static inline std::vector<std::string> done;

  struct WouldWait {};
  static void yield() { throw WouldWait{}; }

  template <class T>
  class Atomic {
   public:
    constexpr Atomic(T value) : value_(value) {}
    T load(std::memory_order order) const {
      done.push_back("load " + name_of(order));
      return value_;
    }
    void store(T value, std::memory_order order) {
      done.push_back("store " + name_of(order));
      value_ = value;
    }
    T fetch_add(T by, std::memory_order order) {
      done.push_back("add " + name_of(order));
      value_ += by;
      return value_ - by;
    }
    T fetch_sub(T by, std::memory_order order) {
      done.push_back("sub " + name_of(order));
      value_ -= by;
      return value_ + by;
    }
    bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                               std::memory_order) {
      if (value_ != expected) return false;
      done.push_back("exchange " + name_of(success));
      value_ = desired;
      return true;
    }

   private:
    T value_;
  };
};

using Done = std::vector<std::string>;

template <class F>
Done done_by(F&& f) {
  RecordingMachine::done.clear();
  f();
  return RecordingMachine::done;
}

TEST(AtomicCount, ARetainIsOneRelaxedReadModifyWrite) {
  BasicAtomicCount<RecordingMachine> count;
  EXPECT_EQ(done_by([&] { count.retain(); }), Done{"add relaxed"});
  EXPECT_EQ(count.value(), 2u);
}

TEST(AtomicCount, AReleaseAmongOthersIsAReleaseDecrement) {
  BasicAtomicCount<RecordingMachine> count;
  count.retain();
  EXPECT_EQ(done_by([&] { EXPECT_FALSE(count.release()); }), (Done{"load acquire", "sub release"}));
  EXPECT_EQ(count.value(), 1u);
}

TEST(AtomicCount, TheSoleOwnerOnlyLooksAndAcquires) {
  BasicAtomicCount<RecordingMachine> count;
  EXPECT_EQ(done_by([&] { EXPECT_TRUE(count.release()); }), Done{"load acquire"});
}

TEST(AtomicCount, WhatMayBeReferredToWeaklyIsAlwaysDecremented) {
  BasicAtomicCount<RecordingMachine> count;
  EXPECT_EQ(done_by([&] { EXPECT_TRUE(count.release_observed()); }),
            (Done{"sub release", "load acquire"}));
  EXPECT_FALSE(count.try_retain()) << "the dead stay dead";
  EXPECT_EQ(count.value(), 0u);
}

TEST(AtomicCount, AWeakLoadRetainsTheLivingByOneSwap) {
  BasicAtomicCount<RecordingMachine> count;
  EXPECT_EQ(done_by([&] { EXPECT_TRUE(count.try_retain()); }),
            (Done{"load relaxed", "exchange relaxed"}));
  EXPECT_EQ(count.value(), 2u);
}

/// The other one of two goes between our look and our decrement.
struct Racing : RecordingMachine {
  template <class T>
  struct Atomic : RecordingMachine::Atomic<T> {
    using RecordingMachine::Atomic<T>::Atomic;
    T fetch_sub(T by, std::memory_order order) {
      RecordingMachine::Atomic<T>::fetch_sub(1, std::memory_order_release);
      return RecordingMachine::Atomic<T>::fetch_sub(by, order);
    }
  };
};

TEST(AtomicCount, WhoeverReachesZeroAcquires) {
  BasicAtomicCount<Racing> count;
  count.retain();
  EXPECT_EQ(done_by([&] { EXPECT_TRUE(count.release()); }),
            (Done{"load acquire", "sub release", "sub release", "load acquire"}));
}

TEST(LockedSlot, HoldsWhatWasPutThere) {
  parts::BasicLockedSlot<RecordingMachine> slot;
  int object = 0;
  slot.update([&](void*& held) {
    EXPECT_EQ(held, nullptr);
    held = &object;
  });
  EXPECT_EQ(slot.update([](void*& held) { return held; }), &object);
}

TEST(LockedSlot, AcquiresAndReleases) {
  parts::BasicLockedSlot<RecordingMachine> slot;
  EXPECT_EQ(done_by([&] { slot.update([](void*&) {}); }),
            (Done{"load relaxed", "exchange acquire", "store release"}));
}

TEST(LockedSlot, NobodyElseGetsInMeanwhile) {
  parts::BasicLockedSlot<RecordingMachine> slot;
  slot.update([&](void*&) {
    EXPECT_THROW(slot.update([](void*&) { ADD_FAILURE() << "two at once"; }),
                 RecordingMachine::WouldWait);
  });
  slot.update([](void*&) {});
}

TEST(LockedSlot, IsUnlockedWhenTheUpdateThrows) {
  parts::BasicLockedSlot<RecordingMachine> slot;
  EXPECT_THROW(slot.update([](void*&) { throw 1; }), int);
  slot.update([](void*&) {});
}

}  // namespace
}  // namespace reclaim::rc
