// The allocators' own functions are found by name in whatever was preloaded: nothing is linked.
#include "cells/giving_back.h"

#include <dlfcn.h>
#include <malloc.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <thread>

#include "measure/rss.h"

namespace reclaim::cells {

namespace {

template <class Function>
Function* preloaded(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

using MallocControl = int(const char*, void*, std::size_t*, void*, std::size_t);

/// What it does not use any more it retains, so the sum never falls.
std::optional<std::uint64_t> all_mapped_by_jemalloc(MallocControl& control) {
  std::uint64_t epoch = 1;  // makes the numbers new
  control("epoch", nullptr, nullptr, &epoch, sizeof epoch);
  std::size_t mapped = 0, retained = 0, bytes = sizeof mapped;
  if (control("stats.mapped", &mapped, &bytes, nullptr, 0) != 0) return std::nullopt;
  if (control("stats.retained", &retained, &bytes, nullptr, 0) != 0) return std::nullopt;
  return mapped + retained;
}

/// The number behind the last of these words in what malloc_info says: there it is that of all
/// arenas.
std::optional<std::uint64_t> last_number(std::string_view text, std::string_view words) {
  const std::size_t at = text.rfind(words);
  if (at == std::string_view::npos) return std::nullopt;
  const char* const begin = text.data() + at + words.size();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

/// Of what was mapped for single large objects glibc keeps no maximum: that is missing.
std::optional<std::uint64_t> most_held_by_glibc() {
  char* text = nullptr;
  std::size_t length = 0;
  std::FILE* const file = ::open_memstream(&text, &length);
  if (file == nullptr) return std::nullopt;
  const bool told = ::malloc_info(0, file) == 0;
  std::fclose(file);
  const std::unique_ptr<char, decltype(&std::free)> owner{text, &std::free};
  if (!told) return std::nullopt;
  return last_number({text, length}, "<system type=\"max\" size=\"");
}

}  // namespace

std::optional<std::uint64_t> most_held_bytes() {
  using ProcessInfo = void(std::size_t*, std::size_t*, std::size_t*, std::size_t*, std::size_t*,
                           std::size_t*, std::size_t*, std::size_t*);
  if (auto* info = preloaded<ProcessInfo>("mi_process_info"); info != nullptr) {
    std::size_t committed_most = 0;
    info(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, &committed_most, nullptr);
    if (committed_most != 0) return committed_most;
    return std::nullopt;
  }
  if (auto* control = preloaded<MallocControl>("mallctl"); control != nullptr) {
    return all_mapped_by_jemalloc(*control);
  }
  return most_held_by_glibc();
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
