// The audit of a Fresh: in checked builds each Fresh is stamped with the safepoint epoch of its
// mutator and with the place that asked for it. Using it after a later safepoint is a forgotten
// root, and is an error at the line that made it, on every model, not a crash later on the ones
// that move. In unchecked builds the stamp is empty.
#pragma once

#include <cstdint>

#include "base/assert.h"

namespace reclaim {

/// Counts the safepoints that a mutator has passed (make, poll, blocking, wait, collect). Written
/// by its own thread only.
class SafepointEpoch {
 public:
  void pass() {
    if constexpr (checked) ++value_;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

template <bool = checked>
class BasicFreshStamp {
 public:
  constexpr BasicFreshStamp() = default;
  BasicFreshStamp(const SafepointEpoch&, Site) {}
  void verify() const {}
};

template <>
class BasicFreshStamp<true> {
 public:
  constexpr BasicFreshStamp() = default;
  BasicFreshStamp(const SafepointEpoch& epoch, Site site)
      : epoch_(&epoch), at_(epoch.value()), site_(site) {}
  void verify() const {
    if (epoch_ != nullptr && epoch_->value() != at_) {
      violation("a Fresh dies at the next safepoint", "used after one; root it in a Local", site_);
    }
  }

 private:
  const SafepointEpoch* epoch_ = nullptr;
  std::uint64_t at_ = 0;
  Site site_;
};

using FreshStamp = BasicFreshStamp<>;

}  // namespace reclaim
