// See nature.h.
#include "report/nature.h"

#include <sstream>

#include "report/analysis.h"

namespace reclaim::report {
namespace {

/// A trait as text; empty where the model does not name it.
std::string trait(const ModelDescription& model, const char* name) {
  const auto found = model.traits.find(name);
  return found == model.traits.end() ? std::string() : found->second;
}

void describe(const ModelDescription& model, Nature& nature) {
  nature.described = true;
  nature.like = model.like;
  nature.summary = model.summary;
  nature.reclaims = trait(model, "reclaims") != "false";
  nature.by_hand = trait(model, "wants_discard") == "true";
  nature.counts = trait(model, "counts");
  nature.uses_malloc = trait(model, "uses_malloc") == "true";
  nature.collects_cycles = trait(model, "collects_cycles") == "true";
  nature.moves = trait(model, "moves") == "true";
  nature.parallel = trait(model, "parallel") != "false";
  nature.heap_limit = trait(model, "has_heap_limit") == "true";
  nature.loses_updates = trait(model, "loses_updates") == "true";
  nature.finds_late = trait(model, "finds_late") == "true";
  std::istringstream causes(trait(model, "stops"));
  for (std::string cause; causes >> cause;) nature.stops.insert(cause);
  nature.counting =
      !nature.counts.empty() || nature.sees("free_cascade") || nature.sees("cycle_gc");
}

/// A cause that a cell names, even if it never came, is one that the model would see.
void conclude_from_cells(const Results& results, Nature& nature) {
  for (const Cell& cell : results.cells) {
    if (id_of(cell.model) != nature.id || !cell.ok()) continue;
    nature.uses_malloc = nature.uses_malloc || cell.model.size() > nature.id.size();
    nature.heap_limit = nature.heap_limit || cell.heap_limit_bytes.has_value();
    if (cell.census) nature.reclaims = cell.census->leaked.has_value();
    for (const auto& [cause, stop] : cell.stops) {
      if (cause != "monitor_wait") nature.stops.insert(cause);
    }
  }
  nature.parallel = !nature.sees("gil_wait");
  nature.counting = nature.sees("free_cascade") || nature.sees("cycle_gc");
  nature.by_hand = nature.reclaims && nature.uses_malloc && !nature.counting && !nature.traces();
  nature.collects_cycles = nature.traces() || nature.sees("cycle_gc");
}

}  // namespace

const ModelDescription* description_of(const Results& results, std::string_view id) {
  for (const Environment& environment : results.environments) {
    const auto found = environment.models.find(std::string(id));
    if (found != environment.models.end()) return &found->second;
  }
  return nullptr;
}

Nature nature_of(const Results& results, std::string_view id) {
  Nature nature;
  nature.id = id;
  if (const ModelDescription* model = description_of(results, id)) {
    describe(*model, nature);
  } else {
    conclude_from_cells(results, nature);
  }
  return nature;
}

}  // namespace reclaim::report
