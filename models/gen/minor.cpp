#include <algorithm>
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

/// The size of an object of a size of its own, if copying its words is all that moving it takes and
/// it is not long; else 0.
inline std::size_t bytes_if_plain(const Kind& kind, const Object* object) {
  constexpr std::size_t long_bytes = 256;
  if ((object->word() & header::pinned) != 0) return 0;
  if (kind.shape == Shape::blob && static_cast<const AnyBlob*>(object)->alignment() > word_bytes) {
    return 0;
  }
  const std::size_t bytes = bytes_of(kind, object);
  return bytes < long_bytes ? bytes : 0;
}

/// Whether there is anything to scan in an object that is not large. Half of a binary tree are
/// leaves, and a look at their references costs less than to push, pop and scan them.
[[gnu::always_inline]] inline bool refers(const Kind& kind, const Object* object) {
  if (kind.bytes == 0) return kind.has_slots;
  const auto* words = reinterpret_cast<const std::uintptr_t*>(object);
  for (std::uint64_t bits = kind.ref_bits; bits != 0; bits &= bits - 1) {
    if (words[std::countr_zero(bits)] != 0) return true;
  }
  return false;
}

/// Programs make what belongs together one after the other, so copying goes through memory mostly
/// upwards, if by leaps: what lies this far behind an object that is copied is asked for.
constexpr std::size_t prefetch_ahead_bytes = 512;

constexpr HeaderWord grown_older(HeaderWord word) { return word + header::age_one; }
constexpr HeaderWord grown_old(HeaderWord word) {
  return (word & ~HeaderWord{header::age_mask}) | header::old | header::unlogged;
}

}  // namespace

// --- the collection ---

Evacuation::Evacuation(Heap& heap, bool promote_all)
    : heap_(heap),
      tenure_bits_(promote_all ? 0 : std::uint64_t{heap.tenure_age_} << header::age_shift),
      workers_most_(workers_that_fit()),
      survivor_blocks_left_(policy::survivor_blocks_most(heap.eden_blocks_most_)) {}

/// Each worker leaves two blocks half used: as many as the limit has room for beside the reserve.
unsigned Evacuation::workers_that_fit() const {
  const std::size_t n = heap_.nursery_.used_blocks();
  const std::size_t taken =
      ((heap_.old_.used_blocks() + n + copy_reserve_blocks(n)) << block_shift) +
      heap_.large_.used_bytes();
  const std::size_t spare =
      heap_.limit_bytes_ > taken ? (heap_.limit_bytes_ - taken) >> block_shift : 0;
  return 1 + static_cast<unsigned>(std::min<std::size_t>(heap_.crew_.size(), spare / 2));
}

/// One mutator's is visited alone: with others at it most references would be letters.
bool Evacuation::is_large_from_the_start() const {
  return workers_most_ > 1 && heap_.safepoints_.mutators().size() > 1 &&
         heap_.remembered_.turned_size() >=
             policy::remembered_before_the_crew(heap_.options_.stress);
}

void Evacuation::run() {
  heap_.nursery_.begin_evacuation();
  heap_.remembered_.turn();
  Evacuator first{*this, 0};
  first.visit_shared_roots();
  bool done = !is_large_from_the_start();
  while (done && first.visit_next_share<false>()) done = first.drain_alone();
  if (!done) {
    const unsigned workers = 1 + heap_.crew_.hire(workers_most_ - 1);
    if (workers != 1) {
      heap_.account_.workers = workers;
      work_together(first, workers);
    } else {
      do {
        first.drain_all();
      } while (first.visit_next_share<false>());
    }
  }
  first.visit_weakly();
  first.finish();
  sweep_large();
  heap_.nursery_.end_evacuation();
}

void Evacuation::work_together(Evacuator& first, unsigned workers) {
  heap_.nursery_territory_.clear(heap_.nursery_.touched_blocks());
  exchange_.open(workers);
  heap_.crew_.together(workers - 1, [&](unsigned worker) {
    if (worker == 0) {
      if (heap_.options_.stress.collect_together && !is_large_from_the_start()) {
        exchange_.await_hunger();
      }
      first.drain_together();
    } else {
      Evacuator helper{*this, worker};
      helper.drain_together();
      helper.finish();
    }
  });
}

unsigned Evacuation::next_share() {
  const unsigned taken = shares_taken_.fetch_add(1, std::memory_order_relaxed);
  if (taken >= RememberedSet::shares) return RememberedSet::shares;
  const MutatorCore* const self = heap_.collector_;
  return ((self != nullptr ? self->share() : 0) + taken) % RememberedSet::shares;
}

BumpRange Evacuation::survivor_block() {
  const std::lock_guard lock(mutex_);
  if (survivor_blocks_left_ == 0) return {};
  --survivor_blocks_left_;
  std::byte* begin = heap_.nursery_.begin_of(heap_.claim_nursery(Nursery::Use::survivor));
  return {begin, begin + block_bytes};
}

BumpRange Evacuation::promotion_block() {
  const std::lock_guard lock(mutex_);
  std::byte* begin = heap_.old_.begin_of(heap_.claim_old());
  return {begin, begin + block_bytes};
}

void Evacuation::remember(unsigned share, std::span<const Remembered> entries) {
  const std::lock_guard lock(mutex_);
  for (const Remembered& entry : entries) heap_.remembered_.add(share, entry);
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

// --- a worker ---

Evacuator::Evacuator(Evacuation& evacuation, unsigned worker)
    : evacuation_(evacuation),
      heap_(evacuation.heap_),
      worker_(worker),
      kinds_(heap_.kinds_.begin()),
      maybe_young_from_(address_of(heap_.large_.base())),
      nursery_from_(address_of(heap_.nursery_.base())),
      hot_{},
      grey_(heap_.grey_stack(worker)),
      alone_left_(policy::objects_before_the_crew(heap_.options_.stress)),
      dawdle_(heap_.options_.stress.delay_workers, worker) {
  hot_.promoted = heap_.promotions_[worker];
  hot_.tenure_bits = evacuation.tenure_bits_;
}

void Evacuator::finish() {
  flush_remembered();
  retire_survivors();
  retire_promoted();
  heap_.promotions_[worker_] = hot_.promoted;
}

Evacuator::Hot Evacuator::load() const {
  Hot hot = hot_;
  hot.grey = grey_.end();
  hot.grey_limit = grey_.limit();
  return hot;
}

void Evacuator::save(const Hot& hot) {
  hot_ = hot;
  grey_.set_end(hot.grey);
}

// --- one reference ---

/// Moves what the slot refers to out of the nursery, if that takes no more than a copy of a record
/// into a buffer with room. True: it is young still. What lies in another's block, when workers are
/// together, is left to its owner, who will remember `old_holder` (null: the slot is in no old
/// object) where that is called for.
template <bool together>
[[gnu::always_inline]] inline bool Evacuator::visit(Hot& hot, Object** slot, Object* old_holder) {
  Object* const from = *slot;
  if (address_of(from) < maybe_young_from_) return false;  // null, or old
  if (address_of(from) >= nursery_from_) [[likely]] {
    if constexpr (together) {
      const BlockIndex block = heap_.nursery_.index_of(from);
      const unsigned owner = heap_.nursery_territory_.owner(block, worker_);
      if (owner != worker_) {
        send(owner, {slot, old_holder});
        return false;
      }
    }
    const HeaderWord word = from->word();
    if (is_forwarded(word)) {
      *slot = reinterpret_cast<Object*>(word);
      return word >= nursery_from_;
    }
    const Kind& kind = KindTable::of(kinds_, word);
    const std::size_t bytes = kind.bytes != 0 ? kind.bytes : bytes_if_plain(kind, from);
    if (bytes != 0 && hot.grey != hot.grey_limit) [[likely]] {
      std::byte* to;
      HeaderWord aged;
      if ((word & header::age_mask) < hot.tenure_bits) {
        to = take(hot.survivors, bytes);
        aged = grown_older(word);
      } else {
        to = take(hot.promoted, bytes);
        aged = grown_old(word);
      }
      if (to != nullptr) [[likely]] {
        auto* copy = reinterpret_cast<Object*>(to);
        copy_object(to, reinterpret_cast<const std::byte*>(from), bytes);
        copy->word() = aged;
        from->word() = address_of(copy);
        *slot = copy;
        __builtin_prefetch(reinterpret_cast<const std::byte*>(from) + prefetch_ahead_bytes);
        if (refers(kind, copy)) *hot.grey++ = copy;
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
[[gnu::noinline]] bool Evacuator::visit_slow(Object** slot) {
  if (address_of(*slot) < nursery_from_) return reach_large(*slot);
  *slot = evacuate(*slot);
  return address_of(*slot) >= nursery_from_;
}

Object* Evacuator::evacuate(Object* from) {
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
std::byte* Evacuator::allocate(bool& promote, std::size_t bytes) {
  if (!promote && hot_.survivors.room() < bytes) {
    retire_survivors();
    hot_.survivors = evacuation_.survivor_block();
    if (hot_.survivors.end == nullptr) {
      hot_.tenure_bits = 0;  // everything that is met from here on is promoted
      promote = true;
    }
  }
  if (promote && hot_.promoted.room() < bytes) {
    retire_promoted();
    hot_.promoted = evacuation_.promotion_block();
  }
  BumpRange& buffer = promote ? hot_.promoted : hot_.survivors;
  return std::exchange(buffer.top, buffer.top + bytes);
}

void Evacuator::retire_survivors() {
  const BumpRange& buffer = hot_.survivors;
  if (buffer.end != nullptr) heap_.nursery_.block_of(buffer.end - 1).top = buffer.top;
}

void Evacuator::retire_promoted() {
  const BumpRange& buffer = hot_.promoted;
  if (buffer.end != nullptr) heap_.old_.block_of(buffer.end - 1).top = buffer.top;
}

/// A reference into the large space, which is nobody's territory. True: the object is young, and
/// stays so.
bool Evacuator::reach_large(Object* object) {
  std::uint32_t flags = object->flags();
  while ((flags & (header::old | header::marked)) == 0) {
    const Kind& kind = KindTable::of(kinds_, flags);
    HeaderWord aged = (is_tenured(flags) ? grown_old(flags) : grown_older(flags)) | header::marked;
    if (is_tenured(flags) && kind.shape == Shape::array) aged |= header::chunked;
    if (!object->bits.compare_exchange_weak(flags, static_cast<std::uint32_t>(aged))) continue;
    if (kind.has_slots) grey_.push(object);
    return (aged & header::old) == 0;
  }
  return (flags & header::old) == 0;
}

// --- one object ---

/// Visits all slots of an object with this header. True: it refers to a young one.
template <bool together>
[[gnu::always_inline]] inline bool Evacuator::scan(Hot& hot, Object* object, HeaderWord word) {
  const Kind& kind = KindTable::of(kinds_, word);
  if (kind.bytes == 0) [[unlikely]] {
    save(hot);
    const bool young = scan_any<together>(object);
    hot = load();
    return young;
  }
  Object* const old_holder = (word & header::old) != 0 ? object : nullptr;
  auto** words = reinterpret_cast<Object**>(object);
  bool young = false;
  Object** const first_pushed = hot.grey;
  for (std::uint64_t bits = kind.ref_bits; bits != 0; bits &= bits - 1) {
    young |= visit<together>(hot, words + std::countr_zero(bits), old_holder);
  }
  // Copied in the order of the references, and scanned in that order: the first is to be on top, so
  // that its own children come to lie right behind it. That is the order in which programs walk.
  std::reverse(first_pushed, hot.grey);
  return young;
}

template <bool together>
bool Evacuator::scan_any(Object* object) {
  Hot hot = load();
  Object* const old_holder = (object->flags() & header::old) != 0 ? object : nullptr;
  bool young = false;
  for_each_slot_of(KindTable::of(kinds_, object->word()), object,
                   [&](Object** slot) { young |= visit<together>(hot, slot, old_holder); });
  save(hot);
  return young;
}

// --- where tracing begins ---

void Evacuator::visit_shared_roots() {
  const auto visit_rare = [this](Object** slot) {
    Hot rare = load();
    visit<false>(rare, slot, nullptr);
    save(rare);
  };
  heap_.globals_.for_each(visit_rare);
  for (auto& [blob, pins] : heap_.pins_) visit_rare(&blob);
}

template <bool together>
bool Evacuator::visit_next_share() {
  const unsigned share = evacuation_.next_share();
  if (share == RememberedSet::shares) return false;
  if (share != share_) flush_remembered();
  share_ = share;
  Hot hot = load();
  for (const MutatorCore* m : heap_.safepoints_.mutators()) {
    if (m->share() != share) continue;
    m->for_each_root([&](Object** root) { visit<together>(hot, root, nullptr); });
  }
  save(hot);
  visit_remembered<together>();
  return true;
}

/// Asks for the young objects that an object refers to.
[[gnu::always_inline]] inline void Evacuator::prefetch_referents(const Object* object) const {
  const auto* words = reinterpret_cast<Object* const*>(object);
  for (std::uint64_t bits = KindTable::of(kinds_, object->word()).ref_bits; bits != 0;
       bits &= bits - 1) {
    const Object* const referent = words[std::countr_zero(bits)];
    if (address_of(referent) >= nursery_from_) __builtin_prefetch(referent);
  }
}

/// What is remembered lies anywhere: a holder is asked for some entries before it is visited, what
/// it refers to when it has arrived.
[[gnu::always_inline]] inline void Evacuator::prefetch_behind(const Remembered* entry,
                                                              const Remembered* end) const {
  constexpr std::ptrdiff_t holder_ahead = 16, referents_ahead = 8;
  if (end - entry <= holder_ahead) return;
  const Remembered& far = entry[holder_ahead];
  __builtin_prefetch(far.chunk != nullptr ? static_cast<const void*>(far.chunk) : far.object);
  const Remembered& near = entry[referents_ahead];
  if (near.chunk == nullptr) prefetch_referents(near.object);
}

/// What hangs on an entry is copied along with it, to lie beside it, as long as this worker may
/// scan alone; after that it is left to the crew. Together, each does it with its own share.
template <bool together>
void Evacuator::visit_remembered() {
  Hot hot = load();
  heap_.remembered_.for_each_turned(share_, [&](const Remembered* entry, const Remembered* end) {
    for (; entry != end; ++entry) {
      prefetch_behind(entry, end);
      visit_entry<together>(hot, *entry);
      if (hot.grey == grey_.begin() || (!together && alone_left_ == 0)) continue;
      save(hot);
      if constexpr (together) {
        drain_and_share();
      } else {
        drain_alone();
      }
      hot = load();
    }
  });
  save(hot);
}

/// What refers to no young object any more leaves the set. Together it leaves before anybody knows:
/// whoever comes to know of a young one, this worker or the owner of a block, remembers it again.
template <bool together>
[[gnu::always_inline]] inline void Evacuator::visit_entry(Hot& hot, const Remembered& entry) {
  if (entry.chunk != nullptr) {
    auto* const array = static_cast<AnyArray*>(entry.object);
    std::atomic_ref<std::uint8_t>{heap_.large_.chunk_mark(entry.chunk)}.store(
        0, std::memory_order_relaxed);
    if (visit_chunk<together>(hot, array, entry.chunk)) remember(array, entry.chunk);
  } else if constexpr (together) {
    entry.object->bits.fetch_or(header::unlogged, std::memory_order_relaxed);
    if (scan<true>(hot, entry.object, entry.object->word())) remember(entry.object, nullptr);
  } else if (scan<false>(hot, entry.object, entry.object->word())) {
    heap_.remembered_.add(share_, entry);
  } else {
    entry.object->word() |= header::unlogged;
  }
}

/// Visits the slots of a large array that lie in a chunk. True: one refers to a young object.
template <bool together>
[[gnu::always_inline]] inline bool Evacuator::visit_chunk(Hot& hot, AnyArray* array,
                                                          Object** chunk) {
  bool young = false;
  const SlotRange range = slots_of_chunk(array, chunk);
  for (Object** slot = range.first; slot < range.last; ++slot) {
    young |= visit<together>(hot, slot, array);
  }
  return young;
}

// --- the grey objects ---

/// Scans grey objects until there are none or `most` have been scanned; how many that were.
template <bool together>
std::size_t Evacuator::drain(std::size_t most) {
  Hot hot = load();
  std::size_t n = 0;
  for (; hot.grey != grey_.begin() && n != most; ++n) {
    Object* const object = *--hot.grey;
    if (hot.grey != grey_.begin()) prefetch_referents(hot.grey[-1]);  // its turn comes, mostly soon
    const HeaderWord word = object->word();
    if ((word & header::chunked) != 0) [[unlikely]] {
      save(hot);
      scan_chunks<together>(static_cast<AnyArray*>(object));
      hot = load();
      continue;
    }
    const bool young = scan<together>(hot, object, word);
    if (young && (word & header::old) != 0) remember(object, nullptr);
  }
  save(hot);
  return n;
}

bool Evacuator::drain_alone() {
  alone_left_ -= drain<false>(alone_left_);
  return grey_.empty();
}

void Evacuator::drain_all() { drain<false>(policy::everything); }

/// A large array that has just been promoted: remembers the chunks that refer to young objects, and
/// never the whole.
template <bool together>
void Evacuator::scan_chunks(AnyArray* array) {
  Hot hot = load();
  Object** const end = slots_of(array) + array->length();
  for (Object** chunk = chunk_of(slots_of(array)); chunk < end; chunk += LargeSpace::chunk_slots) {
    if (visit_chunk<together>(hot, array, chunk)) remember(array, chunk);
  }
  save(hot);
}

/// An old object refers to a young one, in the slot if it is a large array.
void Evacuator::remember(Object* holder, Object** slot) {
  Remembered entry;
  if (!record(heap_.large_, holder, slot, entry)) return;
  if (remembered_count_ == remembered_.size()) flush_remembered();
  remembered_[remembered_count_++] = entry;
}

void Evacuator::flush_remembered() {
  evacuation_.remember(share_, {remembered_.data(), remembered_count_});
  remembered_count_ = 0;
}

// --- what does not keep alive ---

void Evacuator::visit_weakly() {
  class Tracing final : public WeakTracing {
   public:
    explicit Tracing(Evacuator& evacuator) : evacuator_(evacuator) {}
    Object* survivor(Object* object) override {
      if (address_of(object) < evacuator_.maybe_young_from_) return object;
      const HeaderWord word = object->word();
      if (address_of(object) < evacuator_.nursery_from_) {
        return (word & (header::old | header::marked)) != 0 ? object : nullptr;
      }
      if (is_forwarded(word)) return reinterpret_cast<Object*>(word);
      return (word & header::pinned) != 0 ? object : nullptr;
    }
    void keep(Object** slot) override {
      Hot hot = evacuator_.load();
      evacuator_.visit<false>(hot, slot, nullptr);
      evacuator_.save(hot);
    }
    void drain() override { evacuator_.drain_all(); }
    bool is_young(const Object* object) const override { return evacuator_.heap_.is_young(object); }

   private:
    Evacuator& evacuator_;
  };
  Tracing tracing{*this};
  heap_.weak_.after_tracing(tracing, false);
}

// --- together ---

void Evacuator::drain_together() {
  std::vector<FoundSlot> letters;
  std::vector<Object*> given;
  do {
    read(letters);
    for (Object* object : given) grey_.push(object);
    do {
      drain_and_share();
    } while (visit_next_share<true>());
    dawdle_();
    flush_letters();
  } while (evacuation_.exchange_.receive(worker_, letters, given));
}

void Evacuator::drain_and_share() {
  while (!grey_.empty()) {
    drain<true>(policy::objects_between_looks(heap_.options_.stress));
    dawdle_();
    if (!grey_.empty() && evacuation_.exchange_.is_anyone_hungry()) share();
  }
}

void Evacuator::share() {
  flush_letters();
  const std::vector<Object*> half = half_of(grey_);
  if (!half.empty()) evacuation_.exchange_.give(half);
}

void Evacuator::read(const std::vector<FoundSlot>& letters) {
  for (const FoundSlot& letter : letters) {
    Hot hot = load();
    const bool young = visit<true>(hot, letter.slot, letter.old_holder);
    save(hot);
    if (young && letter.old_holder != nullptr) remember(letter.old_holder, letter.slot);
  }
}

[[gnu::noinline]] void Evacuator::send(unsigned owner, FoundSlot letter) {
  Outbox& box = outboxes_[owner];
  box.letters[box.count++] = letter;
  if (box.count != batch) return;
  evacuation_.exchange_.send(owner, box.letters);
  box.count = 0;
}

void Evacuator::flush_letters() {
  for (unsigned owner = 0; owner < workers_most; ++owner) {
    Outbox& box = outboxes_[owner];
    if (box.count == 0) continue;
    evacuation_.exchange_.send(owner, {box.letters.data(), box.count});
    box.count = 0;
  }
}

}  // namespace reclaim::gen
