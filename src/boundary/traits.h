// What a model says of itself. Every trait has a default: a model states only how it differs.
// The values are constants, so `if constexpr (M::traits.moves)` folds away.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/assert.h"
#include "boundary/stops.h"

namespace reclaim {

/// A set of causes. A model names those that it would see: where none happened, none is a finding;
/// the others (the inside of malloc) cannot be seen.
struct StopCauses {
  constexpr StopCauses() = default;
  constexpr StopCauses(std::initializer_list<StopCause> causes) {
    for (const StopCause cause : causes) bits |= 1u << static_cast<unsigned>(cause);
  }
  constexpr bool has(StopCause cause) const {
    return (bits >> static_cast<unsigned>(cause) & 1u) != 0;
  }
  unsigned bits = 0;
};

struct ModelTraits {
  std::string_view id;             ///< e.g. "rc-gil"; unique
  std::string_view like;           ///< the language or runtime that does it this way
  std::string_view summary;        ///< one sentence for people
  std::string_view counts = {};    ///< how references are counted: "plain", "atomic"; empty: not
  bool uses_malloc = false;        ///< takes `:allocator`, bound per process by preload
  bool has_heap_limit = false;     ///< honours HeapOptions::limit_bytes
  bool explains = false;           ///< honours HeapOptions::explain_descriptor
  bool tells_why = false;          ///< its heap says why objects are alive (why.h)
  bool tells_sites = false;        ///< counts by site when asked to (sites.h)
  bool reclaims = true;            ///< false: what lives at the end is "unreclaimed", not "leaked"
  bool collects_cycles = false;    ///< unreachable cycles are reclaimed, at the latest by collect()
  bool traces_ephemerons = false;  ///< a value that reaches its own key keeps neither alive
  bool wants_discard = false;  ///< acts on discard(); the others only audit it in checked builds
  bool finds_late = false;     ///< what another than its maker gives up last dies late: no audit
  bool loses_updates =
      false;             ///< counts may come out wrong as soon as two mutators share an object
  bool moves = false;    ///< addresses change at safepoints
  StopCauses stops{};    ///< causes that it records whenever they occur
  bool parallel = true;  ///< mutators run at the same time (false under a GIL)
};

/// Whether workloads have to walk what they give up: true for models that free by hand, and in
/// checked builds for every model, so that the promises are audited.
template <class M>
inline constexpr bool discards = M::traits.wants_discard || checked;

}  // namespace reclaim
