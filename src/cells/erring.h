// A program that makes mistakes: any model, with a mutator between it and the workload that leaves
// out a discard, does one twice, writes to what it has discarded, or enters without the lock. The
// workload is the same source as ever.
//
// Which discards are hit follows from the seed, the thread and how many discards came before. So
// that these are the same on each model, all are made to walk what they give up (wants_discard),
// as in checked builds.
//
// What is undefined behaviour here, is so because the program asks for it: a model that gives
// memory back at a discard is told to give it back, and then to use it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "boundary/heap_options.h"
#include "boundary/mistakes.h"
#include "boundary/model.h"
#include "boundary/traits.h"
#include "boundary/type_info.h"

namespace reclaim::cells {

namespace detail {

constexpr ModelTraits walking(ModelTraits traits) {
  traits.wants_discard = true;
  return traits;
}

/// Writes to the object's last word where that is the program's own data, as a stale pointer would;
/// where it has none, does nothing.
template <class T>
void scribble(T* object) {
  const TypeInfo& type = type_info<T>();
  std::byte* word = nullptr;
  if constexpr (T::shape == Shape::blob) {
    if (object->size() < sizeof(std::uint64_t)) return;
    word = object->data();
  } else if constexpr (T::shape == Shape::record) {
    constexpr std::size_t last = sizeof(T) - sizeof(std::uint64_t);
    if (type.asked_bytes < sizeof(std::uint64_t)) return;
    for (std::uint16_t i = 0; i < type.ref_count; ++i) {
      if (type.ref_offsets[i] + sizeof(void*) > last) return;
    }
    word = reinterpret_cast<std::byte*>(object) + last;
  } else {
    return;
  }
  *word ^= std::byte{1};
}

}  // namespace detail

/// M: a model that is not told of any of this.
template <class M>
struct Erring : M {
  static constexpr ModelTraits traits = detail::walking(M::traits);

  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;
  template <class T>
  using Global = typename M::template Global<T>;

  class Heap : public M::Heap {
   public:
    explicit Heap(const HeapOptions& options = {}) : M::Heap(options), rate(options.mistakes) {}

    std::vector<std::pair<std::string, double>> extra() const {
      std::vector<std::pair<std::string, double>> all;
      if constexpr (requires(const typename M::Heap& heap) { heap.extra(); }) {
        all = M::Heap::extra();
      }
      all.emplace_back("mistakes_made", static_cast<double>(made.load()));
      return all;
    }

    const MistakeRate rate;
    std::atomic<std::uint64_t> made{0};
  };

  class Mutator : public M::Mutator {
    using Right = typename M::Mutator;

   public:
    using Heap = Erring::Heap;

    explicit Mutator(Heap& heap) : Right(heap), heap_(heap) {}
    ~Mutator() {
      while (!stale_.empty()) use_oldest();
      heap_.made += made_;
    }
    Mutator(const Mutator&) = delete;
    Mutator& operator=(const Mutator&) = delete;

    /// Which of the workload's threads this is: the mistakes are its own. Before the first of them.
    void begin_share(int thread) {
      rng_ = Rng{heap_.rate.seed ^ (static_cast<std::uint64_t>(thread) + 1) * 0x9e3779b97f4a7c15};
    }

    template <class T>
    void discard(Local<T>& local, Site site = Site::here()) {
      if (!local) return;
      if (stale_.size() > delay) use_oldest();
      if (errs(Mistake::forget_free)) {
        local = nullptr;
      } else if (errs(Mistake::double_free)) {
        Local<T> again{*this, Right::copy(local, site)};
        Right::discard(local, site);
        Right::discard(again, site);
      } else if (errs(Mistake::use_after_free)) {
        remember(local);
        Right::discard(local, site);
      } else {
        Right::discard(local, site);
      }
    }
    template <class T>
    void discard(Fresh<T> fresh, Site site = Site::here()) {
      Local<T> local{*this, std::move(fresh)};
      discard(local, site);
    }

    template <class L, class F>
    decltype(auto) synchronized(const L& local, F&& f) {
      if (errs(Mistake::missing_lock)) return std::forward<F>(f)();
      return Right::synchronized(local, std::forward<F>(f));
    }

    Heap& heap() { return heap_; }

   private:
    /// Discards between that of an object and its use: by then its memory may be another's.
    static constexpr std::size_t delay = 16;

    bool errs(Mistake mistake) {
      if (heap_.rate.mistake != mistake || !(rng_.real() < heap_.rate.rate)) return false;
      ++made_;
      return true;
    }

    template <class T>
    void remember(const Local<T>& local) {
      auto stale = std::make_shared<Global<T>>(static_cast<typename M::Heap&>(heap_));
      this->store(*stale, local);
      stale_.push_back([stale](Right& m) {
        Local<T> object{m, m.load(*stale)};
        m.store(*stale, nullptr);
        if (object) detail::scribble(object.operator->());
      });
    }
    void use_oldest() {
      stale_.front()(*this);
      stale_.pop_front();
    }

    Heap& heap_;
    Rng rng_{0};
    std::uint64_t made_ = 0;
    std::deque<std::function<void(Right&)>> stale_;
  };
};

}  // namespace reclaim::cells
