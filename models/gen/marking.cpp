#include "models/gen/marking.h"

#include <algorithm>
#include <utility>

#include "models/gen/policy.h"

namespace reclaim::gen {

void Marking::run() {
  Marker first{*this, 0};
  trace_strong(first);
  first.visit_weakly();
}

void Marking::trace_strong(Marker& first) {
  first.mark_roots();
  if (first.drain_alone(policy::objects_before_the_crew(heap_.options_.stress))) return;
  const unsigned workers = 1 + heap_.crew_.hire(heap_.crew_.size());
  if (workers == 1) {
    first.drain_alone(policy::everything);
    return;
  }
  heap_.account_.workers = std::max(heap_.account_.workers, workers);
  heap_.old_territory_.clear(heap_.old_.touched_blocks());
  first.settle();
  exchange_.open(workers);
  heap_.crew_.together(workers - 1, [&](unsigned worker) {
    if (worker == 0) {
      if (heap_.options_.stress.collect_together) exchange_.await_hunger();
      first.drain_together();
    } else {
      Marker{*this, worker}.drain_together();
    }
  });
}

Marker::Marker(Marking& marking, unsigned worker)
    : marking_(marking),
      heap_(marking.heap_),
      old_(heap_.old_),
      worker_(worker),
      kinds_(heap_.kinds_),
      grey_(heap_.grey_stack(worker)),
      dawdle_(heap_.options_.stress.delay_workers, worker) {}

void Marker::mark_roots() {
  for (MutatorCore* m : heap_.safepoints_.mutators()) {
    m->for_each_root([this](Object** root) { mark<false>(*root); });
  }
  heap_.globals_.for_each([this](Object** slot) { mark<false>(*slot); });
  for (const auto& [blob, pins] : heap_.pins_) mark<false>(blob);
}

template <bool together>
[[gnu::always_inline]] inline void Marker::mark(Object* object) {
  if (old_.contains(object)) {
    if constexpr (together) {
      const unsigned owner = heap_.old_territory_.owner(old_.index_of(object), worker_);
      if (owner != worker_) {
        send(owner, object);
        return;
      }
    }
    if (!old_.mark_start(object)) return;
    __builtin_prefetch(object);
    grey_.push(object);
  } else if (object != nullptr) {  // large, or a pinned blob in the nursery
    if ((object->flags() & header::marked) != 0) return;
    if ((object->bits.fetch_or(header::marked, std::memory_order_relaxed) & header::marked) != 0) {
      return;
    }
    grey_.push(object);
  }
}

template <bool together>
[[gnu::always_inline]] inline void Marker::trace(Object* object) {
  const Kind& kind = kinds_.of(object->word());
  if constexpr (checked) {
    static_cast<const ObjectLayout::Head*>(object)->verify_alive();  // it is reachable after all
  }
  if (old_.contains(object)) old_.mark_words(object, bytes_of(kind, object));
  for_each_slot_of(kind, object, [this](Object** slot) { mark<together>(*slot); });
}

/// Objects pass through a short queue between the grey stack and their tracing, so that their
/// headers have arrived in the cache by then (Cher, Hosking, Vijaykumar 2004).
template <bool together>
bool Marker::drain(std::size_t most) {
  constexpr std::size_t queue_length = 8;
  std::array<Object*, queue_length> queue{};
  const auto empty_queue = [&] {
    bool left = false;
    for (Object*& queued : queue) {
      if (queued == nullptr) continue;
      left = true;
      trace<together>(std::exchange(queued, nullptr));
    }
    return left;
  };
  for (std::size_t n = 0;; ++n) {
    if (n >= most) {
      empty_queue();
      if (!grey_.empty()) return false;
    }
    Object* next = nullptr;
    if (!grey_.empty()) {
      next = grey_.pop();
      __builtin_prefetch(next);
    }
    std::swap(next, queue[n % queue_length]);
    if (next != nullptr) {
      trace<together>(next);
    } else if (grey_.empty() && !empty_queue() && grey_.empty()) {
      return true;
    }
  }
}

bool Marker::drain_alone(std::size_t most) { return drain<false>(most); }

void Marker::settle() {
  for (const Object* object : grey_) {
    if (old_.contains(object)) heap_.old_territory_.owner(old_.index_of(object), worker_);
  }
}

void Marker::visit_weakly() {
  class Tracing final : public WeakTracing {
   public:
    explicit Tracing(Marker& marker) : marker_(marker) {}
    Object* survivor(Object* object) override {
      const bool lives = marker_.old_.contains(object) ? marker_.old_.is_marked(object)
                                                       : (object->flags() & header::marked) != 0;
      return lives ? object : nullptr;
    }
    void keep(Object** slot) override { marker_.mark<false>(*slot); }
    void drain() override { marker_.drain_alone(policy::everything); }
    bool is_young(const Object* object) const override { return marker_.heap_.is_young(object); }

   private:
    Marker& marker_;
  };
  Tracing tracing{*this};
  heap_.weak_.after_tracing(tracing, true);
}

// --- together ---

void Marker::drain_together() {
  Exchange<Object*>& exchange = marking_.exchange_;
  std::vector<Object*> letters, given;
  do {
    for (Object* object : letters) mark<true>(object);
    // The words of what was given are marked; what it refers to is not.
    for (Object* object : given) {
      for_each_slot_of(kinds_.of(object->word()), object,
                       [this](Object** slot) { mark<true>(*slot); });
    }
    while (!drain<true>(policy::objects_between_looks(heap_.options_.stress))) {
      dawdle_();
      if (exchange.is_anyone_hungry()) share();
    }
    dawdle_();
    flush_letters();
  } while (exchange.receive(worker_, letters, given));
}

void Marker::share() {
  flush_letters();
  const std::vector<Object*> half = half_of(grey_);
  for (const Object* object : half) {
    if (old_.contains(object)) {
      old_.mark_words(object, bytes_of(kinds_.of(object->word()), object));
    }
  }
  if (!half.empty()) marking_.exchange_.give(half);
}

[[gnu::noinline]] void Marker::send(unsigned owner, Object* object) {
  Outbox& box = outboxes_[owner];
  box.letters[box.count++] = object;
  if (box.count != batch) return;
  marking_.exchange_.send(owner, box.letters);
  box.count = 0;
}

void Marker::flush_letters() {
  for (unsigned owner = 0; owner < workers_most; ++owner) {
    Outbox& box = outboxes_[owner];
    if (box.count == 0) continue;
    marking_.exchange_.send(owner, {box.letters.data(), box.count});
    box.count = 0;
  }
}

}  // namespace reclaim::gen
