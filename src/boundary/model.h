// What a workload may ask of a model: the concept `Model`, joined from small themed parts at the
// end. The laws that types cannot express stand in README.md, numbered; conformance tests name
// them.
//
// A concept binds only the implementer: a workload that touched a raw pointer would pass it. So
// every workload is also compiled against the least type that satisfies it (archetype.h).
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "boundary/census.h"
#include "boundary/heap_options.h"
#include "boundary/object_options.h"
#include "boundary/stops.h"
#include "boundary/traits.h"

namespace reclaim {

namespace probe {

/// The types through which the concept looks at a model.
template <class M>
struct Node : M::template Object<Node<M>> {
  typename M::template Field<Node> next;
  std::int64_t key = 0;
  static constexpr auto refs() { return std::tuple{&Node::next}; }
};

template <class M>
struct Locked : M::template Object<Locked<M>, Monitored> {
  std::int64_t value = 0;
};

template <class M>
struct Watched : M::template Object<Watched<M>, WeaklyReferenced, IdentityHashed> {
  std::int64_t value = 0;
};

}  // namespace probe

/// A heap is a value: any number may exist, one after the other or side by side.
template <class M>
concept HasHeap = requires(typename M::Heap& heap, const HeapOptions& options) {
  typename M::Mutator;
  requires std::constructible_from<typename M::Heap, const HeapOptions&>;
  requires std::constructible_from<typename M::Mutator, typename M::Heap&>;  // attach; detach: RAII
  { heap.census() } -> std::same_as<Census>;
  { heap.stops() } -> std::convertible_to<const StopLog&>;
  { M::traits } -> std::convertible_to<const ModelTraits&>;
};

/// Local: rooted, a variable of its thread's functions, strictly LIFO. Fresh: a result on its way;
/// dies at the next safepoint.
template <class M, class N = probe::Node<M>>
concept HasHandles = requires(typename M::Mutator& m, const typename M::template Local<N>& local,
                              typename M::template Local<N>& target,
                              typename M::template Fresh<N> fresh) {
  requires std::constructible_from < typename M::template Local<N>,
  typename M::Mutator& > ;
  requires std::constructible_from < typename M::template Local<N>,
  typename M::Mutator&, typename M::template Fresh < N >> ;
  requires !std::copyable<typename M::template Local<N>>;
  requires !std::copyable<typename M::template Fresh<N>>;
  requires std::movable<typename M::template Fresh<N>>;
  {static_cast<bool>(local)};
  {static_cast<bool>(fresh)};
  { local == target } -> std::same_as<bool>;
  { local->key } -> std::convertible_to<std::int64_t>;
  { fresh->key } -> std::convertible_to<std::int64_t>;
  {static_cast<bool>(local->next)};
  target = std::move(fresh);
  target = nullptr;
};

template <class M, class N = probe::Node<M>>
concept Allocates = requires(typename M::Mutator& m, std::size_t n) {
  { m.template make<N>() } -> std::same_as<typename M::template Fresh<N>>;
  {
    m.template make_array<N>(n)
    } -> std::same_as<typename M::template Fresh<typename M::template Array<N>>>;
  { m.make_blob(n) } -> std::same_as<typename M::template Fresh<typename M::Blob>>;
  { m.make_blob(n, n) } -> std::same_as<typename M::template Fresh<typename M::Blob>>;
};

/// Owner, slot, value: enough for every barrier.
template <class M, class N = probe::Node<M>>
concept Accesses = requires(typename M::Mutator& m, const typename M::template Local<N>& owner,
                            typename M::template Field<N> N::*slot,
                            const typename M::template Local<N>& value,
                            typename M::template Fresh<N> fresh,
                            const typename M::template Local<typename M::template Array<N>>& array,
                            std::size_t i, typename M::template Local<N>& local) {
  { m.load(owner, slot) } -> std::same_as<typename M::template Fresh<N>>;
  { m.load(array, i) } -> std::same_as<typename M::template Fresh<N>>;
  m.store(owner, slot, value);
  m.store(owner, slot, std::move(fresh));
  m.store(owner, slot, nullptr);
  m.store(array, i, value);
  m.store(array, i, std::move(fresh));
  m.store(array, i, nullptr);
  { array->length() } -> std::same_as<std::size_t>;
  { m.copy(value) } -> std::same_as<typename M::template Fresh<N>>;
  { m.escape(local) } -> std::same_as<typename M::template Fresh<N>>;
  m.discard(local);
  m.discard(std::move(fresh));
};

template <class M>
concept HasBlobs = requires(typename M::Mutator& m,
                            typename M::template Local<typename M::Blob>& blob, std::size_t n) {
  { blob->data() } -> std::same_as<std::byte*>;
  { blob->size() } -> std::same_as<std::size_t>;
  { m.resize(blob, n) } -> std::same_as<typename M::template Fresh<typename M::Blob>>;
  { m.pin(blob) } -> std::same_as<std::byte*>;
  m.unpin(blob);
};

template <class M, class N = probe::Node<M>>
concept HasGlobals = requires(typename M::Mutator& m, typename M::template Global<N>& global,
                              const typename M::template Local<N>& value,
                              typename M::template Fresh<N> fresh) {
  requires std::constructible_from < typename M::template Global<N>,
  typename M::Heap& > ;
  { m.load(global) } -> std::same_as<typename M::template Fresh<N>>;
  m.store(global, value);
  m.store(global, nullptr);
  { m.exchange(global, std::move(fresh)) } -> std::same_as<typename M::template Fresh<N>>;
};

template <class M, class L = probe::Locked<M>>
concept HasMonitors = requires(typename M::Mutator& m, const typename M::template Local<L>& local,
                               int (*f)()) {
  { m.synchronized(local, f) } -> std::same_as<int>;
  m.wait(local);
  { m.wait_for(local, std::chrono::nanoseconds{1}) } -> std::same_as<bool>;
  m.notify(local);
  m.notify_all(local);
};

/// References that do not keep alive. Weak and Ephemeron are objects, as Array is.
template <class M, class W = probe::Watched<M>, class N = probe::Node<M>>
concept HasWeakReferences =
    requires(typename M::Mutator& m, const typename M::template Local<W>& key,
             const typename M::template Local<N>& value,
             typename M::template Local<typename M::template Weak<W>>& weak,
             typename M::template Local<typename M::template Ephemeron<W, N>>& ephemeron) {
  { m.make_weak(key) } -> std::same_as<typename M::template Fresh<typename M::template Weak<W>>>;
  { m.load(weak) } -> std::same_as<typename M::template Fresh<W>>;
  {
    m.make_ephemeron(key, value)
    } -> std::same_as<typename M::template Fresh<typename M::template Ephemeron<W, N>>>;
  { m.load_key(ephemeron) } -> std::same_as<typename M::template Fresh<W>>;
  { m.load_value(ephemeron) } -> std::same_as<typename M::template Fresh<N>>;
  { m.identity_hash(key) } -> std::same_as<std::uint64_t>;
  m.discard(weak);
  m.discard(ephemeron);
};

template <class M>
concept HasSafepoints = requires(typename M::Mutator& m, int (*f)()) {
  m.poll();
  m.collect();
  { m.blocking(f) } -> std::same_as<int>;
  { m.heap() } -> std::same_as<typename M::Heap&>;
};

template <class M>
concept Model = HasHeap<M> && HasHandles<M> && Allocates<M> && Accesses<M> && HasBlobs<M> &&
    HasGlobals<M> && HasMonitors<M> && HasWeakReferences<M> && HasSafepoints<M>;

}  // namespace reclaim
