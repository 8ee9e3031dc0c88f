// Atomic operations in an order that is written down: what a count does when two threads come at
// the same time, forced. The shipped protocols are templates over the machine (models/parts/
// machine.h); this machine's atomic numbers wait for their turn before each operation, and write
// down what they did.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace reclaim::cli {

struct MachineStep {
  int thread;
  std::string what;     ///< "reads 1", "writes 2", "adds 1"
  std::uint32_t after;  ///< what the number is then
};

/// The order of the operations, by thread: 1, 2, ... What a thread does after its last place in it,
/// it does freely. Threads take part while they have a Part.
class WrittenOrder {
 public:
  explicit WrittenOrder(std::vector<int> order) : order_(std::move(order)) { current() = this; }
  ~WrittenOrder() { current() = nullptr; }
  WrittenOrder(const WrittenOrder&) = delete;
  WrittenOrder& operator=(const WrittenOrder&) = delete;

  /// This thread has a number from here to its end; then its other places are nobody's.
  class Part {
   public:
    Part(WrittenOrder& order, int thread) : order_(order) { me() = thread; }
    ~Part() {
      const std::lock_guard lock(order_.mutex_);
      std::erase_if(order_.order_, [](int thread) { return thread == me(); });
      me() = 0;
      order_.changed_.notify_all();
    }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

   private:
    WrittenOrder& order_;
  };

  /// Does the operation when its turn has come; f returns {what it was, the number after it}.
  template <class F>
  static void in_turn(F&& f) {
    if (current() == nullptr || me() == 0) {
      f();
      return;
    }
    current()->take_turn(std::forward<F>(f));
  }

  const std::vector<MachineStep>& steps() const { return steps_; }

 private:
  static WrittenOrder*& current() {
    static WrittenOrder* order = nullptr;
    return order;
  }
  static int& me() {
    static thread_local int thread = 0;
    return thread;
  }

  template <class F>
  void take_turn(F&& f) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return order_.empty() || order_.front() == me() ||
             std::find(order_.begin(), order_.end(), me()) == order_.end();
    });
    auto [what, after] = f();
    steps_.push_back({me(), std::move(what), after});
    if (!order_.empty() && order_.front() == me()) order_.erase(order_.begin());
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> order_;          // guarded by mutex_: what is still to come
  std::vector<MachineStep> steps_;  // guarded by mutex_ while there are parts
};

/// A number whose operations take turns.
class OrderedNumber {
  using Number = std::uint32_t;
  using Did = std::pair<std::string, Number>;

 public:
  OrderedNumber(Number value = 0) : value_(value) {}

  Number load(std::memory_order = std::memory_order_seq_cst) const {
    Number read = 0;
    WrittenOrder::in_turn([&]() -> Did {
      read = value_.load();
      return {"reads " + std::to_string(read), read};
    });
    return read;
  }
  void store(Number value, std::memory_order = std::memory_order_seq_cst) {
    WrittenOrder::in_turn([&]() -> Did {
      value_.store(value);
      return {"writes " + std::to_string(value), value};
    });
  }
  Number fetch_add(Number n, std::memory_order = std::memory_order_seq_cst) {
    Number old = 0;
    WrittenOrder::in_turn([&]() -> Did {
      old = value_.fetch_add(n);
      return {"adds " + std::to_string(n) + " in one operation", old + n};
    });
    return old;
  }
  Number fetch_sub(Number n, std::memory_order = std::memory_order_seq_cst) {
    Number old = 0;
    WrittenOrder::in_turn([&]() -> Did {
      old = value_.fetch_sub(n);
      return {"subtracts " + std::to_string(n) + " in one operation", old - n};
    });
    return old;
  }
  bool compare_exchange_weak(Number& expected, Number desired,
                             std::memory_order = std::memory_order_seq_cst,
                             std::memory_order = std::memory_order_seq_cst) {
    bool done = false;
    WrittenOrder::in_turn([&]() -> Did {
      done = value_.compare_exchange_strong(expected, desired);
      return {done ? "writes " + std::to_string(desired) : "finds it changed", value_.load()};
    });
    return done;
  }

 private:
  std::atomic<Number> value_;
};

/// parts::Machine whose 32-bit numbers take turns.
struct OrderedMachine {
  template <class T>
  struct Choice {
    using Type = std::atomic<T>;
  };
  template <class T>
  using Atomic = typename Choice<T>::Type;
};
template <>
struct OrderedMachine::Choice<std::uint32_t> {
  using Type = OrderedNumber;
};

}  // namespace reclaim::cli
