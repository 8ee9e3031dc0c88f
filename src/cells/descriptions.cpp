// Traits keep the names that they have in boundary/traits.h.
#include "cells/descriptions.h"

#include "cells/cell.h"
#include "cells/registry.h"

namespace reclaim::cells {

namespace {

std::string cause_names(StopCauses causes) {
  std::string words;
  for (std::size_t i = 0; i < stop_cause_count; ++i) {
    if (!causes.has(static_cast<StopCause>(i))) continue;
    words += (words.empty() ? "" : " ") + std::string(stop_cause_names[i]);
  }
  return words;
}

Json traits_json(const ModelTraits& traits) {
  return {{"counts", traits.counts},
          {"uses_malloc", traits.uses_malloc},
          {"has_heap_limit", traits.has_heap_limit},
          {"explains", traits.explains},
          {"tells_why", traits.tells_why},
          {"tells_sites", traits.tells_sites},
          {"reclaims", traits.reclaims},
          {"collects_cycles", traits.collects_cycles},
          {"traces_ephemerons", traits.traces_ephemerons},
          {"wants_discard", traits.wants_discard},
          {"finds_late", traits.finds_late},
          {"loses_updates", traits.loses_updates},
          {"moves", traits.moves},
          {"parallel", traits.parallel},
          {"counts", traits.counts},
          {"stops", cause_names(traits.stops)}};
}

}  // namespace

Json model_descriptions() {
  Json result = Json::object();
  for (const ModelInfo* model : models()) {
    result[std::string(model->id)] = {
        {"like", model->like}, {"summary", model->summary}, {"traits", traits_json(*model)}};
    ModelTraits apart = *model;
    apart.parallel = true;
    result[std::string(processes_prefix) + std::string(model->id)] = {
        {"like", std::string(processes_like)},
        {"summary", std::string(processes_summary)},
        {"traits", traits_json(apart)}};
  }
  return result;
}

Json workload_descriptions() {
  Json result = Json::object();
  for (const WorkloadInfo* workload : workloads()) {
    Json parameters = Json::object();
    for (const ParameterInfo& parameter : workload->parameters) {
      parameters[std::string(parameter.name)] = parameter.meaning;
    }
    result[std::string(workload->id)] = {
        {"shows", workload->shows}, {"origin", workload->origin}, {"parameters", parameters}};
  }
  return result;
}

}  // namespace reclaim::cells
