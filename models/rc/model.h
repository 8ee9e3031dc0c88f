// A model whose objects are counted, composed from
//   Counting  Counted or Uncounted (boundary/census.h)
//   Count     how a reference is counted (counts.h, biased_count.h, locked_count.h, racy_count.h)
//   Locking   who may run (locking.h)
//   Cycles    what becomes of unreachable cycles (cycles.h)
// Siblings differ in one word of this sentence.
#pragma once

#include "models/parts/cell_references.h"
#include "models/parts/layout.h"
#include "models/rc/counts.h"
#include "models/rc/cycles.h"
#include "models/rc/discard_audit.h"
#include "models/rc/handles.h"
#include "models/rc/header.h"
#include "models/rc/heap.h"
#include "models/rc/locking.h"
#include "models/rc/mutator.h"
#include "models/rc/reclaimer.h"

namespace reclaim::rc {

template <class Counting, class Count, class Locking, class Cycles>
struct Model;

/// The policies, and what they make of each other.
template <class CountingPolicy, class CountPolicy, class LockingPolicy, class CyclesPolicy>
struct Parts {
  using Types = Model<CountingPolicy, CountPolicy, LockingPolicy, CyclesPolicy>;
  using Counting = CountingPolicy;
  using Locking = LockingPolicy;
  using Header = rc::Header<CountPolicy>;
  using Parties = typename CountPolicy::template Parties<Header>;
  using Cycles = typename CyclesPolicy::template Collector<Header>;
  using Cell = parts::WeakCell<typename Locking::Slot>;
  using Reclaimer = rc::Reclaimer<Counting, parts::Layout<Header>, Header, Parties, Cycles, Cell>;
};

/// The types that a workload sees: the model adds its traits.
template <class Counting, class Count, class Locking, class Cycles>
struct Model : parts::Layout<Header<Count>> {
  using Parts = rc::Parts<Counting, Count, Locking, Cycles>;
  using Heap = rc::Heap<Parts>;
  using Mutator = rc::Mutator<Parts>;
  template <class T>
  using Fresh = rc::Fresh<T, Mutator>;
  template <class T>
  using Local = rc::Local<T, Mutator>;
  template <class T>
  using Global = rc::Global<T, Parts>;
  using Cell = typename Parts::Cell;
  template <class T>
  using Weak = parts::CellWeak<parts::Layout<Header<Count>>, Cell, T>;
  template <class K, class V>
  using Ephemeron = parts::CellEphemeron<parts::Layout<Header<Count>>, Cell, K, V>;
};

}  // namespace reclaim::rc
