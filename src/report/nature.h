// What kind of model a name stands for: from what the model says of itself in the results file or,
// in files without that, from what its cells show.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "report/results.h"

namespace reclaim::report {

struct Nature {
  std::string id;
  std::string like, summary;  ///< empty: not said
  bool described = false;     ///< false: all that follows is concluded from cells
  bool reclaims = true;
  bool by_hand = false;      ///< frees what the program discards
  bool counting = false;     ///< frees what no counted reference reaches
  std::string counts;        ///< how: "atomic"; empty: not said, or nothing is counted
  bool uses_malloc = false;  ///< an allocator stands behind it
  bool collects_cycles = false;
  bool moves = false;
  bool parallel = true;  ///< false: one lock, threads take turns
  bool heap_limit = false;
  bool loses_updates = false;
  bool finds_late = false;
  std::set<std::string> stops;  ///< causes that it would see

  bool sees(std::string_view cause) const { return stops.contains(std::string(cause)); }
  bool traces() const { return sees("minor_gc") || sees("major_gc"); }
};

/// Of the model `id`, which is a name without an allocator.
Nature nature_of(const Results& results, std::string_view id);

/// What the model says of itself; nullptr where no file has it.
const ModelDescription* description_of(const Results& results, std::string_view id);

}  // namespace reclaim::report
