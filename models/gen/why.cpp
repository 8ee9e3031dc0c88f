// Why objects are alive: with the world stopped, a walk from the roots over all spaces.
#include "boundary/why.h"

#include <utility>

#include "models/gen/heap.h"
#include "models/parts/why_walk.h"

namespace reclaim::gen {

namespace {

const TypeInfo& type_of_object(const void* object) {
  return type_info_of(static_cast<const Object*>(object));
}

/// The values of reached ephemerons whose keys are reached, and what they lead to. False: there
/// were no more.
bool follow_ephemerons(parts::WhyWalk& walk) {
  const std::uint32_t before = walk.reached().size();
  for (std::uint32_t n = 0; n < before; ++n) {
    const void* object = walk.reached()[n];
    if (type_of_object(object).role != Role::ephemeron) continue;
    const auto* ephemeron = static_cast<const AnyEphemeron*>(static_cast<const Object*>(object));
    const bool keeps = ephemeron->value != nullptr &&
                       walk.reached().find(ephemeron->key) != parts::ObjectNumbers::none;
    if (keeps) walk.refer(n, parts::value_slot, ephemeron->value);
  }
  walk.run();
  return walk.reached().size() != before;
}

std::uint64_t bytes_of(const std::vector<WhyAlive>& all) {
  std::uint64_t bytes = 0;
  for (const WhyAlive& why : all) bytes += why.bytes;
  return bytes;
}

}  // namespace

std::vector<WhyAlive> Heap::why_reached() {
  parts::WhyWalk walk{&type_of_object};
  globals_.for_each([&](Object** slot) { walk.keep(*slot, KeptBy::root, "Global"); });
  for (const auto& [blob, pins] : pins_) walk.keep(blob, KeptBy::root, "pin");
  for (const MutatorCore* m : safepoints_.mutators()) {
    m->for_each_root([&](Object** root) { walk.keep(*root, KeptBy::root, "Local"); });
  }
  walk.run();
  while (follow_ephemerons(walk)) {
  }
  return walk.result();
}

std::vector<WhyAlive> Heap::why_alive(MutatorCore& self) {
  while (!safepoints_.stop_the_world(&self)) {
  }
  std::vector<WhyAlive> most = why_reached();
  if (bytes_of(most) < bytes_of(fullest_)) most = fullest_;
  safepoints_.resume_the_world();
  return most;
}

/// A walk takes much longer than a collection: so only when a tenth more is in use than the last
/// time, which is seldom. What a minor collection leaves in use may be garbage, promoted and not
/// yet found: it says nothing about what a major one leaves.
void Heap::watch_what_is_alive() {
  const std::size_t used =
      ((old_.used_blocks() + nursery_.used_blocks()) << block_shift) + large_.used_bytes();
  std::size_t& watched = account_.major ? watched_major_ : watched_minor_;
  if (used <= watched + watched / 10) return;
  watched = used;
  std::vector<WhyAlive> now = why_reached();
  if (bytes_of(now) > bytes_of(fullest_)) fullest_ = std::move(now);
}

}  // namespace reclaim::gen
