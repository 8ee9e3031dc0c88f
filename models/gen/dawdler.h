// Stress: a worker that stops for a moment, at moments of its own, so that others run ahead of it
// in ways that they would not by themselves.
#pragma once

#include <cstdint>

#include "base/rng.h"
#include "base/spin.h"

namespace reclaim::gen {

class Dawdler {
 public:
  Dawdler(bool dawdles, unsigned worker) : dawdles_(dawdles), rng_(worker) {}
  void operator()() {
    if (!dawdles_) [[likely]]
      return;
    if (rng_.below(4) != 0) return;
    for (std::uint64_t i = rng_.below(20'000); i != 0; --i) spin_pause();
  }

 private:
  bool dawdles_;
  Rng rng_;
};

}  // namespace reclaim::gen
