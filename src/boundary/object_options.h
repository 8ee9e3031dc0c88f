// What a type may opt into: template <class M> struct Queue : M::template Object<Queue<M>,
// Monitored> {}; A type that opts into nothing pays for nothing.
#pragma once

namespace reclaim {

/// Objects of the type may be locked: synchronized, wait, notify. Models without a header word for
/// it embed one.
struct Monitored {};

/// Instances may be part of a reference cycle. Exempts them from the audit that a discarded
/// object's count is zero when the walk has ended; says nothing to models that trace.
struct Cyclic {};

template <class Wanted, class... Options>
inline constexpr bool has_option = (__is_same(Wanted, Options) || ...);

}  // namespace reclaim
