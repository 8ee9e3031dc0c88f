// What is known of a scenario's objects beside their number. Each round does the same work, so one
// speaks for all.
#include <fmt/core.h>

#include "report/format.h"
#include "report/further_tables.h"

namespace reclaim::report {

namespace {

std::string number(std::uint64_t objects) { return count(static_cast<double>(objects)); }
std::string size(std::uint64_t of) { return bytes(static_cast<double>(of)); }

/// The first round of the row whose list is not empty; nullptr: none has one.
template <class List>
const List* told(const Row& row, List Cell::*list) {
  for (const Cell* cell : row.cells) {
    if (cell->ok() && !(cell->*list).empty()) return &(cell->*list);
  }
  return nullptr;
}

}  // namespace

Table why_table(const Scenario& scenario) {
  Table table;
  table.columns = {{"model", "who was asked", false},
                   {"type", "of the objects", false},
                   {"objects", "that are kept so"},
                   {"bytes", "as the workload asked for them"},
                   {"distance", "least number of references from what keeps them to one of them"},
                   {"for example", "one such way: type.number of the reference", false}};
  for (const Row& row : scenario.rows) {
    const auto* rows = told(row, &Cell::why);
    if (rows == nullptr) continue;
    for (const WhyAlive& why : *rows) {
      table.rows.push_back({{row.model},
                            {why.type},
                            {number(why.alive.objects)},
                            {size(why.alive.bytes)},
                            {number(why.distance)},
                            {why.path}});
    }
  }
  return table;
}

Table sites_table(const Scenario& scenario) {
  Table table;
  table.columns = {{"model", "who was asked", false},
                   {"type", "of the objects", false},
                   {"made at", "the place in the program", false},
                   {"made", "objects made there"},
                   {"bytes", "as the workload asked for them"},
                   {"left", "of them, objects that were never given back"},
                   {"bytes left", "theirs"}};
  for (const Row& row : scenario.rows) {
    const auto* sites = told(row, &Cell::sites);
    if (sites == nullptr) continue;
    for (const SiteCount& site : *sites) {
      const bool leaks = site.leaked && site.leaked->objects != 0;
      table.rows.push_back({{row.model},
                            {site.type},
                            {fmt::format("{}:{}", site.file, site.line)},
                            {number(site.allocated.objects)},
                            {size(site.allocated.bytes)},
                            {leaks ? number(site.leaked->objects) : "—"},
                            {leaks ? size(site.leaked->bytes) : "—"}});
    }
  }
  return table;
}

}  // namespace reclaim::report
