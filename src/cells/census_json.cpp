#include "cells/census_json.h"

namespace reclaim::cells {

namespace {

Json totals_json(const Census& census, bool reclaims) {
  Json result = {{"allocated_objects", census.allocated_objects},
                 {"allocated_bytes", census.allocated_bytes},
                 {"reclaimed_objects", census.reclaimed_objects},
                 {"reclaimed_bytes", census.reclaimed_bytes},
                 {"leaked_objects", reclaims ? Json(census.leaked_objects) : Json()},
                 {"leaked_bytes", reclaims ? Json(census.leaked_bytes) : Json()}};
  if (!reclaims) {
    result["unreclaimed_objects"] = census.allocated_objects - census.reclaimed_objects;
    result["unreclaimed_bytes"] = census.allocated_bytes - census.reclaimed_bytes;
  }
  return result;
}

/// `named` with what a row by type and one by site have in common.
template <class Row>
Json counted(Json named, const Row& row, bool reclaims) {
  named["allocated_objects"] = row.allocated_objects;
  named["allocated_bytes"] = row.allocated_bytes;
  named["leaked_objects"] = reclaims ? Json(row.leaked_objects) : Json();
  named["leaked_bytes"] = reclaims ? Json(row.leaked_bytes) : Json();
  return named;
}

}  // namespace

void add_census(Json& record, const RunResult& run, bool reclaims) {
  const Census census = run.census.value_or(Census{});
  record["census"] = run.census ? totals_json(census, reclaims) : Json();
  record["types"] = record["leaked_at"] = record["sites"] = Json::array();
  for (const TypeCensus& type : census.types) {
    record["types"].push_back(counted({{"type", type.type}}, type, reclaims));
  }
  for (const LeakSite& site : census.leaked_at) {
    record["leaked_at"].push_back(
        {{"type", site.type}, {"file", site.file}, {"line", site.line}, {"objects", site.objects}});
  }
  for (const SiteCensus& site : census.sites) {
    const Json named = {{"type", site.type}, {"file", site.file}, {"line", site.line}};
    record["sites"].push_back(counted(named, site, reclaims));
  }
  record["why"] = nullptr;
  if (!run.why) return;
  record["why"] = Json::array();
  for (const WhyAlive& why : *run.why) {
    record["why"].push_back({{"type", why.type},
                             {"kept_by", kept_by_names[static_cast<std::size_t>(why.kept_by)]},
                             {"objects", why.objects},
                             {"bytes", why.bytes},
                             {"distance", why.distance},
                             {"path", why.path}});
  }
}

}  // namespace reclaim::cells
