// Rows of a table (types, places of leaks) are the same row when all that names them is equal.
#include "cells/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>

#include "cells/meters.h"

namespace reclaim::cells {

namespace {

constexpr std::array summed_names = {"user_s",
                                     "sys_s",
                                     "ops",
                                     "minor_faults",
                                     "major_faults",
                                     "voluntary_switches",
                                     "involuntary_switches",
                                     "peak_rss_bytes",
                                     "baseline_rss_bytes"};

/// a + b; a number beside null is that number.
Json sum(const Json& a, const Json& b) {
  if (a.is_null() || b.is_null()) return a.is_null() ? b : a;
  if (a.is_number_unsigned() && b.is_number_unsigned()) {
    return a.get<std::uint64_t>() + b.get<std::uint64_t>();
  }
  return a.get<double>() + b.get<double>();
}

/// Each number of `more` is added to the one of its name.
void add_numbers(Json& into, const Json& more) {
  for (const auto& [name, value] : more.items()) {
    if (value.is_number() || value.is_null()) into[name] = sum(into.value(name, Json()), value);
  }
}

bool same_row(const Json& a, const Json& b) {
  for (const char* name : {"type", "file", "line"}) {
    if (a.value(name, Json()) != b.value(name, Json())) return false;
  }
  return true;
}

void add_rows(Json& into, const Json& more) {
  for (const Json& row : more) {
    const auto found =
        std::find_if(into.begin(), into.end(), [&](const Json& old) { return same_row(old, row); });
    if (found == into.end()) {
      into.push_back(row);
      continue;
    }
    const Json line = found->value("line", Json());
    add_numbers(*found, row);
    if (!line.is_null()) (*found)["line"] = line;
  }
}

std::uint64_t checksum(const Json& told) {
  const auto text = told.at("checksum").get<std::string>();
  std::uint64_t value = 0;
  std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  return value;
}

Json merged_stops(const Json& first, std::size_t processes, processes::Stage& stage) {
  Json result = Json::object();
  for (std::size_t cause = 0; cause < stop_cause_count; ++cause) {
    const std::string name(stop_cause_names[cause]);
    const auto all = std::make_unique<Histogram>();
    for (std::size_t i = 0; i < processes; ++i) all->add(stage.stops(i, cause));
    if (all->count() != 0 || first.contains(name)) result[name] = stop_json(*all);
  }
  return result;
}

}  // namespace

Json merged(const std::vector<Json>& told, processes::Stage& stage) {
  Json result;
  std::int64_t begin_ns = INT64_MAX, end_ns = INT64_MIN;
  std::uint64_t sum_of_checksums = 0;
  for (const Json& one : told) {
    begin_ns = std::min(begin_ns, one.at("begin_ns").get<std::int64_t>());
    end_ns = std::max(end_ns, one.at("end_ns").get<std::int64_t>());
    sum_of_checksums += checksum(one);
  }
  result["wall_s"] = static_cast<double>(end_ns - begin_ns) * 1e-9;
  for (const char* name : summed_names) {
    result[name] = nullptr;
    for (const Json& one : told) result[name] = sum(result[name], one.at(name));
  }
  result["checksum"] = fmt::format("0x{:016x}", sum_of_checksums);
  result["census"] = nullptr;
  result["types"] = result["leaked_at"] = result["sites"] = Json::array();
  result["extra"] = Json::object();
  for (const Json& one : told) {
    if (one.at("census").is_object()) {
      if (result["census"].is_null()) result["census"] = Json::object();
      add_numbers(result["census"], one.at("census"));
    }
    add_rows(result["types"], one.at("types"));
    add_rows(result["leaked_at"], one.at("leaked_at"));
    add_rows(result["sites"], one.at("sites"));
    add_numbers(result["extra"], one.at("extra"));
  }
  result["stops"] = merged_stops(told.front().at("stops"), told.size(), stage);
  result["begin_ns"] = begin_ns;
  return result;
}

}  // namespace reclaim::cells
