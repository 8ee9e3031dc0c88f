#include <cstring>

#include "models/gen/evacuation.h"
#include "models/gen/policy.h"

namespace reclaim::gen {

namespace {

/// Copies the words after the header. Small objects are the rule: a loop of our own is shorter than
/// a call of memcpy. The asm keeps the compiler from seeing a memcpy in it.
[[gnu::always_inline]] inline void copy_words(std::byte* to, const std::byte* from,
                                              std::size_t bytes) {
  if (bytes > 256) [[unlikely]] {
    std::memcpy(to + word_bytes, from + word_bytes, bytes - word_bytes);
    return;
  }
  for (std::size_t i = word_bytes; i < bytes; i += word_bytes) {
    __builtin_memcpy(to + i, from + i, word_bytes);
    asm("" : "+r"(i));
  }
}

}  // namespace

Evacuation::Evacuation(Heap& heap, bool promote_all)
    : heap_(heap),
      kinds_(heap.kinds_),
      maybe_young_from_(address_of(heap.large_.base())),
      nursery_from_(address_of(heap.nursery_.base())),
      tenure_bits_(promote_all ? 0 : heap.tenure_age_ << header::age_shift),
      survivor_blocks_left_(policy::survivor_blocks_most(heap.eden_blocks_most_)),
      segments_(heap.segments_),
      large_(heap.mark_stack_) {
  BumpRange& rest = heap.promotion_;
  buffers_[1] = {rest.top, rest.top, rest.end};
}

void Evacuation::run() {
  heap_.nursery_.begin_evacuation();
  visit_roots();
  visit_remembered();
  drain();
  finish_buffers();
  sweep_large();
  heap_.nursery_.end_evacuation();
}

// --- one reference ---

/// Moves what the slot refers to out of the nursery. True: it is young still.
[[gnu::always_inline]] inline bool Evacuation::visit(Object** slot) {
  Object* object = *slot;
  if (address_of(object) < maybe_young_from_) return false;  // null, or old
  if (address_of(object) < nursery_from_) [[unlikely]]
    return reach_large(object);
  object = evacuate(object);
  *slot = object;
  return address_of(object) >= nursery_from_;
}

[[gnu::always_inline]] inline Object* Evacuation::evacuate(Object* from) {
  const HeaderWord word = from->word();
  if (is_forwarded(word)) return reinterpret_cast<Object*>(word);
  if ((word & header::pinned) != 0) [[unlikely]]
    return from;  // a blob: nothing to scan
  const Kind& kind = kinds_.of(word);
  const std::size_t bytes = bytes_of(kind, from);
  bool promote = (word & header::age_mask) >= tenure_bits_;
  Buffer& buffer = buffers_[promote];
  std::byte* to = buffer.top;
  if (static_cast<std::size_t>(buffer.end - to) < bytes) [[unlikely]] {
    to = allocate_slow(promote, bytes);
  } else {
    buffer.top = to + bytes;
  }
  auto* copy = reinterpret_cast<Object*>(to);
  const HeaderWord aged =
      promote ? (word & ~HeaderWord{header::age_mask}) | header::old | header::unlogged
              : word + header::age_one;
  if (kind.bytes == 0 && kind.shape == Shape::blob) [[unlikely]] {
    move_blob(static_cast<AnyBlob*>(from), to);
  } else {
    copy_words(to, reinterpret_cast<const std::byte*>(from), bytes);
  }
  copy->word() = aged;
  from->word() = address_of(copy);
  return copy;
}

std::byte* Evacuation::allocate_slow(bool& promote, std::size_t bytes) {
  if (!promote) {
    if (survivor_blocks_left_ == 0) {
      // Survivors fill their share: everything that is met from here on is promoted.
      tenure_bits_ = 0;
      promote = true;
      Buffer& promoted = buffers_[1];
      if (static_cast<std::size_t>(promoted.end - promoted.top) >= bytes) {
        std::byte* to = promoted.top;
        promoted.top += bytes;
        return to;
      }
    } else {
      --survivor_blocks_left_;
    }
  }
  Buffer& buffer = buffers_[promote];
  retire(buffer, promote);
  std::byte* begin;
  if (promote) {
    begin = heap_.old_.begin_of(heap_.claim_old());
  } else {
    begin = heap_.nursery_.begin_of(heap_.claim_nursery(Nursery::Use::survivor));
  }
  buffer = {begin, begin + bytes, begin + block_bytes};
  return begin;
}

void Evacuation::retire(Buffer& buffer, bool promoted) {
  if (buffer.end == nullptr) return;
  if (buffer.scan != buffer.top) segments_.push({buffer.scan, buffer.top, promoted});
  if (promoted) {
    heap_.old_.block_of(buffer.end - 1).top = buffer.top;
  } else {
    heap_.nursery_.block_of(buffer.end - 1).top = buffer.top;
  }
}

/// A reference into the large space. True: the object is young, and stays so.
bool Evacuation::reach_large(Object* object) {
  std::uint32_t flags = object->flags();
  if ((flags & header::old) != 0) return false;
  if ((flags & header::marked) == 0) {
    flags |= header::marked;
    const Kind& kind = kinds_.of(object->word());
    if ((flags & header::age_mask) >= tenure_bits_) {
      flags = (flags & ~header::age_mask) | header::old | header::unlogged;
      if (kind.shape == Shape::array) flags |= header::chunked;
    } else {
      flags += header::age_one;
    }
    object->bits.store(flags, std::memory_order_relaxed);
    if (has_slots(kind)) large_.push(object);
  }
  return (flags & header::old) == 0;
}

// --- where tracing begins ---

void Evacuation::visit_roots() {
  for (MutatorCore* m : heap_.safepoints_.mutators()) {
    for (void** slot = m->begin(); slot != m->end(); ++slot) {
      visit(reinterpret_cast<Object**>(slot));
    }
  }
  heap_.globals_.for_each([this](Object** slot) { visit(slot); });
  for (auto& [blob, pins] : heap_.pins_) visit(&blob);
}

void Evacuation::visit_remembered() {
  for (const Remembered& entry : heap_.remembered_.turn()) {
    bool young = false;
    if (entry.chunk != nullptr) {
      const SlotRange range = slots_of_chunk(static_cast<AnyArray*>(entry.object), entry.chunk);
      for (Object** slot = range.first; slot < range.last; ++slot) young |= visit(slot);
      if (!young) heap_.large_.chunk_mark(entry.chunk) = 0;
    } else {
      for_each_slot_of(kinds_.of(entry.object->word()), entry.object,
                       [&](Object** slot) { young |= visit(slot); });
      if (!young) entry.object->bits.fetch_or(header::unlogged, std::memory_order_relaxed);
    }
    if (young) heap_.remembered_.add(entry);
  }
}

// --- the grey objects ---

template <bool promoted>
[[gnu::always_inline]] inline void Evacuation::scan_object(Object* object, const Kind& kind) {
  bool young = false;
  for_each_slot_of(kind, object, [&](Object** slot) { young |= visit(slot); });
  if constexpr (promoted) {
    if (young) {
      object->bits.store(object->flags() & ~header::unlogged, std::memory_order_relaxed);
      heap_.remembered_.add({object, nullptr});
    }
  }
}

template <bool promoted>
bool Evacuation::scan_buffer() {
  Buffer& buffer = buffers_[promoted];
  if (buffer.scan == buffer.top) return false;
  do {
    auto* object = reinterpret_cast<Object*>(buffer.scan);
    const Kind& kind = kinds_.of(object->word());
    buffer.scan += bytes_of(kind, object);  // first: visiting may put the buffer aside
    scan_object<promoted>(object, kind);
  } while (buffer.scan != buffer.top);
  return true;
}

template <bool promoted>
void Evacuation::scan_segment(const GreySegment& segment) {
  for (std::byte* scan = segment.scan; scan != segment.top;) {
    auto* object = reinterpret_cast<Object*>(scan);
    const Kind& kind = kinds_.of(object->word());
    scan += bytes_of(kind, object);
    scan_object<promoted>(object, kind);
  }
}

void Evacuation::scan_large(Object* object) {
  const Kind& kind = kinds_.of(object->word());
  if ((object->flags() & header::chunked) == 0) {
    if ((object->flags() & header::old) != 0) {
      scan_object<true>(object, kind);
    } else {
      scan_object<false>(object, kind);
    }
    return;
  }
  auto* array = static_cast<AnyArray*>(object);
  Object** const end = slots_of(array) + array->length();
  for (Object** chunk = chunk_of(slots_of(array)); chunk < end; chunk += LargeSpace::chunk_slots) {
    const SlotRange range = slots_of_chunk(array, chunk);
    bool young = false;
    for (Object** slot = range.first; slot < range.last; ++slot) young |= visit(slot);
    if (!young) continue;
    heap_.large_.chunk_mark(chunk) = 1;
    heap_.remembered_.add({object, chunk});
  }
}

void Evacuation::drain() {
  for (;;) {
    if (scan_buffer<false>()) continue;
    if (scan_buffer<true>()) continue;
    if (!segments_.empty()) {
      const GreySegment segment = segments_.pop();
      if (segment.promoted) {
        scan_segment<true>(segment);
      } else {
        scan_segment<false>(segment);
      }
    } else if (!large_.empty()) {
      scan_large(large_.pop());
    } else {
      return;
    }
  }
}

// --- afterwards ---

void Evacuation::finish_buffers() {
  retire(buffers_[0], false);
  retire(buffers_[1], true);
  heap_.promotion_ = {buffers_[1].top, buffers_[1].end};
}

void Evacuation::sweep_large() {
  GrowingStack<Object*>& young = heap_.large_.young();
  std::size_t kept = 0;
  for (Object* object : young) {
    const std::uint32_t flags = object->flags();
    if ((flags & header::marked) == 0) {
      heap_.large_.free(object);
      continue;
    }
    object->bits.store(flags & ~header::marked, std::memory_order_relaxed);
    if ((flags & header::old) != 0) {
      heap_.large_.old().push(object);
    } else {
      young[kept++] = object;
    }
  }
  young.shrink_to(kept);
  heap_.young_large_bytes_ = 0;
}

}  // namespace reclaim::gen
