// A record on its way out and where the answer goes: pinned payloads, for nobody may touch the heap
// while it waits.
#pragma once

#include <cstddef>

namespace reclaim::kernels {

struct Exchange {
  const std::byte* from;
  std::byte* to;
};

}  // namespace reclaim::kernels
