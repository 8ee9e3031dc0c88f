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

/// Objects of the type may be referred to weakly: they may be the referent of a Weak and the key of
/// an Ephemeron. Models without a collector that would find such references embed a word.
struct WeaklyReferenced {};

/// identity_hash is asked of objects of the type. Models that move objects embed a word to keep it
/// in; elsewhere it follows from the address.
struct IdentityHashed {};

template <class Wanted, class... Options>
inline constexpr bool has_option = (__is_same(Wanted, Options) || ...);

}  // namespace reclaim
