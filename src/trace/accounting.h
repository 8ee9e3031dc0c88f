// Which objects live and how large they are, by id, and the totals that follow. Ids only grow, so a
// page of sizes is dropped when all its objects are dead: memory follows the live set, not the
// trace.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/mapping.h"
#include "trace/format.h"

namespace reclaim::trace {

/// Shared by writer and reader, so that both count by the same rules.
class Accounting {
 public:
  /// Returns the new object's id.
  std::uint64_t make(std::uint64_t size) {
    const std::uint64_t id = totals_.objects++;
    if (id % page_objects == 0) pages_.emplace_back().sizes.emplace(page_objects);
    (*pages_.back().sizes)[id % page_objects] = size + 1;
    ++pages_.back().live;
    ++totals_.events;
    totals_.made_bytes += size;
    ++totals_.live_objects;
    totals_.live_bytes += size;
    note_peak();
    return id;
  }

  bool is_live(std::uint64_t id) const {
    if (id >= totals_.objects) return false;
    const Page& page = pages_[id / page_objects];
    return page.sizes && (*page.sizes)[id % page_objects] != 0;
  }

  /// Bytes of a live object.
  std::uint64_t size_of(std::uint64_t id) const {
    return (*pages_[id / page_objects].sizes)[id % page_objects] - 1;
  }

  void resize(std::uint64_t id, std::uint64_t size) {
    std::uint64_t& entry = (*pages_[id / page_objects].sizes)[id % page_objects];
    totals_.live_bytes += size - (entry - 1);
    entry = size + 1;
    ++totals_.events;
    ++totals_.resizes;
    totals_.resized_bytes += size;
    note_peak();
  }

  void free(std::uint64_t id) {
    Page& page = pages_[id / page_objects];
    std::uint64_t& entry = (*page.sizes)[id % page_objects];
    ++totals_.events;
    ++totals_.frees;
    --totals_.live_objects;
    totals_.live_bytes -= entry - 1;
    entry = 0;
    if (--page.live == 0 && id / page_objects + 1 < pages_.size()) page.sizes.reset();
  }

  Totals& totals() { return totals_; }
  const Totals& totals() const { return totals_; }

 private:
  static constexpr std::uint64_t page_objects = 4096;
  struct Page {
    std::optional<MappedArray<std::uint64_t>> sizes;  // size + 1; 0: dead. None: all are dead
    std::uint32_t live = 0;
  };

  void note_peak() {
    totals_.peak_live_bytes = std::max(totals_.peak_live_bytes, totals_.live_bytes);
    totals_.peak_live_objects = std::max(totals_.peak_live_objects, totals_.live_objects);
  }

  std::vector<Page> pages_;
  Totals totals_;
};

}  // namespace reclaim::trace
