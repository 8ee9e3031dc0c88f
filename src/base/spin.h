// What a thread does between two looks at a word that another is about to change.
#pragma once

#include <atomic>

namespace reclaim {

inline void spin_pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace reclaim
