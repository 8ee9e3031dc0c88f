// gen: bump allocation into thread-local buffers, a copying nursery, an old generation that is
// marked and slid; the world stops for each collection. The order in which memory lives is the
// order in which to read: README.md.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "boundary/census.h"
#include "boundary/fresh_stamp.h"
#include "boundary/traits.h"
#include "models/gen/heap.h"
#include "models/gen/mutator.h"
#include "models/gen/weak.h"
#include "models/parts/identity.h"
#include "models/parts/layout.h"
#include "models/parts/monitor.h"
#include "models/parts/operations.h"
#include "models/parts/raw_handles.h"
#include "models/parts/rooted_handles.h"
#include "models/parts/side_by_side.h"

namespace reclaim {

namespace gen {

template <class Counting, class Locking>
class Mutator;

/// A heap, and what the mutators that take turns on it share: nothing where they run side by side.
template <class Locking>
class HeapUnder : public Heap {
 public:
  explicit HeapUnder(const HeapOptions& options = {}) : Heap(options), locking_(options) {}
  typename Locking::OfHeap& locking() { return locking_; }

 private:
  [[no_unique_address]] typename Locking::OfHeap locking_;
};

/// A root seen by many threads.
template <class T>
class Global : public GlobalRoot {
 public:
  explicit Global(Heap& heap) : heap_(heap) { heap.globals().add(*this); }
  ~Global() { heap_.globals().remove(*this); }

 private:
  Heap& heap_;
};

/// The types that a workload sees. Locking: parts::SideBySide, or a policy like it.
template <class Counting, class Locking = parts::SideBySide>
struct Types : ObjectLayout {
  using Mutator = gen::Mutator<Counting, Locking>;
  using Heap = gen::HeapUnder<Locking>;
  template <class T>
  using Fresh = parts::RawFresh<T>;
  template <class T>
  using Local = parts::RootedLocal<T, Mutator>;
  template <class T>
  using Global = gen::Global<T>;
  template <class T>
  using Weak = gen::Weak<T>;
  template <class K, class V>
  using Ephemeron = gen::Ephemeron<K, V>;
};

template <class Counting, class Locking>
class Mutator : public MutatorCore,
                public parts::Operations<Mutator<Counting, Locking>, Types<Counting, Locking>>,
                public parts::MonitorOperations<Mutator<Counting, Locking>, Locking::parallel> {
  using Own = Types<Counting, Locking>;
  using SlotOperations = parts::Operations<Mutator, Own>;

 public:
  using Heap = typename Own::Heap;
  template <class T>
  using Fresh = typename Own::template Fresh<T>;
  template <class T>
  using Local = typename Own::template Local<T>;
  template <class T>
  using Field = typename Own::template Field<T>;
  template <class T>
  using Array = typename Own::template Array<T>;
  using Blob = typename Own::Blob;
  template <class T>
  using Weak = typename Own::template Weak<T>;
  template <class K, class V>
  using Ephemeron = typename Own::template Ephemeron<K, V>;

  /// Attaches; waits for its turn where mutators take turns.
  explicit Mutator(Heap& heap)
      : MutatorCore(heap, Counting::counts ? heap.kinds().size() : 0),
        locking_(awaited(heap), stops(), thread()) {
    heap.safepoints().leave_blocking(*this);
  }
  ~Mutator() {
    heap().detach(*this);
    locking_.leave();
  }
  Mutator(const Mutator&) = delete;
  Mutator& operator=(const Mutator&) = delete;

  template <class T>
  [[gnu::always_inline]] Fresh<T> make(Site site = Site::here()) {
    static_assert(alignof(T) <= word_bytes, "a moving model aligns objects to a word");
    take_turns();
    constexpr std::size_t bytes = record_bytes(sizeof(T));
    const std::uint32_t type = type_info<T>().id;
    std::byte* room;
    if constexpr (bytes <= small_bytes_most) {
      room = allocate(bytes);
      if constexpr (Counting::counts) count_record(type, bytes);
    } else {
      bool dirty = false;
      room = allocate_large(bytes, dirty);
      count(type, 0);
    }
    T* object = new (room) T{};
    object->begin(type);
    if constexpr (has_reclaim_hook<T>) heap().weak().add_hooked(object);
    return {object, stamp(site)};
  }

  template <class V>
  Fresh<Array<V>> make_array(std::size_t length, Site site = Site::here()) {
    using A = Array<V>;
    if (length > most_elements) out_of_memory("gen", length, 0);
    take_turns();
    const std::size_t bytes = A::size_for(length);
    auto* array = new (allocate_zeroed(bytes)) A;
    array->begin(type_info<A>().id);
    array->set_length(length);
    count(type_info<A>().id, length * sizeof(void*));
    return {array, stamp(site)};
  }

  Fresh<Blob> make_blob(std::size_t size, std::size_t alignment = alignof(void*),
                        Site site = Site::here()) {
    if (size > most_elements || alignment > most_elements) out_of_memory("gen", size, 0);
    take_turns();
    const std::size_t bytes = align_up(Blob::size_for(size, alignment), word_bytes);
    auto* blob = new (allocate_zeroed(bytes)) Blob;
    blob->begin(type_info<Blob>().id);
    blob->set_size(size, alignment);
    count(type_info<Blob>().id, size);
    return {blob, stamp(site)};
  }

  template <class T>
  Fresh<T> copy(const Local<T>& local, Site site = Site::here()) {
    return {local.get(), stamp(site)};
  }
  template <class T>
  Fresh<T> escape(Local<T>& local, Site site = Site::here()) {
    return {local.take(), stamp(site)};
  }

  /// Nothing to do but to remember the promise: the next full trace holds the program to it.
  template <class T>
  void discard(Local<T>& local, Site site = Site::here()) {
    T* object = local.take();
    if constexpr (checked) {
      if (object != nullptr) object->set_discarded(site);
    }
  }
  template <class T>
  void discard(Fresh<T> fresh, Site site = Site::here()) {
    if constexpr (checked) {
      if (T* object = fresh.get()) object->set_discarded(site);
    }
  }

  /// A new blob with the old one's bytes; what is added is zero.
  Fresh<Blob> resize(Local<Blob>& local, std::size_t size, Site site = Site::here()) {
    Blob* larger = make_blob(size, local->alignment(), site).get();
    Blob* blob = local.take();
    std::memcpy(larger->data(), blob->data(), std::min(size, blob->size()));
    return {larger, stamp(site)};
  }

  template <class V>
  Fresh<V> load(Global<V>& global, Site site = Site::here()) {
    return {static_cast<V*>(global.load()), stamp(site)};
  }
  template <class V>
  void store(Global<V>& global, const Local<V>& value) {
    global.exchange(value.get());
  }
  template <class V>
  void store(Global<V>& global, std::nullptr_t) {
    global.exchange(nullptr);
  }
  template <class V>
  Fresh<V> exchange(Global<V>& global, Fresh<V> value, Site site = Site::here()) {
    return {static_cast<V*>(global.exchange(value.get())), stamp(site)};
  }

  /// A weak reference to the local's object. A safepoint.
  template <class T>
  Fresh<Weak<T>> make_weak(const Local<T>& referent, Site site = Site::here()) {
    verify_referent(referent, site);
    Fresh<Weak<T>> weak = make<Weak<T>>(site);
    weak->referent = referent.get();
    heap().weak().add_weak(weak.get());
    return weak;
  }
  /// Its referent; null once a collection has found it dead. Not a safepoint.
  template <class T>
  Fresh<T> load(const Local<Weak<T>>& weak, Site site = Site::here()) {
    return {unless_discarded(weak->referent), stamp(site)};
  }

  /// Keeps the value alive while both it and the key are. A safepoint.
  template <class K, class V>
  Fresh<Ephemeron<K, V>> make_ephemeron(const Local<K>& key, const Local<V>& value,
                                        Site site = Site::here()) {
    verify_referent(key, site);
    Fresh<Ephemeron<K, V>> ephemeron = make<Ephemeron<K, V>>(site);
    ephemeron->key = key.get();
    ephemeron->value = value.get();
    heap().weak().add_ephemeron(ephemeron.get());
    return ephemeron;
  }
  /// Null once a collection has found the key dead. Not safepoints.
  template <class K, class V>
  Fresh<K> load_key(const Local<Ephemeron<K, V>>& ephemeron, Site site = Site::here()) {
    return {unless_discarded(ephemeron->key), stamp(site)};
  }
  template <class K, class V>
  Fresh<V> load_value(const Local<Ephemeron<K, V>>& ephemeron, Site site = Site::here()) {
    V* const value = unless_discarded(ephemeron->key) != nullptr ? ephemeron->value : nullptr;
    return {value, stamp(site)};
  }

  /// The same for the same object while it lives, wherever it moves; never 0. Not a safepoint.
  template <class T>
  std::uint64_t identity_hash(const Local<T>& local) {
    return parts::identity_hash_of(local.operator->());
  }
  using MutatorCore::thread;
  using SlotOperations::load;
  using SlotOperations::store;

  void poll() {
    take_turns();
    MutatorCore::poll();
  }
  void collect() {
    take_turns();
    heap().collect(*this);
  }
  template <class F>
  decltype(auto) blocking(F&& f) {
    epoch_.pass();
    const Blocked blocked{*this};
    return locking_.without(std::forward<F>(f));
  }
  std::byte* pin(const Local<Blob>& blob) {
    epoch_.pass();
    MutatorCore::poll();
    heap().pin(blob.get());
    return blob->data();
  }
  void unpin(const Local<Blob>& blob) {
    epoch_.pass();
    heap().unpin(blob.get());
  }

  Heap& heap() { return static_cast<Heap&>(MutatorCore::heap()); }
  parts::MonitorTable& monitors() { return heap().monitors(); }

  /// For Operations.
  template <class O, class V>
  Fresh<V> read(O*, Field<V>& field, Site site) {
    return {parts::Access::slot(field), stamp(site)};
  }
  template <class O, class V>
  void write(O* owner, Field<V>& field, const Local<V>& value) {
    V* const object = value.get();
    parts::Access::slot(field) = object;
    barrier(owner, &field, object);
  }
  template <class O, class V>
  void write(O* owner, Field<V>& field, Fresh<V> value) {
    V* const object = value.get();
    parts::Access::slot(field) = object;
    barrier(owner, &field, object);
  }
  template <class O, class V>
  void write(O*, Field<V>& field, std::nullptr_t) {
    parts::Access::slot(field) = nullptr;
  }

 private:
  /// Elements of an array, or bytes of a blob, beyond any machine's memory.
  static constexpr std::size_t most_elements = std::size_t{1} << 45;

  /// In a blocking region from construction to destruction.
  class Blocked {
   public:
    explicit Blocked(Mutator& mutator) : mutator_(mutator) {
      mutator.heap().safepoints().enter_blocking(mutator);
    }
    ~Blocked() { mutator_.heap().safepoints().leave_blocking(mutator_); }
    Blocked(const Blocked&) = delete;
    Blocked& operator=(const Blocked&) = delete;

   private:
    Mutator& mutator_;
  };

  /// What every safepoint begins with. Whoever waits for its turn is in a blocking region: the one
  /// whose turn it is may want to collect meanwhile.
  void take_turns() {
    epoch_.pass();
    if (locking_.yields_now()) [[unlikely]]
      yield();
  }
  [[gnu::noinline]] void yield() {
    const Blocked blocked{*this};
    locking_.yield();
  }
  typename Locking::OfHeap& awaited(Heap& heap) {
    heap.safepoints().enter_blocking(*this);
    return heap.locking();
  }

  FreshStamp stamp(Site site) const { return FreshStamp{epoch_, site}; }

  template <class T>
  static void verify_referent(const Local<T>& referent, Site site) {
    static_assert(T::is_weakly_referenced,
                  "a type that is referred to weakly opts in: Object<T, WeaklyReferenced>");
    if (!referent) violation("a weak reference is made to an object", "the local is null", site);
    if constexpr (checked) referent.get()->verify_alive();
  }
  /// A discarded object is gone, though no collection knows it yet.
  template <class T>
  static T* unless_discarded(T* object) {
    if constexpr (checked) {
      if (object != nullptr && object->discarded()) return nullptr;
    }
    return object;
  }

  void count(std::uint32_t type, std::uint64_t bytes) {
    if constexpr (Counting::counts) made_.add(type, bytes);
  }

  std::byte* allocate_zeroed(std::size_t bytes) {
    if (bytes <= small_bytes_most) [[likely]] {
      return static_cast<std::byte*>(std::memset(allocate_uncounted(bytes), 0, bytes));
    }
    bool dirty = false;
    std::byte* room = allocate_large(bytes, dirty);
    if (dirty) std::memset(room, 0, bytes);
    return room;
  }

  SafepointEpoch epoch_;
  [[no_unique_address]] typename Locking::OfMutator locking_;
};

}  // namespace gen

template <class Counting = Counted>
struct Gen : gen::Types<Counting> {
  static constexpr ModelTraits traits{
      .id = "gen",
      .like = "Java",
      .summary = "bump allocation, copying nursery, old generation; the world stops to collect",
      .has_heap_limit = true,
      .explains = true,
      .tells_why = true,
      .collects_cycles = true,
      .traces_ephemerons = true,
      .moves = true,
      .stops = {StopCause::minor_gc, StopCause::major_gc, StopCause::time_to_safepoint}};
};

}  // namespace reclaim
