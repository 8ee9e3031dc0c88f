#include "models/gen/heap.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "measure/clock.h"
#include "models/gen/evacuation.h"
#include "models/gen/major.h"
#include "models/gen/policy.h"
#include "models/gen/verify.h"

namespace reclaim::gen {

namespace {

/// The system's memory, rounded to what one reservation may take without a limit.
std::size_t system_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  return align_up(static_cast<std::size_t>(std::max(pages, 1L << 18)) * page_bytes,
                  huge_page_bytes);
}

std::size_t blocks_to_bytes(std::size_t blocks) { return blocks << block_shift; }

}  // namespace

Heap::Heap(const HeapOptions& options)
    : options_(options),
      old_bytes_(align_up(options.limit_bytes != 0 ? options.limit_bytes : system_bytes(),
                          huge_page_bytes)),
      large_bytes_(old_bytes_ * 4),
      nursery_bytes_(policy::nursery_range_bytes),
      limit_bytes_(options.limit_bytes != 0 ? options.limit_bytes : old_bytes_),
      huge_pages_(limit_bytes_ >= policy::huge_pages_from_limit),
      range_(old_bytes_ + large_bytes_ + nursery_bytes_, huge_page_bytes),
      old_((range_.base() != nullptr ? void() : exhausted(range_.bytes()), range_.base()),
           old_bytes_, huge_pages_),
      large_(range_.base() + old_bytes_, large_bytes_),
      nursery_(range_.base() + old_bytes_ + large_bytes_, nursery_bytes_, huge_pages_),
      remembered_(old_bytes_ / 16 + large_bytes_ / 512),
      nursery_territory_(nursery_bytes_ >> block_shift),
      old_territory_(old_bytes_ >> block_shift),
      crew_(policy::workers(options.collectors, std::thread::hardware_concurrency())),
      safepoints_(options.stress.collect_at_each_poll),
      tenure_age_(policy::tenure_age(0, 1)),
      made_(kinds_.size()) {
  next_major_bytes_ = policy::first_major_bytes;
  set_eden();
  room_after_major_ = nursery_room();
}

Heap::~Heap() = default;

void Heap::exhausted(std::size_t asked_bytes) const {
  out_of_memory("gen", asked_bytes, options_.limit_bytes);
}

// --- the limit ---

std::size_t Heap::nursery_blocks_most(std::size_t large_bytes) const {
  const std::size_t taken = blocks_to_bytes(old_.used_blocks()) + large_bytes;
  if (taken >= limit_bytes_) return 0;
  return most_blocks_with_reserve((limit_bytes_ - taken) >> block_shift);
}

std::size_t Heap::eden_blocks_wanted() const { return policy::eden_blocks(safepoints_.count()); }

std::size_t Heap::nursery_room() const {
  const std::size_t eden = eden_blocks_wanted();
  return std::min(nursery_blocks_most(large_.used_bytes()),
                  eden + policy::survivor_blocks_most(eden));
}

void Heap::set_eden() {
  const std::size_t most = nursery_blocks_most(large_.used_bytes());
  const std::size_t others = nursery_.used_blocks() - eden_blocks_;
  eden_blocks_most_ = std::min(most > others ? most - others : 0, eden_blocks_wanted());
}

std::size_t Heap::resident_bytes() const {
  return blocks_to_bytes(old_.resident_blocks() + nursery_.resident_blocks()) +
         large_.resident_bytes();
}

std::size_t Heap::metadata_bytes() const {
  std::size_t stacks = 0;
  for (const auto& grey : grey_) stacks += grey ? grey->committed_bytes() : 0;
  return old_.metadata_bytes() + large_.metadata_bytes() + remembered_.metadata_bytes() +
         weak_.metadata_bytes() + stacks;
}

/// What one space needs, another gives back, and no more than that: memory that comes again has
/// been cleared by the system, which costs as much as filling it.
void Heap::make_resident_room(std::size_t bytes, BlockSpace& growing) {
  const auto shortage = [&] {
    const std::size_t wanted = resident_bytes() + bytes;
    return wanted > limit_bytes_ ? wanted - limit_bytes_ : 0;
  };
  if (shortage() == 0) [[likely]]
    return;
  BlockSpace& other = &growing == &old_ ? static_cast<BlockSpace&>(nursery_) : old_;
  other.release_highest(shortage());
  if (shortage() != 0) large_.release_free();
  growing.release_highest(shortage());
}

/// The same for the next block of a space: at the limit it gets a block's memory from the other one
/// as it is, if it can.
void Heap::make_room_for_block(BlockSpace& growing, BlockSpace& other) {
  const std::size_t bytes = growing.claim_bytes();
  const std::size_t resident = resident_bytes();
  const bool is_at_limit = resident <= limit_bytes_ && resident + bytes > limit_bytes_;
  if (is_at_limit && growing.take_from(other)) return;
  make_resident_room(bytes, growing);
}

BlockIndex Heap::claim_nursery(Nursery::Use use) {
  make_room_for_block(nursery_, old_);
  const BlockIndex block = nursery_.claim(use);
  if (block == no_block) exhausted(block_bytes);
  return block;
}

BlockIndex Heap::claim_old() {
  make_room_for_block(old_, nursery_);
  const BlockIndex block = old_.claim();
  if (block == no_block) exhausted(block_bytes);
  return block;
}

GrowingStack<Object*>& Heap::grey_stack(unsigned worker) {
  std::optional<GrowingStack<Object*>>& grey = grey_[worker];
  if (!grey) grey.emplace((old_bytes_ + large_bytes_) / 16);
  return *grey;
}

// --- allocation ---

std::size_t Heap::buffer_bytes() const {
  const std::size_t mutators = std::max<std::size_t>(safepoints_.count(), 1);
  if (mutators == 1) return block_bytes;
  const std::size_t share = blocks_to_bytes(eden_blocks_most_) / (mutators * 4);
  return std::clamp(share & ~(page_bytes - 1), small_bytes_most, block_bytes);
}

bool Heap::carve_shared(std::size_t least, std::size_t wanted, BumpRange& range) {
  if (eden_.room() < least) {
    if (eden_blocks_ >= eden_blocks_most_) return false;
    const BlockIndex block = claim_nursery(Nursery::Use::eden);
    ++eden_blocks_;
    eden_ = {nursery_.begin_of(block), nursery_.begin_of(block) + block_bytes};
  }
  std::size_t bytes = std::min(std::max(least, wanted), eden_.room());
  if (eden_.room() - bytes < policy::smallest_buffer_bytes && wanted > least) bytes = eden_.room();
  range = {eden_.top, eden_.top + bytes};
  eden_.top += bytes;
  return true;
}

bool Heap::carve(MutatorCore& mutator, std::size_t bytes, std::byte*& begin) {
  const auto rest = static_cast<std::size_t>(mutator.end_ - mutator.top_);
  BumpRange range;
  // An object that does not fit into a buffer with much room left is put beside the buffer.
  if (rest > policy::buffer_waste_bytes || options_.stress.collect_every_nth_make != 0) {
    if (!carve_shared(bytes, bytes, range)) return false;
  } else {
    if (!carve_shared(bytes, buffer_bytes(), range)) return false;
    mutator.top_ = range.top + bytes;
    mutator.end_ = range.end;
  }
  begin = range.top;
  return true;
}

bool Heap::stress_now() {
  const std::uint64_t nth = options_.stress.collect_every_nth_make;
  if (nth == 0) return false;
  const std::lock_guard lock(allocation_mutex_);
  return ++makes_ % nth == 0;
}

std::byte* Heap::allocate_slow(MutatorCore& mutator, std::size_t bytes) {
  if (stress_now()) collect_until(&mutator, Effort::minor, "stress", bytes, [] { return true; });
  for (;;) {
    mutator.poll();
    std::byte* begin = nullptr;
    {
      const std::lock_guard lock(allocation_mutex_);
      if (carve(mutator, bytes, begin)) return begin;
    }
    collect_until(&mutator, Effort::minor, "eden is used up", bytes,
                  [this] { return eden_blocks_most_ >= policy::least_eden_blocks(limit_bytes_); });
  }
}

bool Heap::large_fits(std::size_t bytes) const {
  const std::size_t after = large_.used_bytes() + bytes;
  return after >= bytes && after < limit_bytes_ &&
         nursery_.used_blocks() + 1 <= nursery_blocks_most(after);
}

/// False: a collection is due.
bool Heap::carve_large(std::size_t bytes, LargeSpace::Run& run) {
  const std::size_t rounded = LargeSpace::rounded(bytes);
  const std::lock_guard lock(allocation_mutex_);
  if (!large_fits(rounded)) return false;
  if (young_large_bytes_ != 0 && young_large_bytes_ + rounded > policy::young_large_bytes) {
    return false;
  }
  make_resident_room(rounded, nursery_);
  run = large_.allocate(bytes);
  if (run.begin == nullptr) exhausted(bytes);
  young_large_bytes_ += rounded;
  set_eden();
  return true;
}

std::byte* Heap::allocate_large(MutatorCore& mutator, std::size_t bytes, bool& dirty) {
  const std::size_t rounded = LargeSpace::rounded(bytes);
  if (rounded < bytes || rounded > limit_bytes_) exhausted(bytes);
  if (stress_now()) collect_until(&mutator, Effort::minor, "stress", bytes, [] { return true; });
  LargeSpace::Run run;
  while (!carve_large(bytes, run)) {
    collect_until(&mutator, Effort::minor, "large objects", bytes,
                  [&] { return large_fits(rounded); });
    mutator.poll();
  }
  if (!run.dirty) {  // nobody knows of it yet: others may collect
    safepoints_.enter_blocking(mutator);
    populate_pages(run.begin, rounded);
    safepoints_.leave_blocking(mutator);
  }
  const std::lock_guard lock(allocation_mutex_);
  large_.young().push(reinterpret_cast<Object*>(run.begin));
  dirty = run.dirty;
  return run.begin;
}

// --- collecting ---

bool Heap::old_is_due() const {
  if (options_.limit_bytes == 0) {
    return blocks_to_bytes(old_.used_blocks()) + large_.used_bytes() >= next_major_bytes_;
  }
  return nursery_room() < policy::nursery_blocks_before_major(room_after_major_);
}

void Heap::begin_collection() {
  eden_ = {};
  eden_blocks_ = 0;
  for (MutatorCore* m : safepoints_.mutators()) {
    m->drop_buffer();
    m->flush_remembered(remembered_);
  }
}

void Heap::minor_collection(bool promote_all) {
  const std::size_t nursery_before = nursery_.used_blocks(), old_before = old_.used_blocks();
  Evacuation{*this, promote_all}.run();
  const std::size_t promoted = old_.used_blocks() - old_before;
  tenure_age_ = policy::tenure_age(nursery_.used_blocks() + promoted, nursery_before);
  account_.nursery = blocks_to_bytes(nursery_before);
  account_.survived = blocks_to_bytes(nursery_.used_blocks());
  account_.promoted = blocks_to_bytes(promoted);
  set_eden();
}

void Heap::major_collection(bool compact_all) {
  minor_collection(true);
  MajorCollection{*this, compact_all}.run();
  after_major();
}

void Heap::after_major() {
  const std::size_t live = blocks_to_bytes(old_.used_blocks()) + large_.used_bytes();
  next_major_bytes_ = policy::next_major_bytes(live, options_.growth);
  set_eden();
  room_after_major_ = nursery_room();
  // What the cycle that ends here did not need goes back to the system.
  const std::size_t resident = resident_bytes();
  old_.release_free(old_.take_most_used() - old_.used_blocks());
  if (large_.resident_bytes() > large_.take_most_used_bytes()) large_.release_free();
  nursery_.release_free(eden_blocks_wanted() + policy::survivor_blocks_most(eden_blocks_wanted()));
  account_.returned = resident - resident_bytes();
}

void Heap::collect_once(Effort effort, const char* why) {
  account_ = {.why = why, .major = effort != Effort::minor};
  begin_collection();
  if constexpr (checked) Verifier{*this}.before_collection();
  if (effort == Effort::minor) {
    ++totals_.minor;
    minor_collection(false);
  } else {
    ++totals_.major;
    major_collection(effort == Effort::compact_all);
  }
  if constexpr (checked) Verifier{*this}.after_collection(effort != Effort::minor);
}

template <class Enough>
bool Heap::collect_until(MutatorCore* self, Effort effort, const char* why, std::size_t asked_bytes,
                         Enough&& enough) {
  if (!safepoints_.stop_the_world(self)) return false;
  collector_ = self;
  if (options_.stress.collect_every_nth_make != 0 || options_.stress.collect_at_each_poll) {
    if (effort == Effort::minor && std::exchange(stress_major_next_, !stress_major_next_)) {
      effort = Effort::major;
    }
  }
  bool major = effort != Effort::minor;
  collect_once(effort, why);
  if (!major && (old_is_due() || !enough())) {
    major = true;
    collect_once(Effort::major, old_is_due() ? "the old space is due" : "that was not enough");
  }
  if (!enough()) collect_once(Effort::compact_all, "that was not enough");
  if (!enough()) exhausted(asked_bytes);
  stops_.record(StopCause::time_to_safepoint, safepoints_.asked_ns(), safepoints_.reached_ns());
  stops_.record(major ? StopCause::major_gc : StopCause::minor_gc, safepoints_.asked_ns(),
                now_ns());
  if (watches_why_) [[unlikely]] {
    watch_what_is_alive();
  } else if (options_.explain_descriptor >= 0) [[unlikely]] {
    explain_collection();
  }
  safepoints_.resume_the_world();
  weak_.call_hooks();
  return true;
}

void Heap::explain_collection() const {
  Account account = account_;
  account.tenure_age = tenure_age_;
  account.eden = blocks_to_bytes(eden_blocks_most_);
  account.room = blocks_to_bytes(nursery_blocks_most(large_.used_bytes()));
  const std::int64_t end_ns = now_ns();
  explain(options_.explain_descriptor, totals_.minor + totals_.major, account, end_ns - made_ns_,
          end_ns - safepoints_.asked_ns(), safepoints_.reached_ns() - safepoints_.asked_ns());
}

void Heap::collect(MutatorCore& mutator, Effort effort) {
  while (!collect_until(&mutator, effort, "asked for", 0, [] { return true; })) {
  }
}

void Heap::poll_slow(MutatorCore& mutator) {
  safepoints_.stand(mutator);
  if (options_.stress.collect_at_each_poll) {
    collect_until(&mutator, Effort::minor, "stress", 0, [] { return true; });
  }
}

// --- the census ---

Census Heap::census() {
  Census census;
  live_.assign(kinds_.size(), MadeRow{});
  const bool exact = safepoints_.count() == 0;
  if (exact) {
    counting_live_ = true;
    while (!collect_until(nullptr, Effort::major, "the census", 0, [] { return true; })) {
    }
    counting_live_ = false;
  }
  for (std::uint32_t id = 0; id < kinds_.size(); ++id) {
    const TypeInfo& type = KindTable::type_of_id(id);
    MadeRow made = made_[id];
    if (type.shape == Shape::record) {
      made.bytes = made.objects * type.asked_bytes;
    }
    const MadeRow left = exact ? live_[id] : made;
    census.add({type.name, made.objects, made.bytes, left.objects, left.bytes, type.added_bytes()});
  }
  return census;
}

std::vector<std::pair<std::string, double>> Heap::extra() const {
  const auto number = [](auto n) { return static_cast<double>(n); };
  return {{"minor_collections", number(totals_.minor)},
          {"major_collections", number(totals_.major)},
          {"major_slides", number(totals_.slides)},
          {"old_live_bytes_after_major", number(totals_.live_bytes)},
          {"old_block_bytes_after_major", number(totals_.old_blocks_bytes)},
          {"old_unused_most", totals_.unused_most},
          {"heap_metadata_bytes", number(metadata_bytes())}};
}

}  // namespace reclaim::gen
