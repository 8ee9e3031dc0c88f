// `reclaim list`: what can be chosen.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cells/allocators.h"
#include "cells/cell.h"
#include "cells/environment.h"
#include "cells/names.h"
#include "cells/registry.h"
#include "cli/experiments/experiment.h"
#include "cli/verbs.h"

namespace reclaim::cli {

namespace {

using cells::Json;

Json models_json() {
  Json list = Json::array();
  for (const auto* model : cells::models()) {
    list.push_back({{"id", model->id},
                    {"like", model->like},
                    {"summary", model->summary},
                    {"takes_allocator", model->uses_malloc},
                    {"as_processes", std::string(cells::processes_prefix) + std::string(model->id)},
                    {"has_heap_limit", model->has_heap_limit},
                    {"reclaims", model->reclaims},
                    {"collects_cycles", model->collects_cycles}});
  }
  return list;
}

Json workloads_json() {
  Json list = Json::array();
  for (const auto* workload : cells::workloads()) {
    Json parameters = Json::array();
    for (const auto& p : workload->parameters) {
      parameters.push_back({{"name", p.name},
                            {"meaning", p.meaning},
                            {"tiny", p.tiny},
                            {"standard", p.standard},
                            {"paper", p.paper},
                            {"least", p.least},
                            {"most", p.most}});
    }
    list.push_back(
        {{"id", workload->id},
         {"shows", workload->shows},
         {"argument", workload->argument_name.empty() ? Json() : Json(workload->argument_name)},
         {"work_scaling", workload->scaling == WorkScaling::total ? "total" : "per_thread"},
         {"parameters", parameters}});
  }
  return list;
}

Json allocators_json() {
  Json list = Json::array();
  const cells::InterruptGuard guard;
  for (const auto& known : cells::known_allocators()) {
    const std::string name(known.name);
    list.push_back({{"id", name},
                    {"summary", known.summary},
                    {"version", cells::allocator_version(name, "/proc/self/exe", guard)},
                    {"package", known.package}});
  }
  return list;
}

std::string text_of(const Json& item, const char* field) {
  return item.at(field).get<std::string>();
}

std::size_t widest(const Json& list, const char* field) {
  std::size_t width = 0;
  for (const Json& item : list) width = std::max(width, text_of(item, field).size());
  return width;
}

std::string models_text(const Json& list) {
  std::string text;
  const std::size_t id = std::max(widest(list, "id"), std::string_view("procs:MODEL").size()) + 11;
  const std::size_t like =
      std::max(widest(list, "like"), std::string_view(cells::processes_like).size()) + 2;
  for (const Json& item : list) {
    const std::string name =
        text_of(item, "id") + (item.at("takes_allocator").get<bool>() ? "[:ALLOC]" : "");
    text += fmt::format("{:<{}}{:<{}}{}\n", name, id, text_of(item, "like"), like,
                        text_of(item, "summary"));
  }
  text += fmt::format("{:<{}}{:<{}}{}\n", fmt::format("{}MODEL[:ALLOC]", cells::processes_prefix),
                      id, cells::processes_like, like, cells::processes_summary);
  return text;
}

std::string workloads_text(const Json& list) {
  std::string text;
  for (const Json& item : list) {
    const Json& argument = item.at("argument");
    const std::string name =
        text_of(item, "id") + (argument.is_null() ? "" : ":" + argument.get<std::string>());
    text += fmt::format("{}\n  {}\n", name, text_of(item, "shows"));
    const Json& parameters = item.at("parameters");
    const std::size_t width = parameters.empty() ? 0 : widest(parameters, "name");
    for (const Json& p : parameters) {
      text += fmt::format("    -p {:<{}} = {:<9} {}\n", text_of(p, "name"), width,
                          fmt::format("{}", p.at("standard").get<double>()), text_of(p, "meaning"));
    }
  }
  return text;
}

std::string allocators_text(const Json& list) {
  std::string text;
  for (const Json& item : list) {
    const std::string version = text_of(item, "version");
    text += fmt::format("{:<10}{:<16}{}{}\n", text_of(item, "id"),
                        version.substr(0, version.find('-')), text_of(item, "summary"),
                        version == "not installed"
                            ? fmt::format(" (Debian package {})", text_of(item, "package"))
                            : "");
  }
  return text + "/path/lib.so              any library that brings a malloc\n";
}

Json experiments_json() {
  Json list = Json::array();
  for (const Experiment& experiment : experiments()) {
    list.push_back({{"id", experiment.id},
                    {"number", experiment.number},
                    {"claim", experiment.claim},
                    {"expected", experiment.expected}});
  }
  return list;
}

std::string experiments_text(const Json& list) {
  std::string text;
  const std::size_t id = widest(list, "id") + 2;
  for (const Json& item : list) {
    text += fmt::format("{:>2}  {:<{}}{}\n", item.at("number").get<int>(), text_of(item, "id"), id,
                        text_of(item, "claim"));
  }
  return text;
}

struct Kind {
  const char* name;
  Json (*json)();
  std::string (*text)(const Json&);
};

constexpr std::array<Kind, 4> kinds = {{{"models", models_json, models_text},
                                        {"workloads", workloads_json, workloads_text},
                                        {"allocators", allocators_json, allocators_text},
                                        {"experiments", experiments_json, experiments_text}}};

}  // namespace

int list_verb(Arguments arguments) {
  std::string what;
  bool json = false;
  Parser parser{"list", "List what can be chosen."};
  parser.required("what", what, "WHAT", "models, workloads, allocators or experiments");
  parser.flag("--json", json, "a JSON array of objects, each with an \"id\"");
  if (const auto done = parser.parse(arguments)) return *done;
  std::vector<std::string> names;
  for (const Kind& kind : kinds) {
    names.emplace_back(kind.name);
    if (what != kind.name) continue;
    const Json list = kind.json();
    print(json ? list.dump(2) + "\n" : kind.text(list));
    return 0;
  }
  throw cells::UsageError("list: " + cells::unknown_name("kind", what, names));
}

}  // namespace reclaim::cli
