// A thread at work on a counted heap: the operations of the boundary in terms of counts.
// What each does to the count of the object:
//   make 1 | Fresh -> Local, Fresh -> field, escape 0 | copy, load +1 | store(local) +1, and -1 for
//   what the slot held | the end of a Local or of an unused Fresh -1
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include "base/assert.h"
#include "boundary/fresh_stamp.h"
#include "boundary/stops.h"
#include "models/parts/cell_references.h"
#include "models/parts/monitor.h"
#include "models/parts/operations.h"
#include "models/rc/handles.h"
#include "models/rc/heap.h"

namespace reclaim::rc {

template <class Parts>
class Mutator : public parts::Operations<Mutator<Parts>, typename Parts::Types>,
                public parts::CellReferences<Mutator<Parts>, typename Parts::Types>,
                public parts::MonitorOperations<Mutator<Parts>, Parts::Locking::parallel> {
  using Types = typename Parts::Types;
  using Header = typename Parts::Header;
  using SlotOperations = parts::Operations<Mutator, Types>;
  using WeakOperations = parts::CellReferences<Mutator, Types>;

 public:
  using Heap = typename Types::Heap;
  template <class T>
  using Fresh = typename Types::template Fresh<T>;
  template <class T>
  using Local = typename Types::template Local<T>;
  template <class T>
  using Field = typename Types::template Field<T>;
  template <class T>
  using Array = typename Types::template Array<T>;
  template <class T>
  using Global = typename Types::template Global<T>;
  using Blob = typename Types::Blob;

  /// Attaches; waits for its turn where mutators take turns.
  explicit Mutator(Heap& heap)
      : heap_(heap),
        thread_(heap.monitors().attach_thread()),
        stops_(heap.events().ring()),
        reclaimer_(heap.cycles(), heap.audit(), heap.parties(), heap.free_at_most()),
        locking_(heap.locking(), stops_, thread_) {
    stops_.is_of(thread_);
  }
  ~Mutator() {
    pass_safepoint();
    heap_.release_orphans(reclaimer_);
    reclaimer_.leave(stops_);
    locking_.leave();
    heap_.add(reclaimer_.counting(), stops_);
    heap_.monitors().detach_thread(thread_);
  }
  Mutator(const Mutator&) = delete;
  Mutator& operator=(const Mutator&) = delete;

  template <class T>
  [[gnu::always_inline]] Fresh<T> make(Site site = Site::here()) {
    before_make<T>();
    return made(new (reclaimer_.template allocate<T>(sizeof(T))) T{}, site);
  }
  template <class V>
  Fresh<Array<V>> make_array(std::size_t length, Site site = Site::here()) {
    using A = Array<V>;
    before_make<A>();
    auto* array = new (reclaimer_.template allocate_zeroed<A>(A::size_for(length))) A;
    array->set_length(length);
    return made(array, site);
  }
  Fresh<Blob> make_blob(std::size_t size, std::size_t alignment = alignof(void*),
                        Site site = Site::here()) {
    before_make<Blob>();
    const std::size_t bytes = Blob::size_for(size, alignment);
    auto* blob = new (reclaimer_.template allocate_zeroed<Blob>(bytes)) Blob;
    blob->set_size(size, alignment);
    return made(blob, site);
  }

  template <class T>
  Fresh<T> copy(const Local<T>& local, Site site = Site::here()) {
    return fresh(retained(local.get()), site);
  }
  template <class T>
  Fresh<T> escape(Local<T>& local, Site site = Site::here()) {
    return fresh(local.take(), site);
  }

  template <class T>
  void discard(Local<T>& local, Site site = Site::here()) {
    discard_object(local.take(), site);
  }
  template <class T>
  void discard(Fresh<T> value, Site site = Site::here()) {
    discard_object(value.take(), site);
  }

  /// The blob may move; the local must be its only reference. What is added is zeroed.
  Fresh<Blob> resize(Local<Blob>& local, std::size_t size, Site site = Site::here()) {
    safepoint();
    Blob* blob = local.take();
    const bool sole = reclaimer_.is_sole(blob);
    if constexpr (checked) {
      blob->verify_alive();
      if (!sole && dies_at_once()) {
        violation("a blob to be resized has one reference", "it has more, or is pinned", site);
      }
    }
    const std::size_t old_size = blob->size();
    // In place only where nobody can come by its address any more (a count may find that out late),
    // and where the payload's offset does not depend on the address, which realloc would not
    // respect.
    if constexpr (Parts::Parties::keeps_the_dead) {
      blob = replaced(blob, size, site);
    } else {
      blob = sole && blob->alignment() == alignof(void*) ? reallocated(blob, size, site)
                                                         : replaced(blob, size, site);
    }
    if (size > old_size) std::memset(blob->data() + old_size, 0, size - old_size);
    return fresh(blob, site);
  }

  template <class V>
  Fresh<V> load(Global<V>& global, Site site = Site::here()) {
    return fresh(global.load(reclaimer_), site);
  }
  template <class V>
  void store(Global<V>& global, const Local<V>& value) {
    drop(global.exchange(retained(value.get())));
  }
  template <class V>
  void store(Global<V>& global, std::nullptr_t) {
    drop(global.exchange(static_cast<V*>(nullptr)));
  }
  template <class V>
  Fresh<V> exchange(Global<V>& global, Fresh<V> value, Site site = Site::here()) {
    return fresh(global.exchange(value.take()), site);
  }
  using SlotOperations::load;
  using SlotOperations::store;
  using WeakOperations::load;

  void poll() {
    safepoint();
    if (reclaimer_.has_put_off()) [[unlikely]] {
      reclaimer_.go_on(stops_);
    }
    if (heap_.stress().collect_at_each_poll) [[unlikely]] {
      collect_now();
    }
  }
  /// Reclaims every unreachable cycle where the model collects any.
  void collect() {
    safepoint();
    collect_now();
  }
  /// f touches no heap object: others may run meanwhile.
  template <class F>
  decltype(auto) blocking(F&& f) {
    pass_safepoint();
    return locking_.without(std::forward<F>(f));
  }
  /// The address of a blob's payload stays the same while the pin lives: here it always does. The
  /// pin owns a reference, so that resize notices it.
  std::byte* pin(const Local<Blob>& blob) {
    safepoint();
    return retained(blob.get())->data();
  }
  void unpin(const Local<Blob>& blob) {
    Blob* object = blob.get();
    safepoint();
    drop(object);
  }

  Heap& heap() { return heap_; }
  std::uint32_t thread() const { return thread_; }
  StopLog& stops() { return stops_; }
  parts::MonitorTable& monitors() { return heap_.monitors(); }

  /// For the handles: gives up a reference.
  template <class T>
  [[gnu::always_inline]] void drop(T* object) {
    if (object != nullptr && reclaimer_.release(object)) bury(this, object);
  }

  /// For Operations.
  template <class O, class V>
  Fresh<V> read(O* owner, Field<V>& field, Site site) {
    V*& slot = parts::Access::slot(field);
    if constexpr (Header::Count::guards_fields) {
      return fresh(owner->count.load_retained(slot), site);
    } else {
      return fresh(retained(Parts::Parties::held(slot)), site);
    }
  }
  template <class O, class V>
  void write(O* owner, Field<V>& field, const Local<V>& value) {
    replace(owner, field, retained(value.get()));
  }
  template <class O, class V>
  void write(O* owner, Field<V>& field, Fresh<V> value) {
    replace(owner, field, value.take());
  }
  template <class O, class V>
  void write(O* owner, Field<V>& field, std::nullptr_t) {
    replace(owner, field, static_cast<V*>(nullptr));
  }

  /// For CellReferences.
  template <class T>
  Fresh<T> fresh(T* object, Site site) {
    return {object, *this, FreshStamp{epoch_, site}};
  }
  template <class T>
  bool keep(T* object) {
    return reclaimer_.try_retain(object);
  }
  void* allocate_cell(std::size_t bytes) { return reclaimer_.memory().allocate(bytes); }
  void release_cell(void* cell) { reclaimer_.memory().release(cell); }

 private:
  template <class T>
  [[gnu::always_inline]] T* retained(T* object) {
    if (object != nullptr) reclaimer_.retain(object);
    return object;
  }
  /// Out of line when there is something to give up, for most stores fill a new object's fields and
  /// should be no more than that wherever they stand.
  template <class O, class V>
  [[gnu::always_inline]] void replace(O* owner, Field<V>& field, V* value) {
    V*& slot = parts::Access::slot(field);
    V* old = nullptr;
    if constexpr (Header::Count::guards_fields) {
      old = owner->count.exchange(slot, value);
    } else {
      old = Parts::Parties::exchange(slot, value);
    }
    if (old != nullptr) give_up(this, old);
  }
  template <class V>
  [[gnu::noinline]] static void give_up(Mutator* self, V* object) {
    self->drop(object);
  }
  template <class T>
  Fresh<T> made(T* object, Site site) {
    reclaimer_.made(object);
    reclaimer_.note_site(object, site);
    return fresh(object, site);
  }

  Blob* reallocated(Blob* blob, std::size_t size, Site site) {
    const std::size_t old_size = blob->size();
    const std::size_t alignment = blob->alignment();
    reclaimer_.counting().template on_reclaim<Blob>(old_size);
    reclaimer_.forget_site(blob);
    reclaimer_.counting().template on_make<Blob>(size);
    blob = static_cast<Blob*>(reclaimer_.memory().reallocate(
        blob, Blob::size_for(old_size, alignment), Blob::size_for(size, alignment)));
    blob->set_size(size, alignment);
    reclaimer_.note_site(blob, site);
    return blob;
  }
  Blob* replaced(Blob* blob, std::size_t size, Site site) {
    const std::size_t alignment = blob->alignment();
    auto* other = new (reclaimer_.template allocate<Blob>(Blob::size_for(size, alignment))) Blob;
    other->set_size(size, alignment);
    reclaimer_.made(other);
    reclaimer_.note_site(other, site);
    std::memcpy(other->data(), blob->data(), std::min(blob->size(), size));
    drop(blob);
    return other;
  }

  template <class T>
  [[gnu::noinline]] static void bury(Mutator* self, T* object) {
    self->reclaimer_.bury(object, &self->stops_);
  }

  template <class T>
  void discard_object(T* object, Site site) {
    if (object == nullptr) return;
    if constexpr (checked) {
      if constexpr (T::is_weakly_referenced) reclaimer_.clear_weak_references(object);
      object->set_discarded(site);
      if (dies_at_once() && !reclaimer_.is_sole(object)) {
        heap_.audit().on_discard(thread_, object, site);
        discarded_ = true;
      }
    }
    drop(object);
  }

  /// Whether an object dies as soon as it can be said of it that nothing reaches it.
  bool dies_at_once() const { return !Parts::Parties::finds_late && heap_.free_at_most() == 0; }

  /// What every safepoint does to the laws' books.
  void pass_safepoint() {
    epoch_.pass();
    if constexpr (checked) {
      if (std::exchange(discarded_, false)) heap_.audit().at_safepoint(thread_);
    }
  }
  void safepoint() {
    pass_safepoint();
    if (locking_.yields_now()) [[unlikely]] {
      locking_.yield();
    }
    if (reclaimer_.has_mail()) [[unlikely]] {
      reclaimer_.read_mail(stops_);
    }
  }
  template <class T>
  void before_make() {
    safepoint();
    if (reclaimer_.has_put_off()) [[unlikely]] {
      reclaimer_.go_on(stops_);
    }
    heap_.cycles().template before_make<T>(reclaimer_, locking_);
    if constexpr (Parts::Cycles::collects) {
      if (heap_.stress().collect_every_nth_make != 0) [[unlikely]] {
        if (++makes_ % heap_.stress().collect_every_nth_make == 0) collect_now();
      }
    }
  }
  void collect_now() {
    heap_.release_orphans(reclaimer_);
    reclaimer_.catch_up(stops_);  // what waits to be taken apart may hold on to a cycle
    if constexpr (Parts::Cycles::collects) {
      locking_.alone(StopCause::cycle_gc, [this] { heap_.cycles().collect(reclaimer_); });
    }
    reclaimer_.catch_up(stops_);
  }

  Heap& heap_;
  const std::uint32_t thread_;
  SafepointEpoch epoch_;
  StopLog stops_;
  typename Parts::Reclaimer reclaimer_;
  typename Parts::Locking::OfMutator locking_;
  std::uint64_t makes_ = 0;
  bool discarded_ = false;
};

}  // namespace reclaim::rc
