#include "models/gen/weak.h"

#include <cstring>
#include <utility>

namespace reclaim::gen {

std::vector<Object*> WeakTable::take(List& list, bool major) {
  std::vector<Object*> entries = std::exchange(list.young, {});
  if (major) {
    entries.insert(entries.end(), list.old.begin(), list.old.end());
    list.old.clear();
  }
  return entries;
}

void WeakTable::after_tracing(WeakTracing& tracing, bool major) {
  keep_values(tracing, major);
  clear_weaks(tracing, major);
  find_dead(tracing, major);
}

void WeakTable::keep_values(WeakTracing& tracing, bool major) {
  std::vector<Object*> waiting = take(ephemerons_, major);
  const auto is_settled = [&](Object* entry) {
    auto* const ephemeron = static_cast<AnyEphemeron*>(tracing.survivor(entry));
    if (ephemeron == nullptr) return false;
    Object* const key = tracing.survivor(ephemeron->key);
    if (key == nullptr) return false;
    ephemeron->key = key;
    tracing.keep(&ephemeron->value);
    const bool young =
        tracing.is_young(ephemeron) || tracing.is_young(key) || tracing.is_young(ephemeron->value);
    (young ? ephemerons_.young : ephemerons_.old).push_back(ephemeron);
    return true;
  };
  for (bool again = true; again;) {
    const std::size_t settled = std::erase_if(waiting, is_settled);
    if (settled != 0) tracing.drain();
    again = settled != 0;
  }
  for (Object* entry : waiting) {
    auto* const ephemeron = static_cast<AnyEphemeron*>(tracing.survivor(entry));
    if (ephemeron != nullptr) ephemeron->key = ephemeron->value = nullptr;
  }
}

void WeakTable::clear_weaks(WeakTracing& tracing, bool major) {
  for (Object* entry : take(weaks_, major)) {
    auto* const weak = static_cast<AnyWeak*>(tracing.survivor(entry));
    if (weak == nullptr) continue;
    weak->referent = tracing.survivor(weak->referent);
    if (weak->referent == nullptr) continue;
    const bool young = tracing.is_young(weak) || tracing.is_young(weak->referent);
    (young ? weaks_.young : weaks_.old).push_back(weak);
  }
}

void WeakTable::find_dead(WeakTracing& tracing, bool major) {
  for (Object* entry : take(hooked_, major)) {
    if (Object* const object = tracing.survivor(entry)) {
      (tracing.is_young(object) ? hooked_.young : hooked_.old).push_back(object);
      continue;
    }
    const ReclaimHook& hook = type_info_of(entry).reclaim_hook;
    Told told{hook.call, {}};
    std::memcpy(told.data, reinterpret_cast<const std::byte*>(entry) + hook.data_offset,
                hook.data_bytes);
    const std::lock_guard lock(told_mutex_);
    told_.push_back(told);
  }
}

void WeakTable::call_hooks() {
  std::vector<Told> told;
  {
    const std::lock_guard lock(told_mutex_);
    told.swap(told_);
  }
  for (const Told& one : told) one.hook(one.data);
}

std::size_t WeakTable::metadata_bytes() const {
  std::size_t entries = 0;
  for (const List* list : {&weaks_, &ephemerons_, &hooked_}) {
    entries += list->young.capacity() + list->old.capacity();
  }
  return entries * sizeof(Object*) + told_.capacity() * sizeof(Told);
}

}  // namespace reclaim::gen
