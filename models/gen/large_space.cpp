#include "models/gen/large_space.h"

#include <algorithm>

#include "base/assert.h"
#include "models/gen/block.h"
#include "models/gen/scribble.h"

namespace reclaim::gen {

namespace {
constexpr std::size_t commit_step = std::size_t{4} << 20;
}

LargeSpace::LargeSpace(std::byte* base, std::size_t bytes)
    : base_(base),
      bytes_(bytes),
      memory_(base, bytes, commit_step),
      runs_(bytes / page_bytes),
      chunk_marks_(bytes >> chunk_shift),
      young_(bytes / small_bytes_most + 1),
      old_(bytes / small_bytes_most + 1) {}

std::size_t LargeSpace::join(std::size_t page) {
  Entry entry = runs_[page];
  std::size_t length = entry & pages_mask;
  while (page + length < end_page_) {
    const Entry next = runs_[page + length];
    // A clean run joins only clean ones: its pages are known to be zero and hold no memory.
    if ((next & in_use) != 0 || (next & dirty) != (entry & dirty)) break;
    length += next & pages_mask;
  }
  runs_[page] = (entry & dirty) | static_cast<Entry>(length);
  if (cursor_ > page && cursor_ < page + length) cursor_ = page;  // always the start of a run
  return length;
}

LargeSpace::Run LargeSpace::take(std::size_t page, std::size_t run_pages, std::size_t pages) {
  const Entry kind = runs_[page] & dirty;
  if (run_pages > pages) runs_[page + pages] = kind | static_cast<Entry>(run_pages - pages);
  runs_[page] = in_use | static_cast<Entry>(pages);
  if (kind != 0) dirty_pages_ -= pages;
  used_pages_ += pages;
  most_used_pages_ = std::max(most_used_pages_, used_pages_);
  cursor_ = page + pages;
  return {base_ + page * page_bytes, kind != 0};
}

LargeSpace::Run LargeSpace::allocate(std::size_t bytes) {
  const std::size_t pages = rounded(bytes) / page_bytes;
  if (pages > bytes_ / page_bytes) return {};
  if (const Run run = find(pages); run.begin != nullptr) return run;
  if (const Run run = extend(pages); run.begin != nullptr) return run;
  release_free();  // clean and dirty neighbours can be joined now
  return find(pages);
}

LargeSpace::Run LargeSpace::find(std::size_t pages) {
  for (int lap = 0; lap < 2; ++lap) {
    const std::size_t from = lap == 0 ? cursor_ : 0;
    const std::size_t to = lap == 0 ? end_page_ : cursor_;
    for (std::size_t page = from; page < to;) {
      if ((runs_[page] & in_use) != 0) {
        page += runs_[page] & pages_mask;
        continue;
      }
      const std::size_t length = join(page);
      if (length >= pages) return take(page, length, pages);
      page += length;
    }
  }
  return {};
}

LargeSpace::Run LargeSpace::extend(std::size_t pages) {
  if (end_page_ + pages > bytes_ / page_bytes) return {};
  if (!memory_.reach((end_page_ + pages) * page_bytes)) return {};
  runs_.reach(end_page_ + pages);
  chunk_marks_.reach(((end_page_ + pages) * page_bytes) >> chunk_shift);
  const std::size_t page = end_page_;
  end_page_ += pages;
  runs_[page] = static_cast<Entry>(pages);
  return take(page, pages, pages);
}

void LargeSpace::free(Object* object) {
  const std::size_t page = page_of(object);
  const std::size_t pages = runs_[page] & pages_mask;
  runs_[page] = dirty | static_cast<Entry>(pages);
  used_pages_ -= pages;
  dirty_pages_ += pages;
  if constexpr (checked) {
    scribble(reinterpret_cast<std::byte*>(object), pages * page_bytes);
  }
}

void LargeSpace::release_free() {
  for (std::size_t page = 0; page < end_page_; page += runs_[page] & pages_mask) {
    if ((runs_[page] & in_use) != 0) continue;
    const std::size_t length = join(page);
    if ((runs_[page] & dirty) == 0) continue;
    release_pages(base_ + page * page_bytes, length * page_bytes);
    runs_[page] = static_cast<Entry>(length);
    dirty_pages_ -= length;
  }
}

}  // namespace reclaim::gen
