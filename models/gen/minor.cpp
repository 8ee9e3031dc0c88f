#include <cstring>

#include "models/gen/evacuation.h"
#include "models/gen/policy.h"

namespace reclaim::gen {

namespace {

/// Copies an object two words at a time; the last two may overlap those before. Small objects are
/// the rule, and for them this is shorter than a call. The asm hides the memcpy in it.
[[gnu::always_inline]] inline void copy_object(std::byte* to, const std::byte* from,
                                               std::size_t bytes) {
  constexpr std::size_t step = 2 * word_bytes;
  const std::size_t last = bytes - step;
  for (std::size_t i = 0; i < last; i += step) {
    __builtin_memcpy(to + i, from + i, step);
    asm("" : "+r"(i));
  }
  __builtin_memcpy(to + last, from + last, step);
}

/// Room for an object in a buffer, or null.
[[gnu::always_inline]] inline std::byte* take(BumpRange& buffer, std::size_t bytes) {
  std::byte* const to = buffer.top;
  if (buffer.room() < bytes) [[unlikely]]
    return nullptr;
  buffer.top = to + bytes;
  return to;
}

constexpr HeaderWord grown_older(HeaderWord word) { return word + header::age_one; }
constexpr HeaderWord grown_old(HeaderWord word) {
  return (word & ~HeaderWord{header::age_mask}) | header::old | header::unlogged;
}

}  // namespace

Evacuation::Evacuation(Heap& heap, bool promote_all)
    : heap_(heap),
      kinds_(heap.kinds_.begin()),
      maybe_young_from_(address_of(heap.large_.base())),
      nursery_from_(address_of(heap.nursery_.base())),
      hot_{},
      survivor_blocks_left_(policy::survivor_blocks_most(heap.eden_blocks_most_)),
      grey_(heap.mark_stack_) {
  hot_.promoted = heap.promotion_;
  hot_.tenure_bits = promote_all ? 0 : std::uint64_t{heap.tenure_age_} << header::age_shift;
}

void Evacuation::run() {
  heap_.nursery_.begin_evacuation();
  visit_roots();
  visit_remembered();
  drain();
  visit_weakly();
  retire_survivors();
  retire_promoted();
  heap_.promotion_ = hot_.promoted;
  sweep_large();
  heap_.nursery_.end_evacuation();
}

Evacuation::Hot Evacuation::load() const {
  Hot hot = hot_;
  hot.grey = grey_.end();
  hot.grey_limit = grey_.limit();
  return hot;
}

void Evacuation::save(const Hot& hot) {
  hot_ = hot;
  grey_.set_end(hot.grey);
}

// --- one reference ---

/// Moves what the slot refers to out of the nursery, if that takes no more than a copy of a record
/// into a buffer with room. True: it is young still. `done` is false when it takes more.
[[gnu::always_inline]] inline bool Evacuation::visit(Hot& hot, Object** slot) {
  Object* const from = *slot;
  if (address_of(from) < maybe_young_from_) return false;  // null, or old
  if (address_of(from) >= nursery_from_) [[likely]] {
    const HeaderWord word = from->word();
    if (is_forwarded(word)) {
      *slot = reinterpret_cast<Object*>(word);
      return word >= nursery_from_;
    }
    const Kind& kind = KindTable::of(kinds_, word);
    if (kind.bytes != 0 && hot.grey != hot.grey_limit) [[likely]] {
      std::byte* to;
      HeaderWord aged;
      if ((word & header::age_mask) < hot.tenure_bits) {
        to = take(hot.survivors, kind.bytes);
        aged = grown_older(word);
      } else {
        to = take(hot.promoted, kind.bytes);
        aged = grown_old(word);
      }
      if (to != nullptr) [[likely]] {
        auto* copy = reinterpret_cast<Object*>(to);
        copy_object(to, reinterpret_cast<const std::byte*>(from), kind.bytes);
        copy->word() = aged;
        from->word() = address_of(copy);
        *slot = copy;
        if (kind.has_slots) *hot.grey++ = copy;
        return address_of(copy) >= nursery_from_;
      }
    }
  }
  save(hot);
  const bool young = visit_slow(slot);
  hot = load();
  return young;
}

/// Any reference that may be young: to a large object, to one whose size is not its type's, to one
/// that needs a new block.
[[gnu::noinline]] bool Evacuation::visit_slow(Object** slot) {
  if (address_of(*slot) < nursery_from_) return reach_large(*slot);
  *slot = evacuate(*slot);
  return address_of(*slot) >= nursery_from_;
}

Object* Evacuation::evacuate(Object* from) {
  const HeaderWord word = from->word();
  if ((word & header::pinned) != 0) return from;  // a blob: nothing to scan
  const Kind& kind = KindTable::of(kinds_, word);
  const std::size_t bytes = bytes_of(kind, from);
  bool promote = is_tenured(word);
  std::byte* to = allocate(promote, bytes);
  auto* copy = reinterpret_cast<Object*>(to);
  if (kind.shape == Shape::blob) {
    move_blob(static_cast<AnyBlob*>(from), to);
  } else {
    std::memcpy(to, static_cast<void*>(from), bytes);
  }
  copy->word() = promote ? grown_old(word) : grown_older(word);
  from->word() = address_of(copy);
  if (kind.has_slots) grey_.push(copy);
  return copy;
}

/// Room in the buffer for survivors, or, with `promote` or when survivors have filled their share,
/// in that for promoted objects.
std::byte* Evacuation::allocate(bool& promote, std::size_t bytes) {
  if (!promote && hot_.survivors.room() < bytes) {
    if (survivor_blocks_left_ != 0) {
      --survivor_blocks_left_;
      retire_survivors();
      std::byte* begin = heap_.nursery_.begin_of(heap_.claim_nursery(Nursery::Use::survivor));
      hot_.survivors = {begin, begin + block_bytes};
    } else {
      hot_.tenure_bits = 0;  // everything that is met from here on is promoted
      promote = true;
    }
  }
  if (promote && hot_.promoted.room() < bytes) {
    retire_promoted();
    std::byte* begin = heap_.old_.begin_of(heap_.claim_old());
    hot_.promoted = {begin, begin + block_bytes};
  }
  BumpRange& buffer = promote ? hot_.promoted : hot_.survivors;
  return std::exchange(buffer.top, buffer.top + bytes);
}

void Evacuation::retire_survivors() {
  const BumpRange& buffer = hot_.survivors;
  if (buffer.end != nullptr) heap_.nursery_.block_of(buffer.end - 1).top = buffer.top;
}

void Evacuation::retire_promoted() {
  const BumpRange& buffer = hot_.promoted;
  if (buffer.end != nullptr) heap_.old_.block_of(buffer.end - 1).top = buffer.top;
}

/// A reference into the large space. True: the object is young, and stays so.
bool Evacuation::reach_large(Object* object) {
  const HeaderWord word = object->word();
  if ((word & header::old) != 0) return false;
  if ((word & header::marked) == 0) {
    const Kind& kind = KindTable::of(kinds_, word);
    HeaderWord aged = (is_tenured(word) ? grown_old(word) : grown_older(word)) | header::marked;
    if (is_tenured(word) && kind.shape == Shape::array) aged |= header::chunked;
    object->word() = aged;
    if (kind.has_slots) grey_.push(object);
  }
  return (object->flags() & header::old) == 0;
}

// --- where tracing begins ---

void Evacuation::visit_roots() {
  Hot hot = load();
  for (MutatorCore* m : heap_.safepoints_.mutators()) {
    m->for_each_root([&](Object** root) { visit(hot, root); });
  }
  save(hot);
  const auto visit_rare = [this](Object** slot) {
    Hot rare = load();
    visit(rare, slot);
    save(rare);
  };
  heap_.globals_.for_each(visit_rare);
  for (auto& [blob, pins] : heap_.pins_) visit_rare(&blob);
}

void Evacuation::visit_remembered() {
  Hot hot = load();
  for (const Remembered& entry : heap_.remembered_.turn()) {
    bool young = false;
    if (entry.chunk != nullptr) {
      const SlotRange range = slots_of_chunk(static_cast<AnyArray*>(entry.object), entry.chunk);
      for (Object** slot = range.first; slot < range.last; ++slot) young |= visit(hot, slot);
      if (!young) heap_.large_.chunk_mark(entry.chunk) = 0;
    } else {
      save(hot);
      young = scan_any(entry.object);
      hot = load();
      if (!young) entry.object->word() |= header::unlogged;
    }
    if (young) heap_.remembered_.add(entry);
  }
  save(hot);
}

// --- the grey objects ---

void Evacuation::drain() {
  Hot hot = load();
  while (hot.grey != grey_.begin()) {
    Object* const object = *--hot.grey;
    const HeaderWord word = object->word();
    const Kind& kind = KindTable::of(kinds_, word);
    bool young = false;
    if (kind.bytes != 0) [[likely]] {
      auto** words = reinterpret_cast<Object**>(object);
      for (std::uint64_t bits = kind.ref_bits; bits != 0; bits &= bits - 1) {
        young |= visit(hot, words + std::countr_zero(bits));
      }
    } else {
      save(hot);
      young = (word & header::chunked) != 0 ? scan_chunks(static_cast<AnyArray*>(object))
                                            : scan_any(object);
      hot = load();
    }
    if (young && (word & header::old) != 0) {
      object->word() = word & ~HeaderWord{header::unlogged};
      heap_.remembered_.add({object, nullptr});
    }
  }
  save(hot);
}

/// Visits all slots of an object. True: it refers to a young one.
bool Evacuation::scan_any(Object* object) {
  Hot hot = load();
  bool young = false;
  for_each_slot_of(KindTable::of(kinds_, object->word()), object,
                   [&](Object** slot) { young |= visit(hot, slot); });
  save(hot);
  return young;
}

/// A large array that has just been promoted: remembers the chunks that refer to young objects, and
/// never the whole.
bool Evacuation::scan_chunks(AnyArray* array) {
  Hot hot = load();
  Object** const end = slots_of(array) + array->length();
  for (Object** chunk = chunk_of(slots_of(array)); chunk < end; chunk += LargeSpace::chunk_slots) {
    const SlotRange range = slots_of_chunk(array, chunk);
    bool young = false;
    for (Object** slot = range.first; slot < range.last; ++slot) young |= visit(hot, slot);
    if (!young) continue;
    heap_.large_.chunk_mark(chunk) = 1;
    heap_.remembered_.add({array, chunk});
  }
  save(hot);
  return false;
}

// --- what does not keep alive ---

void Evacuation::visit_weakly() {
  class Tracing final : public WeakTracing {
   public:
    explicit Tracing(Evacuation& evacuation) : evacuation_(evacuation) {}
    Object* survivor(Object* object) override {
      if (address_of(object) < evacuation_.maybe_young_from_) return object;
      const HeaderWord word = object->word();
      if (address_of(object) < evacuation_.nursery_from_) {
        return (word & (header::old | header::marked)) != 0 ? object : nullptr;
      }
      return is_forwarded(word) ? reinterpret_cast<Object*>(word) : nullptr;
    }
    void keep(Object** slot) override {
      Hot hot = evacuation_.load();
      evacuation_.visit(hot, slot);
      evacuation_.save(hot);
    }
    void drain() override { evacuation_.drain(); }
    bool is_young(const Object* object) const override {
      return evacuation_.heap_.is_young(object);
    }

   private:
    Evacuation& evacuation_;
  };
  Tracing tracing{*this};
  heap_.weak_.after_tracing(tracing, false);
}

// --- afterwards ---

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
