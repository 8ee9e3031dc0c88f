// What a mutator asks of the heap, out of line.
#include "models/gen/mutator.h"

#include <algorithm>

#include "models/gen/heap.h"

namespace reclaim::gen {

MutatorCore::MutatorCore(Heap& heap, std::size_t counted_types)
    : made_(counted_types),
      heap_(heap),
      maybe_young_from_(address_of(heap.large().base())),
      stops_(heap.events().ring()) {
  thread_ = heap.attach(*this);
  stops_.is_of(thread_);
}

std::byte* MutatorCore::allocate_slow(std::size_t bytes) noexcept {
  made_.end_run(top_);
  return heap_.allocate_slow(*this, bytes);
}

std::byte* MutatorCore::allocate_large(std::size_t bytes, bool& dirty) noexcept {
  return heap_.allocate_large(*this, bytes, dirty);
}

void MutatorCore::poll_slow() noexcept { heap_.poll_slow(*this); }

void MutatorCore::remember(Object* owner, void* slot) noexcept {
  Remembered entry;
  if (!record(heap_.large(), owner, slot, entry)) return;  // or another thread was first
  if (remembered_count_ == remembered_.size()) heap_.flush_remembered(*this);
  remembered_[remembered_count_++] = entry;
}

// --- attaching ---

std::uint32_t Heap::attach(MutatorCore& mutator) {
  const std::uint32_t thread = monitors_.attach_thread();
  safepoints_.attach(mutator);
  return thread;
}

void Heap::detach(MutatorCore& mutator) {
  mutator.stand_here();
  safepoints_.detach(mutator, [&] {
    const std::lock_guard lock(allocation_mutex_);
    mutator.flush_remembered(remembered_);
    stops_.add(mutator.stops());
    mutator.drop_buffer();
    mutator.made().add_to(made_);
  });
  monitors_.detach_thread(mutator.thread());
}

void Heap::flush_remembered(MutatorCore& mutator) {
  const std::lock_guard lock(allocation_mutex_);
  mutator.flush_remembered(remembered_);
}

// --- pins ---

void Heap::pin(Object* blob) {
  const std::lock_guard lock(allocation_mutex_);
  for (auto& [pinned, count] : pins_) {
    if (pinned != blob) continue;
    ++count;
    return;
  }
  pins_.emplace_back(blob, 1);
  blob->bits.fetch_or(header::pinned, std::memory_order_relaxed);
  if (nursery_.contains(blob)) ++nursery_.block_of(blob).pins;
  if (old_.contains(blob)) ++old_.block_of(blob).pins;
}

void Heap::unpin(Object* blob) {
  const std::lock_guard lock(allocation_mutex_);
  const auto found =
      std::find_if(pins_.begin(), pins_.end(), [&](auto& pin) { return pin.first == blob; });
  if (found == pins_.end()) violation("unpin undoes a pin", "the blob is not pinned");
  if (--found->second != 0) return;
  pins_.erase(found);
  blob->bits.fetch_and(~header::pinned, std::memory_order_relaxed);
  if (nursery_.contains(blob)) --nursery_.block_of(blob).pins;
  if (old_.contains(blob)) --old_.block_of(blob).pins;
}

}  // namespace reclaim::gen
