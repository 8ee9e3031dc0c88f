// The table behind registry.h. It fills before main, from translation units in any order, and is
// sorted when it is first read.
#include "cells/registry.h"

#include <algorithm>
#include <tuple>

namespace reclaim::cells {

namespace {

struct Table {
  std::vector<Entry> rows;
  bool sorted = false;
};

Table& table() {
  static Table the_table;
  return the_table;
}

auto key(const Entry& entry) { return std::tuple{entry.model->id, entry.workload->id}; }

template <class Info, class Get>
std::vector<const Info*> distinct(Get get) {
  std::vector<const Info*> found;
  for (const Entry& entry : entries()) {
    const Info* info = get(entry);
    const auto same = [&](const Info* other) { return other->id == info->id; };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(info);
  }
  std::sort(found.begin(), found.end(), [](auto* a, auto* b) { return a->id < b->id; });
  return found;
}

}  // namespace

bool register_entry(const Entry& entry) {
  table().rows.push_back(entry);
  table().sorted = false;
  return true;
}

std::span<const Entry> entries() {
  Table& t = table();
  if (!t.sorted) {
    std::sort(t.rows.begin(), t.rows.end(),
              [](const Entry& a, const Entry& b) { return key(a) < key(b); });
    t.sorted = true;
  }
  return t.rows;
}

const Entry* find_entry(std::string_view model_id, std::string_view workload_id) {
  for (const Entry& entry : entries()) {
    if (entry.model->id == model_id && entry.workload->id == workload_id) return &entry;
  }
  return nullptr;
}

std::vector<const ModelInfo*> models() {
  return distinct<ModelInfo>([](const Entry& entry) { return entry.model; });
}

std::vector<const WorkloadInfo*> workloads() {
  return distinct<WorkloadInfo>([](const Entry& entry) { return entry.workload; });
}

}  // namespace reclaim::cells
