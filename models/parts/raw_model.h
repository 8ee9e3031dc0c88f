// A model whose objects neither move nor count: a heap, a mutator and types, composed from
//   Counting  Counted or Uncounted (boundary/census.h)
//   Handles   RawHandles (a Local is a pointer), RootedHandles (a Local is a root), ...
//   Memory    where objects come from and where they go: per mutator; see
//   models/manual/malloc_memory.h
// `manual` and `null` are this with malloc and with a bump pointer.
#pragma once

#include <algorithm>
#include <cstring>
#include <mutex>

#include "boundary/census.h"
#include "boundary/fresh_stamp.h"
#include "boundary/heap_options.h"
#include "boundary/stops.h"
#include "models/parts/cell_references.h"
#include "models/parts/layout.h"
#include "models/parts/locked_slot.h"
#include "models/parts/memory_of_mutator.h"
#include "models/parts/monitor.h"
#include "models/parts/operations.h"
#include "models/parts/raw_global.h"
#include "models/parts/raw_handles.h"
#include "models/parts/sited_memory.h"

namespace reclaim::parts {

template <class Counting, class Handles, class Memory>
class RawMutator;

template <class Counting, class Memory>
class RawHeap;

/// The types that a workload sees: the model adds its traits.
template <class Counting, class Handles, class Memory>
struct RawModel : Layout<NoHeader> {
  using Mutator = RawMutator<Counting, Handles, Memory>;
  using Heap = RawHeap<Counting, Memory>;
  template <class T>
  using Fresh = typename Handles::template Fresh<T>;
  template <class T>
  using Local = typename Handles::template Local<T, Mutator>;
  template <class T>
  using Global = RawGlobal<T>;
  using Cell = WeakCell<BasicLockedSlot<>>;  // one key's ephemerons may be made by many threads
  template <class T>
  using Weak = CellWeak<Layout<NoHeader>, Cell, T>;
  template <class K, class V>
  using Ephemeron = CellEphemeron<Layout<NoHeader>, Cell, K, V>;
};

namespace detail {

/// What a memory policy keeps in the heap, if anything: its OfHeap, which it is then made from.
template <class Memory>
struct HeapPartOf {
  struct type {};
};
template <class Memory>
requires requires { typename Memory::OfHeap; }
struct HeapPartOf<Memory> {
  using type = typename Memory::OfHeap;
};

}  // namespace detail

/// What outlives the mutators: the sums of their books. The objects themselves are malloc's.
template <class Counting, class Memory>
class RawHeap {
 public:
  explicit RawHeap(const HeapOptions& options = {}) : events_(options.keep_events) {}

  /// Call while no mutator is attached.
  Census census() const {
    Census census = counting_.totals([](const TypeInfo&) {
      std::size_t bytes = mark_bytes<Counting>;
      if constexpr (requires { Memory::bytes_in_front; }) bytes += Memory::bytes_in_front;
      return bytes;
    });
    if constexpr (requires { memory_.leaks(); }) census.leaked_at = memory_.leaks();
    return census;
  }
  const StopLog& stops() const { return stops_; }
  /// Stops count from here on. Call while no mutator is attached.
  void forget_stops() { stops_.clear(); }
  EventLog& events() { return events_; }
  MonitorTable& monitors() { return monitors_; }

  std::uint32_t attach() { return monitors_.attach_thread(); }
  void detach(std::uint32_t thread, const Counting& counting, const StopLog& stops) {
    const std::lock_guard lock(mutex_);
    counting_.add(counting);
    stops_.add(stops);
    monitors_.detach_thread(thread);
  }
  /// What the mutators' memory is made from.
  auto& memory() { return memory_; }

 private:
  typename detail::HeapPartOf<Memory>::type memory_;
  std::mutex mutex_;
  Counting counting_;
  StopLog stops_;
  EventLog events_;
  MonitorTable monitors_;
};

template <class Counting, class Handles, class Memory>
class RawMutator
    : public Handles::Roots,
      public Operations<RawMutator<Counting, Handles, Memory>, RawModel<Counting, Handles, Memory>>,
      public CellReferences<RawMutator<Counting, Handles, Memory>,
                            RawModel<Counting, Handles, Memory>>,
      public MonitorOperations<RawMutator<Counting, Handles, Memory>> {
  using Own = RawModel<Counting, Handles, Memory>;
  using SlotOperations = Operations<RawMutator, Own>;
  using WeakOperations = CellReferences<RawMutator, Own>;

 public:
  using Heap = RawHeap<Counting, Memory>;
  template <class T>
  using Fresh = typename Own::template Fresh<T>;
  template <class T>
  using Local = typename Own::template Local<T>;
  template <class T>
  using Field = typename Own::template Field<T>;
  template <class T>
  using Array = typename Own::template Array<T>;
  template <class T>
  using Global = typename Own::template Global<T>;
  using Blob = typename Own::Blob;

  explicit RawMutator(Heap& heap)
      : heap_(heap), thread_(heap.attach()), stops_(heap.events().ring()), memory_(heap.memory()) {
    stops_.is_of(thread_);
  }
  ~RawMutator() { heap_.detach(thread_, counting_, stops_); }
  RawMutator(const RawMutator&) = delete;
  RawMutator& operator=(const RawMutator&) = delete;

  template <class T>
  Fresh<T> make(Site site = Site::here()) {
    T* object = new (memory_.allocate(sizeof(T))) T{};
    return made(object, site);
  }
  template <class V>
  Fresh<Array<V>> make_array(std::size_t length, Site site = Site::here()) {
    auto* array = new (memory_.allocate_zeroed(Array<V>::size_for(length))) Array<V>;
    array->set_length(length);
    return made(array, site);
  }
  Fresh<Blob> make_blob(std::size_t size, std::size_t alignment = alignof(void*),
                        Site site = Site::here()) {
    auto* blob = new (memory_.allocate_zeroed(Blob::size_for(size, alignment))) Blob;
    blob->set_size(size, alignment);
    return made(blob, site);
  }

  template <class T>
  Fresh<T> copy(const Local<T>& local, Site site = Site::here()) {
    return {local.word(), stamp(site)};
  }
  template <class T>
  Fresh<T> escape(Local<T>& local, Site site = Site::here()) {
    return {local.take(), stamp(site)};
  }

  template <class T>
  void discard(Local<T>& local, Site site = Site::here()) {
    if (T* object = Handles::object_of(local.take(), double_free, site)) release(object, site);
  }
  template <class T>
  void discard(Fresh<T> fresh, Site site = Site::here()) {
    if (T* object = Handles::object_of(fresh.word(), double_free, site)) release(object, site);
  }

  /// The blob may move; the local must be its only reference. What is added is zeroed.
  Fresh<Blob> resize(Local<Blob>& local, std::size_t size, Site site = Site::here()) {
    epoch_.pass();
    Blob* blob = Handles::object_of(local.take(), "use after free", site);
    if constexpr (checked) blob->verify_alive();
    const std::size_t old_size = blob->size();
    const std::size_t alignment = blob->alignment();
    if constexpr (Memory::reclaims) {
      counting_.template on_reclaim<Blob>(old_size);
      forget_site(blob);
    }
    counting_.template on_make<Blob>(size);
    if (alignment == alignof(void*)) {
      blob = static_cast<Blob*>(reallocate(blob, Blob::size_for(old_size, alignment),
                                           Blob::size_for(size, alignment), site));
      blob->set_size(size, alignment);
      note_site(blob, site);
    } else {  // the payload's offset depends on the address, which realloc would not respect
      auto* larger = new (memory_.allocate(Blob::size_for(size, alignment))) Blob;
      larger->set_size(size, alignment);
      std::memcpy(larger->data(), blob->data(), std::min(old_size, size));
      remember(larger, site);
      give_back(blob, site);
      blob = larger;
    }
    if (size > old_size) std::memset(blob->data() + old_size, 0, size - old_size);
    return fresh(blob, site);
  }

  template <class V>
  Fresh<V> load(Global<V>& global, Site site = Site::here()) {
    return {global.load(), stamp(site)};
  }
  template <class V>
  void store(Global<V>& global, const Local<V>& value) {
    global.exchange(value.word());
  }
  template <class V>
  void store(Global<V>& global, std::nullptr_t) {
    global.exchange(nullptr);
  }
  template <class V>
  Fresh<V> exchange(Global<V>& global, Fresh<V> value, Site site = Site::here()) {
    return {global.exchange(value.word()), stamp(site)};
  }
  using SlotOperations::load;
  using SlotOperations::store;
  using WeakOperations::load;

  void poll() { epoch_.pass(); }
  void collect() { epoch_.pass(); }
  template <class F>
  decltype(auto) blocking(F&& f) {
    epoch_.pass();
    return std::forward<F>(f)();
  }
  /// The address of a blob's payload stays the same while the pin lives: here it always does.
  std::byte* pin(const Local<Blob>& blob) {
    epoch_.pass();
    return blob->data();
  }
  void unpin(const Local<Blob>&) { epoch_.pass(); }

  Heap& heap() { return heap_; }
  std::uint32_t thread() const { return thread_; }
  StopLog& stops() { return stops_; }
  MonitorTable& monitors() { return heap_.monitors(); }

  /// For Operations.
  template <class O, class V>
  Fresh<V> read(O*, Field<V>& field, Site site) {
    return {Access::slot(field), stamp(site)};
  }
  template <class O, class V>
  void write(O*, Field<V>& field, const Local<V>& value) {
    Access::slot(field) = value.word();
  }
  template <class O, class V>
  void write(O*, Field<V>& field, Fresh<V> value) {
    Access::slot(field) = value.word();
  }
  template <class O, class V>
  void write(O*, Field<V>& field, std::nullptr_t) {
    Access::slot(field) = nullptr;
  }

  /// For CellReferences.
  template <class T>
  Fresh<T> fresh(T* object, Site site) {
    return {Handles::word_of(object), stamp(site)};
  }
  template <class T>
  static bool keep(T*) {
    return true;  // the program does, until it discards
  }
  void* allocate_cell(std::size_t bytes) { return memory_.allocate(bytes); }
  void release_cell(void* cell) { memory_.release(cell); }

 private:
  static constexpr const char* double_free = "double free";

  FreshStamp stamp(Site site) const { return FreshStamp{epoch_, site}; }

  template <class T>
  Fresh<T> made(T* object, Site site) {
    epoch_.pass();
    counting_.template on_make<T>(Own::asked_bytes(object));
    remember(object, site);
    return fresh(object, site);
  }
  /// For the census by site.
  template <class T>
  void note_site(T* object, Site site) {
    if constexpr (Counting::by_site) {
      SiteMark::of(object).number =
          counting_.on_make_at(type_info<T>(), site, Own::asked_bytes(object));
    }
  }
  template <class T>
  void forget_site(T* object) {
    if constexpr (Counting::by_site) {
      counting_.on_reclaim_at(SiteMark::of(object).number, Own::asked_bytes(object));
    }
  }
  /// And for memory that knows its objects.
  template <class T>
  void remember(T* object, Site site) {
    note_site(object, site);
    if constexpr (requires { memory_.on_make(object, type_info<T>(), site); }) {
      memory_.on_make(object, type_info<T>(), site);
    }
  }
  void give_back(void* object, Site site) {
    if constexpr (requires { memory_.release(object, site); }) {
      memory_.release(object, site);
    } else {
      memory_.release(object);
    }
  }
  void* reallocate(void* object, std::size_t old_bytes, std::size_t bytes, Site site) {
    if constexpr (requires { memory_.reallocate(object, old_bytes, bytes, site); }) {
      return memory_.reallocate(object, old_bytes, bytes, site);
    } else {
      return memory_.reallocate(object, old_bytes, bytes);
    }
  }

  template <class T>
  void release(T* object, Site site) {
    if constexpr (T::is_weakly_referenced && (Memory::reclaims || checked)) clear_cell_of(object);
    if constexpr (refers_through_cell<T> && Memory::reclaims) part(object->part());
    if constexpr (has_reclaim_hook<T> && Memory::reclaims) T::on_reclaim(reclaim_data_of(object));
    if constexpr (checked) object->set_discarded(site);
    if constexpr (Memory::reclaims) {
      counting_.template on_reclaim<T>(Own::asked_bytes(object));
      forget_site(object);
      give_back(object, site);
    }
  }

  /// Nothing reaches the object any more, weak references and ephemerons included.
  template <class T>
  void clear_cell_of(T* object) {
    auto* cell = static_cast<typename Own::Cell*>(object->WeakWord::cell.exchange(nullptr));
    if (cell == nullptr) return;
    cell->clear();
    while (cell->take_value().more) {  // freeing values is the program's, as ever
    }
    part(cell);
  }
  void part(typename Own::Cell* cell) {
    if (cell != nullptr && cell->release()) memory_.release(cell);
  }

  Heap& heap_;
  std::uint32_t thread_;
  SafepointEpoch epoch_;
  [[no_unique_address]] Counting counting_;
  StopLog stops_;
  [[no_unique_address]] MemoryOfMutator<Memory, typename detail::HeapPartOf<Memory>::type> memory_;
};

}  // namespace reclaim::parts
