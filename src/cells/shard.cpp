// Workloads are counted by name, so that order of cells and machine do not matter.
#include "cells/shard.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "cells/names.h"

namespace reclaim::cells {

namespace {

bool parse_number(std::string_view text, std::size_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Shard parse_shard(std::string_view text) {
  Shard shard;
  const std::size_t slash = std::min(text.find('/'), text.size());
  const bool numbers = slash < text.size() && parse_number(text.substr(0, slash), shard.number) &&
                       parse_number(text.substr(slash + 1), shard.count);
  if (!numbers || shard.number < 1 || shard.number > shard.count) {
    throw UsageError(fmt::format("--shard {}: write I/N, as in 1/4 to 4/4", text));
  }
  return shard;
}

void keep_shard(Plan& plan, const Shard& shard) {
  std::map<std::string, std::size_t> places;  // of workloads, in the order of their names
  for (const Cell& cell : plan.cells) places.emplace(cell.workload, 0);
  std::string kept;
  std::size_t next = 0;
  for (auto& [workload, place] : places) {
    place = next++;
    if (place % shard.count == shard.number - 1) kept += (kept.empty() ? "" : ", ") + workload;
  }
  if (kept.empty()) {
    throw UsageError(
        fmt::format("--shard {}/{}: the plan has {} workload{} and none for this shard",
                    shard.number, shard.count, places.size(), places.size() == 1 ? "" : "s"));
  }
  std::erase_if(plan.cells, [&](const Cell& cell) {
    return places.at(cell.workload) % shard.count != shard.number - 1;
  });
  plan.notes.push_back(fmt::format("shard {} of {}: {}", shard.number, shard.count, kept));
}

}  // namespace reclaim::cells
