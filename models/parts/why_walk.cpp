#include "models/parts/why_walk.h"

#include <algorithm>
#include <map>
#include <utility>

#include "models/parts/layout.h"

namespace reclaim::parts {

namespace {

/// The last word of what precedes an array's elements or a blob's bytes (layout.h).
std::uint64_t last_head_word(const TypeInfo& type, const void* object) {
  const auto* end = static_cast<const std::byte*>(object) + type.head_bytes;
  return *reinterpret_cast<const std::uint64_t*>(end - sizeof(std::uint64_t));
}

std::uint64_t asked_bytes(const TypeInfo& type, const void* object) {
  switch (type.shape) {
    case Shape::record:
      return type.asked_bytes;
    case Shape::array:
      return last_head_word(type, object) * sizeof(void*);
    case Shape::blob:
      return last_head_word(type, object) & blob_size_mask;
  }
  return 0;
}

/// Calls f(slot, object) for each reference that is not null.
template <class F>
void for_each_reference(const TypeInfo& type, const void* object, F&& f) {
  const std::size_t length = type.shape == Shape::array ? last_head_word(type, object) : 0;
  std::uint32_t slot = 0;
  for_each_slot(type, const_cast<void*>(object), length, [&](void** reference) {
    if (*reference != nullptr) f(slot, *reference);
    ++slot;
  });
}

/// Of a long way both ends.
std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t first = 4, last = 2;
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) text += " → ";
    if (i == first && names.size() > first + last + 1) {
      const std::size_t left_out = names.size() - first - last;
      text += "… " + std::to_string(left_out) + " more … → ";
      i += left_out;
    }
    text += names[i];
  }
  return text;
}

}  // namespace

void WhyWalk::keep(const void* object, KeptBy by, std::string_view name) {
  if (object == nullptr || !reached_.add(object).second) return;
  const auto keeper = static_cast<std::uint32_t>(keepers_.size());
  keepers_.push_back({by, name});
  steps_.push_back({ObjectNumbers::none, 0, by == KeptBy::root ? 1u : 0u, keeper});
}

void WhyWalk::keep_ring(const void* object) {
  const std::uint32_t first = reached_.size();
  keep(object, KeptBy::ring, "ring");
  run();
  Keeper& keeper = keepers_.back();
  for (std::uint32_t n = first; n < reached_.size() && keeper.last == ObjectNumbers::none; ++n) {
    for_each_reference(type_of_(reached_[n]), reached_[n], [&](std::uint32_t slot, void* to) {
      if (to != object || keeper.last != ObjectNumbers::none) return;
      keeper.last = n;
      keeper.slot = slot;
    });
  }
}

void WhyWalk::refer(std::uint32_t from, std::uint32_t slot, const void* to) {
  if (!reached_.add(to).second) return;
  steps_.push_back({from, slot, steps_[from].distance + 1, steps_[from].keeper});
}

void WhyWalk::run() {
  for (; next_ < reached_.size(); ++next_) {
    const void* object = reached_[next_];
    for_each_reference(type_of_(object), object,
                       [this](std::uint32_t slot, void* to) { refer(next_, slot, to); });
  }
}

std::string WhyWalk::leading_on(std::uint32_t number, std::uint32_t slot) const {
  const TypeInfo& type = type_of_(reached_[number]);
  std::string name(type.name);
  if (type.shape == Shape::array) return name + '[' + std::to_string(slot) + ']';
  return name + '.' + (slot == value_slot ? "value" : std::to_string(slot));
}

std::string WhyWalk::path_to(std::uint32_t number) const {
  const Keeper& keeper = keepers_[steps_[number].keeper];
  std::vector<std::string> names{std::string(type_of_(reached_[number]).name)};
  const auto add_way_to = [&](std::uint32_t n) {
    for (; steps_[n].from != ObjectNumbers::none; n = steps_[n].from) {
      names.push_back(leading_on(steps_[n].from, steps_[n].slot));
    }
  };
  std::string begin;
  if (keeper.by == KeptBy::ring) {
    begin = "ring of " + std::to_string(steps_[keeper.last].distance + 1) + ": ";
    if (steps_[number].from == ObjectNumbers::none) {  // once round
      names.push_back(leading_on(keeper.last, keeper.slot));
      add_way_to(keeper.last);
    } else {
      add_way_to(number);
    }
  } else {
    add_way_to(number);
    names.emplace_back(keeper.name);
  }
  std::reverse(names.begin(), names.end());
  return begin + joined(names);
}

std::vector<WhyAlive> WhyWalk::result() const {
  struct Row {
    WhyAlive why;
    std::uint32_t nearest = ObjectNumbers::none;
  };
  std::map<std::pair<std::uint32_t, KeptBy>, Row> rows;
  for (std::uint32_t n = 0; n < reached_.size(); ++n) {
    const TypeInfo& type = type_of_(reached_[n]);
    Row& row = rows[{type.id, keepers_[steps_[n].keeper].by}];
    ++row.why.objects;
    row.why.bytes += asked_bytes(type, reached_[n]);
    const bool is_nearer =
        row.nearest == ObjectNumbers::none || steps_[n].distance < steps_[row.nearest].distance;
    if (is_nearer) row.nearest = n;
  }
  std::vector<WhyAlive> all;
  for (auto& [key, row] : rows) {
    row.why.type = TypeTable::instance().types[key.first]->name;
    row.why.kept_by = key.second;
    row.why.distance = steps_[row.nearest].distance;
    row.why.path = path_to(row.nearest);
    all.push_back(std::move(row.why));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const WhyAlive& a, const WhyAlive& b) { return a.bytes > b.bytes; });
  return all;
}

std::vector<WhyAlive> why_left(std::span<const void* const> objects, WhyWalk::TypeOf type_of,
                               CountOf count_of) {
  struct Referred {
    std::uint64_t references = 0;
    std::uint32_t from = ObjectNumbers::none;  ///< one of those that refer to it
    std::uint32_t seen_from = ObjectNumbers::none;
  };
  ObjectNumbers all;
  for (const void* object : objects) all.add(object);
  std::vector<Referred> referred(all.size());
  for (std::uint32_t n = 0; n < all.size(); ++n) {
    for_each_reference(type_of(all[n]), all[n], [&](std::uint32_t, void* to) {
      const auto [number, is_new] = all.add(to);
      if (is_new) referred.emplace_back();
      ++referred[number].references;
      referred[number].from = n;
    });
  }
  WhyWalk walk{type_of};
  for (std::uint32_t n = 0; n < all.size(); ++n) {
    const std::uint64_t references = referred[n].references;
    if (references == 0 || count_of(all[n]) > references) {
      walk.keep(all[n], KeptBy::count, "a count");
    }
  }
  walk.run();
  for (std::uint32_t n = 0; n < all.size(); ++n) {
    if (walk.reached().find(all[n]) != ObjectNumbers::none) continue;
    // Whoever refers to what was not reached was not reached either.
    std::uint32_t at = n;
    for (; referred[at].seen_from != n; at = referred[at].from) referred[at].seen_from = n;
    walk.keep_ring(all[at]);
  }
  return walk.result();
}

}  // namespace reclaim::parts
