#include "report/read_objects.h"

#include <fmt/core.h>

namespace reclaim::report {

namespace {

/// The rows of a list, each an object; none where it is missing.
const Json& rows_of(const Json& line, const char* name) {
  static const Json none = Json::array();
  const Json* rows = field(line, name);
  if (rows == nullptr) return none;
  if (!rows->is_array()) throw Damage{fmt::format("\"{}\" is not an array", name)};
  for (const Json& row : *rows) {
    if (!row.is_object()) throw Damage{fmt::format("an entry of \"{}\" is not an object", name)};
  }
  return *rows;
}

}  // namespace

std::optional<ObjectCount> object_count(const Json& object, const std::string& prefix) {
  const auto objects = whole(object, (prefix + "_objects").c_str());
  const auto bytes = whole(object, (prefix + "_bytes").c_str());
  if (!objects && !bytes) return std::nullopt;
  return ObjectCount{objects.value_or(0), bytes.value_or(0)};
}

void read_objects(const Json& line, Cell& cell) {
  for (const Json& type : rows_of(line, "types")) {
    cell.types.push_back({required_text(type, "type"),
                          object_count(type, "allocated").value_or(ObjectCount{}),
                          object_count(type, "leaked")});
  }
  for (const Json& site : rows_of(line, "leaked_at")) {
    cell.leaked_at.push_back({required_text(site, "type"), required_text(site, "file"),
                              whole(site, "line").value_or(0), whole(site, "objects").value_or(0)});
  }
  for (const Json& site : rows_of(line, "sites")) {
    cell.sites.push_back(
        {required_text(site, "type"), required_text(site, "file"), whole(site, "line").value_or(0),
         object_count(site, "allocated").value_or(ObjectCount{}), object_count(site, "leaked")});
  }
  for (const Json& why : rows_of(line, "why")) {
    cell.why.push_back(
        {required_text(why, "type"), text(why, "kept_by"), text(why, "path"),
         ObjectCount{whole(why, "objects").value_or(0), whole(why, "bytes").value_or(0)},
         whole(why, "distance").value_or(0)});
  }
}

}  // namespace reclaim::report
