// xmalloc: Chuck Lever and David Boreham's test ("malloc() Performance in a Multithreaded Linux
// Environment", USENIX 2000): producers fill batches with objects, consumers free them, so that
// every object is freed by another thread than its own. The batches pass through a bounded stack
// under a monitor, itself in the heap. The original runs for a fixed time; this one for a fixed
// number of batches. Of n mutators n/2 produce; one alone does both by turns.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <tuple>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo xmalloc_parameters[] = {
    {"batch", "objects of 64 bytes in a batch", 16, 4096, 4096, 1, 1e8},
    {"queue", "most batches that wait to be freed", 4, 100, 100, 1, 1e8},
    {"batches", "batches that pass from producers to consumers", 40, 1200, 10000, 1, 1e9},
};

namespace xmalloc {

template <class M>
struct Item : M::template Object<Item<M>> {
  std::array<std::uint64_t, 8> words{};
};

template <class M>
struct Batch : M::template Object<Batch<M>> {
  typename M::template Field<Batch> next;
  typename M::template Field<typename M::template Array<Item<M>>> items;
  static constexpr auto refs() { return std::tuple{&Batch::next, &Batch::items}; }
};

template <class M>
struct Stack : M::template Object<Stack<M>, Monitored> {
  typename M::template Field<Batch<M>> top;
  std::int64_t height = 0;
  std::int64_t taken = 0;  // in all
  static constexpr auto refs() { return std::tuple{&Stack::top}; }
};

/// Of a single mutator one batch is live at a time; of several, a full stack and a batch in every
/// hand.
inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const auto batch = static_cast<std::uint64_t>(p.integer("batch")) * (64 + 8) + 16;
  const std::int64_t batches =
      context.threads == 1 ? 1
                           : std::min(p.integer("batches"), p.integer("queue") + context.threads);
  return static_cast<std::uint64_t>(batches) * batch + 24;
}

}  // namespace xmalloc

inline constexpr WorkloadInfo xmalloc_info{
    .id = "xmalloc",
    .shows = "every object is freed by another thread than the one that made it",
    .origin =
        "Chuck Lever and David Boreham: malloc() Performance in a Multithreaded Linux Environment, "
        "USENIX 2000",
    .parameters = xmalloc_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = xmalloc::peak_live_bytes,
    .shares = [](const WorkloadContext&) -> std::string_view { return "a stack of batches"; }};

template <Model M>
class Xmalloc {
  using Mutator = typename M::Mutator;
  using Item = xmalloc::Item<M>;
  using Items = typename M::template Array<Item>;
  using Batch = xmalloc::Batch<M>;
  using Stack = xmalloc::Stack<M>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  Xmalloc(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(context.threads),
        batch_(static_cast<std::size_t>(context.parameters.integer("batch"))),
        capacity_(context.parameters.integer("queue")),
        batches_(context.parameters.integer("batches")),
        stack_(m.heap()) {
    m.store(stack_, Local<Stack>{m, m.template make<Stack>()});
  }

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    Local<Stack> stack{m, m.load(stack_)};
    if (threads_ == 1) {
      while (produce(m, stack)) consume(m, outcome, stack);
    } else if (thread < threads_ / 2) {
      while (produce(m, stack)) {
      }
    } else {
      while (consume(m, outcome, stack)) {
      }
    }
    return outcome;
  }

  void finish(Mutator& m) {
    Local<Stack> stack{m, m.load(stack_)};
    m.store(stack_, nullptr);
    m.discard(stack);
  }

 private:
  /// Makes the next batch and puts it on the stack; false when there are none left to make.
  bool produce(Mutator& m, const Local<Stack>& stack) {
    const std::int64_t number = next_batch_.fetch_add(1, std::memory_order_relaxed);
    if (number >= batches_) return false;
    const std::uint64_t value = pattern(seed_, static_cast<std::uint64_t>(number));
    Local<Items> items{m, m.template make_array<Item>(batch_)};
    for (std::size_t i = 0; i < batch_; ++i) {
      Fresh<Item> item = m.template make<Item>();
      for (std::size_t w = 0; w < item->words.size(); ++w) item->words[w] = mix_in(value, i) + w;
      m.store(items, i, std::move(item));
      m.poll();
    }
    Local<Batch> batch{m, m.template make<Batch>()};
    m.store(batch, &Batch::items, m.escape(items));
    m.synchronized(stack, [&] {
      while (stack->height >= capacity_) m.wait(stack);
      m.store(batch, &Batch::next, m.load(stack, &Stack::top));
      m.store(stack, &Stack::top, m.escape(batch));   // the consumer's now, and nobody else's
      if (stack->height++ == 0) m.notify_all(stack);  // only then do consumers wait
    });
    return true;
  }

  /// Takes a batch, uses its objects for the last time; false when all batches have been taken.
  bool consume(Mutator& m, Outcome& outcome, const Local<Stack>& stack) {
    Local<Batch> batch{m};
    m.synchronized(stack, [&] {
      while (stack->height == 0 && stack->taken < batches_) m.wait(stack);
      if (stack->height == 0) return;
      batch = m.load(stack, &Stack::top);
      m.store(stack, &Stack::top, m.load(batch, &Batch::next));
      m.store(batch, &Batch::next, nullptr);  // now: the next one may be freed before this one
      ++stack->taken;
      // Producers wait only at a full stack, consumers for the end.
      if (stack->height-- == capacity_ || stack->taken == batches_) m.notify_all(stack);
    });
    if (!batch) return false;
    Local<Items> items{m, m.load(batch, &Batch::items)};
    for (std::size_t i = 0; i < batch_; ++i) {
      Fresh<Item> item = m.load(items, i);
      for (const std::uint64_t word : item->words) outcome.checksum += word;
      m.discard(std::move(item));
    }
    m.discard(items);
    m.discard(batch);
    outcome.operations += batch_;
    m.poll();
    return true;
  }

  static std::uint64_t mix_in(std::uint64_t value, std::size_t i) {
    return (value ^ i) * 0x9e3779b97f4a7c15u;
  }

  const std::uint64_t seed_;
  const int threads_;
  const std::size_t batch_;
  const std::int64_t capacity_, batches_;
  typename M::template Global<Stack> stack_;
  std::atomic<std::int64_t> next_batch_{0};
};

}  // namespace reclaim
