// The heap: its spaces, its limit, and when it collects.
//
//   | old space ............ | large space ............ | nursery ........ |   one range of
//   addresses ^                        ^ from here on an object may be young         ^
//
// The limit is strict. With O, N blocks in use in the old space and the nursery, G bytes of large
// objects, at every moment outside a collection
//     (O + N + copy_reserve_blocks(N)) * block_bytes + G <= limit
// so a collection that finds everything alive has room to copy it: there is no promotion failure.
// What is resident never exceeds the limit either: free blocks are given back before it would.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "boundary/census.h"
#include "boundary/heap_options.h"
#include "boundary/stops.h"
#include "boundary/why.h"
#include "measure/clock.h"
#include "models/gen/crew.h"
#include "models/gen/explain.h"
#include "models/gen/kind.h"
#include "models/gen/large_space.h"
#include "models/gen/made.h"
#include "models/gen/mutator.h"
#include "models/gen/nursery.h"
#include "models/gen/old_space.h"
#include "models/gen/remembered_set.h"
#include "models/gen/roots.h"
#include "models/gen/territory.h"
#include "models/gen/weak.h"
#include "models/parts/monitor.h"
#include "models/parts/safepoint.h"

namespace reclaim::gen {

/// An allocation buffer, or the shared rest of an eden block.
struct BumpRange {
  std::byte* top = nullptr;
  std::byte* end = nullptr;
  std::size_t room() const { return static_cast<std::size_t>(end - top); }
};

/// What the collections of a heap came to.
struct CollectionTotals {
  std::uint64_t minor = 0;
  std::uint64_t major = 0;
  std::uint64_t slides = 0;            ///< major collections that moved objects
  std::uint64_t live_bytes = 0;        ///< small objects that the last major collection left
  std::uint64_t old_blocks_bytes = 0;  ///< the blocks that hold them: the rest is unused
  double unused_most = 0;              ///< the largest unused_share() that a major collection left
};

class Heap {
 public:
  explicit Heap(const HeapOptions& options = {});
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  /// Exact once the last mutator has detached: what a last full collection leaves is leaked.
  Census census();
  const StopLog& stops() const { return stops_; }
  /// Stops and collections count from here on. Call while no mutator is attached.
  void forget_stops() {
    stops_.clear();
    totals_.minor = totals_.major = totals_.slides = 0;
    totals_.unused_most = 0;
  }
  EventLog& events() { return events_; }
  parts::MonitorTable& monitors() { return monitors_; }
  /// Named numbers of this heap, for the record beside the measured ones.
  std::vector<std::pair<std::string, double>> extra() const;
  const CollectionTotals& totals() const { return totals_; }
  /// What keeps all that a root reaches now, or reached after a collection since watch_why() when
  /// that was more. A safepoint of the caller's; the world stands meanwhile.
  std::vector<WhyAlive> why_alive(MutatorCore& self);
  /// From here on collections look at what is alive, those that find more than any before.
  void watch_why() { watches_why_ = true; }

  // --- for mutators; thread-safe ---
  std::uint32_t attach(MutatorCore& mutator);
  void detach(MutatorCore& mutator);
  /// Room in the mutator's buffer, or apart from it. A safepoint.
  std::byte* allocate_slow(MutatorCore& mutator, std::size_t bytes);
  std::byte* allocate_large(MutatorCore& mutator, std::size_t bytes, bool& dirty);
  /// How much of the heap a collection looks at: the nursery; all of it; all of it, leaving no
  /// block thinly used.
  enum class Effort : std::uint8_t { minor, major, compact_all };
  /// The caller is a safepoint. A major collection reclaims all that is unreachable.
  void collect(MutatorCore& mutator, Effort effort = Effort::major);
  void poll_slow(MutatorCore& mutator);
  void pin(Object* blob);
  void unpin(Object* blob);
  void flush_remembered(MutatorCore& mutator);
  parts::Safepoints<MutatorCore>& safepoints() { return safepoints_; }
  GlobalRoots& globals() { return globals_; }
  WeakTable& weak() { return weak_; }
  const KindTable& kinds() const { return kinds_; }

  /// Whether the object is where new objects are: in the nursery, or large and not promoted yet.
  bool is_young(const Object* object) const {
    if (address_of(object) < address_of(large_.base())) return false;
    return nursery_.contains(object) || (object->flags() & header::old) == 0;
  }
  LargeSpace& large() { return large_; }
  /// For whoever looks in from outside while no mutator runs.
  const OldSpace& old_space() const { return old_; }
  const Nursery& nursery() const { return nursery_; }
  /// Memory that the spaces hold; metadata is apart.
  std::size_t resident_bytes() const;

 private:
  friend class Evacuation;
  friend class Evacuator;
  friend class Marking;
  friend class Marker;
  friend class MajorCollection;
  friend class Verifier;

  /// Blocks that the heap limit leaves for the nursery when `large_bytes` are used by large
  /// objects.
  std::size_t nursery_blocks_most(std::size_t large_bytes) const;
  /// Blocks that eden and survivors would use if the limit let them, or as many as it lets.
  std::size_t nursery_room() const;
  std::size_t eden_blocks_wanted() const;
  void set_eden();
  bool carve(MutatorCore& mutator, std::size_t bytes, std::byte*& begin);
  bool carve_shared(std::size_t bytes_least, std::size_t bytes_wanted, BumpRange& range);
  std::size_t buffer_bytes() const;
  bool large_fits(std::size_t bytes) const;
  bool carve_large(std::size_t bytes, LargeSpace::Run& run);

  /// Stops the world and collects until `enough()`, with rising effort; then out_of_memory. False:
  /// another thread was collecting; the caller has stood, and looks again.
  /// `why`: for --explain.
  template <class Enough>
  bool collect_until(MutatorCore* self, Effort least, const char* why, std::size_t asked_bytes,
                     Enough&& enough);
  void collect_once(Effort effort, const char* why);
  void explain_collection() const;
  /// What keeps all that a root reaches; the world stands.
  std::vector<WhyAlive> why_reached();
  void watch_what_is_alive();
  void minor_collection(bool promote_all);
  void major_collection(bool compact_all);
  void begin_collection();
  void after_major();
  bool old_is_due() const;
  bool stress_now();

  /// Claims that keep the resident memory within the limit.
  BlockIndex claim_nursery(Nursery::Use use);
  BlockIndex claim_old();
  void make_resident_room(std::size_t bytes, BlockSpace& growing);
  void make_room_for_block(BlockSpace& growing, BlockSpace& other);
  /// A worker's own.
  GrowingStack<Object*>& grey_stack(unsigned worker);
  std::size_t metadata_bytes() const;
  [[noreturn]] void exhausted(std::size_t asked_bytes) const;

  const HeapOptions options_;
  const std::size_t old_bytes_, large_bytes_, nursery_bytes_;
  const std::size_t limit_bytes_;  ///< of the options, or what the reserved range holds
  const bool huge_pages_;
  Reservation range_;
  OldSpace old_;
  LargeSpace large_;
  Nursery nursery_;
  RememberedSet remembered_;
  KindTable kinds_;
  GlobalRoots globals_;
  WeakTable weak_;
  Territory nursery_territory_, old_territory_;
  std::array<std::optional<GrowingStack<Object*>>, workers_most> grey_;  ///< made when needed
  Crew crew_;
  parts::Safepoints<MutatorCore> safepoints_;
  parts::MonitorTable monitors_;

  std::mutex allocation_mutex_;  ///< eden, large space, pins, remembered set, books
  BumpRange eden_;               ///< rest of the current eden block
  std::size_t eden_blocks_ = 0;  ///< claimed since the last collection
  std::size_t eden_blocks_most_ = 0;
  std::size_t room_after_major_ = 0;  ///< nursery_room() as the last major collection left it
  std::size_t young_large_bytes_ = 0;
  std::size_t next_major_bytes_ =
      0;  ///< without a limit: old + large that start a major collection
  /// The rests of the old blocks that promoted objects go to: one for each worker.
  std::array<BumpRange, workers_most> promotions_{};
  unsigned tenure_age_;
  std::vector<std::pair<Object*, std::uint32_t>> pins_;
  std::uint64_t makes_ = 0;  ///< stress
  bool stress_major_next_ = false;
  std::vector<MadeRow> live_;  ///< by type, when a census asks for it
  bool counting_live_ = false;
  MadeRows made_;
  CollectionTotals totals_;
  bool watches_why_ = false;
  std::size_t watched_minor_ = 0, watched_major_ = 0;  ///< in use when what is alive was looked at
  std::vector<WhyAlive> fullest_;
  MutatorCore* collector_ = nullptr;  ///< whose thread collects, or did last; null: no mutator's
  Account account_;                   ///< of the collection that runs, or of the last one
  const std::int64_t made_ns_ = now_ns();
  EventLog events_{options_.keep_events};
  StopLog stops_{events_.ring()};
};

}  // namespace reclaim::gen
