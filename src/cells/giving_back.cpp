// The allocators' own functions are found by name in whatever was preloaded: nothing is linked.
#include "cells/giving_back.h"

#include <dlfcn.h>
#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <thread>

#include "measure/rss.h"

namespace reclaim::cells {

namespace {

template <class Function>
Function* preloaded(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

using MallocControl = int(const char*, void*, std::size_t*, void*, std::size_t);

}  // namespace

std::optional<std::uint64_t> most_held_bytes() {
  using ProcessInfo = void(std::size_t*, std::size_t*, std::size_t*, std::size_t*, std::size_t*,
                           std::size_t*, std::size_t*, std::size_t*);
  if (auto* info = preloaded<ProcessInfo>("mi_process_info"); info != nullptr) {
    std::size_t committed_most = 0;
    info(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, &committed_most, nullptr);
    if (committed_most != 0) return committed_most;
  }
  return std::nullopt;
}

void purge() {
  if (auto* collect = preloaded<void(bool)>("mi_collect"); collect != nullptr) {
    collect(true);
  } else if (auto* control = preloaded<MallocControl>("mallctl"); control != nullptr) {
    control("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: MALLCTL_ARENAS_ALL
  } else {
    ::malloc_trim(0);
  }
}

GivingBack give_back(bool settles) {
  GivingBack result;
  const auto begin = std::chrono::steady_clock::now();
  if (settles) {
    for (const double seconds : {0.1, 1.0, 5.0}) {
      std::this_thread::sleep_until(begin + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                                std::chrono::duration<double>(seconds)));
      result.after_s.emplace_back(seconds, measure::resident_bytes());
    }
  }
  purge();
  result.after_purge_bytes = measure::resident_bytes();
  return result;
}

}  // namespace reclaim::cells
