// Random traces of several threads, and what a replay of one must come to, computed without one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "base/rng.h"
#include "trace/reader.h"
#include "trace/writer.h"

namespace reclaim::trace {

/// Threads start and end; half of the objects end on another thread than made them.
inline void write_threaded_trace(const std::string& path, std::uint64_t seed, int events,
                                 std::uint32_t most_threads = 6) {
  Rng rng(seed);
  Writer writer(path, Header{{"random"}, 0, 1, false});
  std::vector<std::uint32_t> alive = {0};
  std::vector<std::pair<std::uint64_t, std::uint32_t>> live;  // object, maker
  for (int i = 0; i < events; ++i) {
    const std::uint32_t thread = alive[rng.below(alive.size())];
    const std::uint64_t choice = rng.below(1000);
    if (choice < 4 && alive.size() < most_threads) {
      alive.push_back(writer.start_thread(thread));
    } else if (choice < 6 && thread != 0) {
      writer.end_thread(thread);
      alive.erase(std::find(alive.begin(), alive.end(), thread));
    } else if (choice < 520 || live.empty()) {
      const std::uint64_t alignment = choice % 16 == 0 ? std::uint64_t{16} << rng.below(4) : 0;
      const std::uint64_t size = rng.below(std::uint64_t{1} << rng.below(10));
      live.emplace_back(writer.make(thread, Way::malloc, size, alignment), thread);
    } else {
      const std::size_t which = rng.below(live.size());
      const auto [object, maker] = live[which];
      const bool maker_lives = std::find(alive.begin(), alive.end(), maker) != alive.end();
      const std::uint32_t user = maker_lives && rng.below(2) == 0 ? maker : thread;
      if (choice < 600) {
        writer.resize(user, object, rng.below(300));
      } else {
        writer.free(user, object);
        live[which] = live.back();
        live.pop_back();
      }
    }
  }
  for (const std::uint32_t thread : alive) writer.end_thread(thread);
  writer.finish();
}

/// The checksum that every replay of the trace has, by the definition: each object's pattern is
/// folded at its last use, and what is kept of it at each resize.
inline std::uint64_t expected_checksum(const std::string& path, std::uint64_t seed) {
  struct Object {
    std::uint64_t bytes = 0;  // the first up to eight
    std::uint64_t size = 0;
    bool live = false;
  };
  const auto first = [](std::uint64_t value, std::uint64_t size) {
    return size >= 8 ? value : value & ((std::uint64_t{1} << (8 * size)) - 1);
  };
  std::vector<Object> objects;
  std::uint64_t checksum = 0;
  Reader reader(path);
  Event event{};
  while (reader.next(event)) {
    if (event.kind == EventKind::make) {
      objects.push_back({first(pattern(seed, event.object), event.size), event.size, true});
    } else if (event.kind == EventKind::resize) {
      Object& object = objects[event.object];
      checksum += mix(first(object.bytes, std::min(object.size, event.size)) + event.size);
      object = {first(pattern(seed, object.size + event.size), event.size), event.size, true};
    } else if (event.kind == EventKind::free) {
      Object& object = objects[event.object];
      checksum += mix(object.bytes + object.size);
      object.live = false;
    }
  }
  for (const Object& object : objects) {
    if (object.live) checksum += mix(object.bytes + object.size);
  }
  return checksum;
}

}  // namespace reclaim::trace
