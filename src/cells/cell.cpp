// Names and keys of cells.
#include "cells/cell.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "cells/mistakes.h"

namespace reclaim::cells {

namespace {

constexpr std::array identity_names = {
    "model",           "allocator",  "workload",        "size",      "params",
    "threads",         "heap",       "round",           "warmup",    "seed",
    "counted",         "collectors", "gil_interval_us", "gil_ticks", "free_at_most",
    "cycle_collector", "by_site",    "planted",         "mistake",   "meters",
    "arrivals",        "stress"};
constexpr std::array work_names = {"workload", "size", "params", "threads", "seed"};

}  // namespace

std::string Cell::model_id() const {
  return std::string(processes ? processes_prefix : "") + std::string(entry->model->id);
}

std::string Cell::model_name() const {
  std::string name = model_id();
  return allocator.empty() ? name : name + ":" + allocator;
}

std::string Cell::title() const {
  return fmt::format("{} · {} · {} {}{}{}{}{}{}{} · round {}", model_name(), workload,
                     context.threads, processes ? "process" : "thread",
                     context.threads == 1 ? ""
                     : processes          ? "es"
                                          : "s",
                     heap ? " · heap " + heap->label : "",
                     mistakes.any() ? " · " + format_mistake(mistakes) : "",
                     arrivals ? " · arrivals " + arrivals->label : "",
                     meters ? "" : " · meters off", sites ? " · by site" : "", round + 1);
}

Json parameters_json(const Parameters& parameters) {
  Json result = Json::object();
  for (const auto& [name, value] : parameters.all()) {
    if (std::nearbyint(value) == value && std::fabs(value) < 9e15) {
      result[name] = static_cast<std::int64_t>(value);
    } else {
      result[name] = value;
    }
  }
  return result;
}

Json identity(const Cell& cell) {
  Json result;
  result["model"] = cell.model_id();
  result["allocator"] = cell.allocator.empty() ? Json() : Json(cell.allocator);
  result["workload"] = cell.workload;
  result["size"] = cell.size;
  result["params"] = parameters_json(cell.context.parameters);
  result["threads"] = cell.context.threads;
  result["heap"] = cell.heap ? Json(cell.heap->label) : Json();
  result["round"] = cell.round;
  result["warmup"] = cell.warmup;
  result["seed"] = cell.context.seed;
  result["counted"] = cell.census;
  result["collectors"] = cell.collectors != 0 ? Json(cell.collectors) : Json();
  result["gil_interval_us"] = cell.gil_interval_us != 0 ? Json(cell.gil_interval_us) : Json();
  result["gil_ticks"] = cell.gil_ticks != 0 ? Json(cell.gil_ticks) : Json();
  result["free_at_most"] = cell.free_at_most != 0 ? Json(cell.free_at_most) : Json();
  result["cycle_collector"] = cell.cycle_collector ? Json() : Json("off");
  result["by_site"] = cell.sites ? Json(true) : Json();
  result["planted"] = cell.planting.any() ? Json(format_planting(cell.planting)) : Json();
  result["mistake"] = cell.mistakes.any() ? Json(format_mistake(cell.mistakes)) : Json();
  result["meters"] = cell.meters;
  result["arrivals"] = cell.arrivals ? Json(cell.arrivals->label) : Json();
  result["stress"] = nullptr;
  const StressOptions& stress = cell.stress;
  if (stress.collect_every_nth_make != 0 || stress.collect_at_each_poll ||
      stress.collect_together || stress.delay_workers) {
    result["stress"] = {{"collect_every_nth_make", stress.collect_every_nth_make},
                        {"collect_at_each_poll", stress.collect_at_each_poll},
                        {"collect_together", stress.collect_together},
                        {"delay_workers", stress.delay_workers}};
  }
  return result;
}

Json identity_of_record(const Json& record) {
  Json result;
  for (const char* name : identity_names) result[name] = record.value(name, Json());
  return result;
}

std::string same_work_key(const Json& record) {
  Json key;
  for (const char* name : work_names) key[name] = record.value(name, Json());
  return key.dump();
}

}  // namespace reclaim::cells
